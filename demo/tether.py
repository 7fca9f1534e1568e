"""Run a module as a program that ends with the process that started it.

``python demo/tether.py MODULE ARGUMENT…`` is ``python -m MODULE ARGUMENT…`` that
ends when its standard input closes. The parent holds the other end of that pipe,
so even if it is killed, no program stays behind. Closing the pipe is also a way to
say "stop" that works on every system.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

#: Seconds to shut down cleanly.
PATIENCE = 4.0
#: What is in the checkout; all else has to be installed.
_OURS = ("demo", "flask_app_inbox")


def main() -> None:
    """Run the module named by the first argument."""
    # As with -m, import modules from the repository, not from beside this file.
    sys.path[0] = str(ROOT)
    del sys.argv[0]
    threading.Thread(target=_end_with_input, daemon=True).start()
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in _OURS:
            raise
        sys.exit(
            f"{sys.executable} has no {error.name}: "
            f'{sys.executable} -m pip install --editable "{ROOT}[demo]"'
        )


def _end_with_input() -> None:
    # Not sys.stdin: this thread would hold its lock while the interpreter exits.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os._exit(1)


if __name__ == "__main__":
    main()
