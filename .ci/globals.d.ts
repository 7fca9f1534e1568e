// Style sheets that are texts in scripts; see flask_app_inbox/web/assets.py.
declare const PANEL_CSS: string;
