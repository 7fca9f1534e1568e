"""``flask run --debug`` starts the app anew after each change of its code."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

SITE = """
from flask import Flask, render_template_string
from flask_app_inbox import AppInbox, Contact

app = Flask(__name__)
app.config.update(SECRET_KEY="a key", APP_INBOX_API_KEY="key")
inbox = AppInbox(app)
inbox.contact_loader(lambda: Contact(email="ann@example.com"))

@app.get("/")
def index():
    return render_template_string("first {{ app_inbox_anchor() }} {{ app_inbox() }}")
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A site that runs with the reloader: its file and its address."""
    file = tmp_path / "app.py"
    file.write_text(SITE, "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = int(listener.getsockname()[1])
    log = (tmp_path / "log").open("wb")
    # In a session of its own, for the reloader starts another process.
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "run", "--debug", "--port", str(port)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    yield file, f"http://127.0.0.1:{port}/"
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    log.close()


def wait_for(url: str, word: str) -> str:
    end = time.monotonic() + 30
    with requests.Session() as http:
        http.trust_env = False
        while time.monotonic() < end:
            try:
                text = http.get(url, timeout=5).text
            except requests.RequestException:
                text = ""
            if word in text:
                return text
            time.sleep(0.1)
    pytest.fail(f"{word!r} never came")


@pytest.mark.skipif(os.name == "nt", reason="stops the reloader by its process group")
def test_a_reload_leaves_one_bell(site: tuple[Path, str]) -> None:
    file, url = site
    first = wait_for(url, "first")
    file.write_text(SITE.replace("first", "second"), "utf-8")
    second = wait_for(url, "second")
    for page in (first, second):
        assert len(re.findall(r"<script async", page)) == 1
        assert page.count('id="app-inbox"') == 1
    assert "Traceback" not in (file.parent / "log").read_text("utf-8")
