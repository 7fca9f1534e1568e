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

#: Seconds to shut down cleanly.
PATIENCE = 4.0


def main() -> None:
    """Run the module named by the first argument."""
    # As with -m, import modules from the repository, not from beside this file.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    del sys.argv[0]
    threading.Thread(target=_end_with_input, daemon=True).start()
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_with_input() -> None:
    # Not sys.stdin: this thread would hold its lock while the interpreter exits.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os._exit(1)


if __name__ == "__main__":
    main()
