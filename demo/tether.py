"""Run a module as a program for as long as whoever started it is there.

``python demo/tether.py MODULE ARGUMENT…`` is ``python -m MODULE ARGUMENT…`` that
ends when its standard input does. The starter holds the other end of that pipe:
however it ends, even killed, no program is left behind. And closing the pipe is
a way to say "stop" that is the same on every system.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time
from pathlib import Path

#: Seconds for an orderly end.
PATIENCE = 4.0


def main() -> None:
    """Run the module named by the first argument."""
    # As with -m, modules are looked for in the repository, not beside this file.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    del sys.argv[0]
    threading.Thread(target=_end_with_input, daemon=True).start()
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_with_input() -> None:
    # Not sys.stdin: its lock would be held while the interpreter shuts down.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os._exit(1)


if __name__ == "__main__":
    main()
