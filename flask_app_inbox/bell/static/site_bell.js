// A page of a template: the settings are on our own script element.
startBells(/** @type {HTMLScriptElement} */ (document.currentScript));
