"""The scripts that pages load, short as they are served."""

from __future__ import annotations

import gzip
import re
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from flask_app_inbox import AppInbox, ChatHub, bell
from flask_app_inbox.bell.element import EMBED_SCRIPT as OWN_EMBED_SCRIPT
from flask_app_inbox.bell.element import bell_files
from flask_app_inbox.chathub import state as chathub
from flask_app_inbox.inbox import state as inbox
from flask_app_inbox.web.assets import PageScript, read_script
from flask_app_inbox.web.shorten import INNER
from tests.fixtures.libraries import installed

#: What is allowed of each, compressed; pages load the first of them.
LARGEST = {"app_inbox.js": 5.5, "embed.js": 6.0, "chathub.js": 6.75, "frame.js": 1.0}


@pytest.fixture(scope="module")
def scripts() -> dict[str, PageScript]:
    app = Flask("shop")
    app.config.update(
        SECRET_KEY="x",
        APP_INBOX_API_KEY="key",
        CHATHUB_KEY="key",
        APP_INBOX_STORAGE_URL="memory://",
    )
    AppInbox(app)
    ChatHub(app)
    ours, panel = inbox.state_of(app), chathub.state_of(app)
    return {
        "app_inbox.js": ours.script,
        "embed.js": ours.embed_script,
        "chathub.js": panel.scripts.page,
        "frame.js": panel.scripts.frame,
    }


@pytest.mark.parametrize("name", LARGEST)
def test_a_page_script_stays_small(scripts: dict[str, PageScript], name: str) -> None:
    assert len(gzip.compress(scripts[name].content, 6)) <= LARGEST[name] * 1024


@pytest.mark.server
def test_no_script_uses_a_name_that_nobody_declares(
    scripts: dict[str, PageScript], tmp_path: Path
) -> None:
    """A name of the browser's that the shortener does not know would be replaced."""
    all_scripts = scripts | {
        "own-embed.js": read_script(*OWN_EMBED_SCRIPT),
        **{name: file for name, file in bell_files().items() if name.endswith("js")},
    }
    files = [tmp_path / name for name in all_scripts]
    for file in files:
        file.write_bytes(all_scripts[file.name].content)
    checked = subprocess.run(
        [
            *(str(installed(".bin/tsc")), "--allowJs", "--checkJs", "--noEmit"),
            *("--target", "esnext", "--module", "esnext"),
            # The browser's own declarations need no check.
            *("--skipLibCheck", "--skipDefaultLibCheck"),
            *("--lib", "esnext,dom,dom.iterable", *map(str, files)),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    unknown = [line for line in checked.stdout.splitlines() if "find name" in line]
    assert unknown == []
    assert "error TS2" in checked.stdout, "types are not checked in the short form"


STATIC = Path(bell.__file__).parent / "static"
#: Types of the bell's scripts that a page or a tab with other scripts meets.
SEEN = (
    *("AppInboxStore", "StoreState", "StoreNews", "Count", "ListState", "MessageList"),
    *("InboxMessage", "MessagePage"),
)


@pytest.mark.parametrize("type_", SEEN)
def test_what_others_see_keeps_its_name(type_: str) -> None:
    source = "\n".join(path.read_text("utf-8") for path in sorted(STATIC.glob("*.js")))
    block = rf"@typedef {{object}} {type_}\b(.*?)\n \* ?(?:\n|/|What the store needs)"
    [properties] = re.findall(block, source, re.DOTALL)
    names = re.findall(r"@property {.*} \[?(\w+)", properties)
    assert names
    assert not INNER.keys() & names
