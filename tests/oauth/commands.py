"""A site's command line."""

from __future__ import annotations

import json
from typing import Any

from tests.oauth.site import Site

Report = dict[str, Any]


def run(site: Site, *arguments: str) -> tuple[int, str]:
    result = site.app.test_cli_runner().invoke(args=["app-inbox", *arguments])
    return result.exit_code, result.output


def check(site: Site, *options: str) -> Report:
    """Return the report of a check, its findings by their codes."""
    runner = site.app.test_cli_runner()
    result = runner.invoke(args=["app-inbox", "check", "--json", *options])
    report: Report = json.loads(result.stdout)
    report["findings"] = {one["code"]: one for one in report["findings"]}
    return report
