"""The HTML that a shop puts into its pages: a queue, the script, one ``init``."""

from __future__ import annotations

import json

_SNIPPET = """\
<script>
  (function (page) {{
    if (!page.eS) {{
      const stub = function () {{ stub.c(arguments); }};
      stub.q = [];
      stub.c = (call) => stub.q.push(call);
      page.eS = stub;
    }}
    const script = document.createElement("script");
    script.async = true;
    script.src = {source};
    document.head.append(script);
  }})(window);
</script>
<script>
  eS('init');
</script>
"""


def loader_snippet(host_url: str, site_id: str) -> str:
    """Return the snippet for a script of this server; it is safe in HTML."""
    return _SNIPPET.format(source=script_safe_json(f"{host_url}scripts/{site_id}.js"))


def script_safe_json(value: object) -> str:
    """Return JSON that is safe in a script, and in a script inside HTML."""
    return json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e")
