"""What pages load for the inboxes that one can buy, and for the site's own bell."""

from __future__ import annotations

import gzip
import statistics

from flask_app_inbox.bell.element import bell_files
from tests.bench.report import Row

#: Compressed bytes of each, bundled and minified by esbuild and packed by gzip -9 in
#: November 2026, for production. Those of ``@novu/js`` and Customer.io are the vendors'
#: own builds.
PEERS = {
    "customerio-gist-web 3.26.0": 33_545,
    "@trycourier/courier-ui-inbox 2.4.7": 43_240,
    "@braze/web-sdk 6.13.0, cards only": 55_524,
    "@novu/js 3.19.2": 65_799,
    "@suprsend/web-inbox 0.3.0": 101_679,
    "@magicbell/react 1.6.0": 72_087,
    "@suprsend/react 0.3.5": 155_496,
    "@novu/react 3.19.2": 155_733,
    "@engagespot/react-component 3.0.1": 162_279,
    "react-activity-feed 1.4.0": 168_544,
    "@knocklabs/react 0.12.1": 198_483,
}
#: React and its client for browsers, which these need besides.
REACT = 45_500
NEED_REACT = (
    *("@magicbell/react", "@suprsend/react", "@novu/react"),
    *("@engagespot/react-component", "react-activity-feed", "@knocklabs/react"),
)


def measure() -> Row:
    """Compare everything that the bell loads, the panel and its style among it."""
    ours = sum(len(gzip.compress(file.content, 9)) for file in bell_files().values())
    sizes = {
        name: size + REACT * name.startswith(NEED_REACT) for name, size in PEERS.items()
    }
    lightest = min(sizes.values())
    return Row(
        "bytes of bell, panel and styles against each peer's, compressed",
        ours=f"{ours} B",
        rival=f"{lightest}–{max(sizes.values())} B",
        limit="",
        goal="fewer than each rival",
        result=f"{ours / lightest:.2f} × the lightest, "
        f"{ours / statistics.median(sizes.values()):.2f} × the median",
        reached=ours < lightest,
        notes=(
            "; ".join(f"{name}: {size} B" for name, size in sizes.items()),
            "those that need React are counted with it, as most sites have none",
        ),
    )
