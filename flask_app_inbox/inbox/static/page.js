// A page of a template: the settings are on our own script element.
if (document.currentScript instanceof HTMLScriptElement) {
  startAppInbox(document.currentScript);
}
