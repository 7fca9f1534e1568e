"""The page of a site in good order."""

from __future__ import annotations

LAYOUT = """<!doctype html>
<html lang="en">
<head><title>Shop</title></head>
<body>
<header>Shop {{ app_inbox_anchor() }}</header>
<p>Hello</p>
{{ app_inbox() }}
</body>
</html>"""
