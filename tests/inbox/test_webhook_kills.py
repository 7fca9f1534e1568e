"""No message is lost, whenever a process dies that takes it."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_processes_killed_at_random_lose_no_message(
    redis_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kills = os.environ.get("APP_INBOX_KILLS", "10")
    seed = str(random.randrange(2**32))
    program = [sys.executable, "-m", "tests.inbox.webhook_killer"]
    done = subprocess.run(
        [*program, redis_url, str(tmp_path / "heard.sqlite"), kills, seed],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    with capsys.disabled():
        print(  # noqa: T201 - the counts are what a reader wants to see
            f"\nwebhook: {told['messages']} messages, {told['killed']} processes "
            f"killed in them: {len(told['lost'])} messages lost, {told['twice']} heard "
            "more than once"
        )
    assert told["killed"] >= int(kills)
    assert told["lost"] == [], f"seed {seed}"
