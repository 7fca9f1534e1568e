"""The virtual environment in ``.venv`` that demo/run and tests/run work in.

Standard library alone: this runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".venv"

#: The files that decide what gets installed.
_SOURCES = ("setup.cfg", "pyproject.toml")
_STAMP = "flask-app-inbox.installed"

#: Ends well in a Python of the version that runs this.
_SAME_PYTHON = (
    "import sys; sys.exit(sys.implementation.cache_tag != "
    f"{sys.implementation.cache_tag!r})"
)
#: What would make pip install somewhere else than in the environment.
_ELSEWHERE = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PYTHONHOME")


class EnvironmentProblem(SystemExit):
    """Something is missing on this machine; the message says what to do.

    Uncaught, it ends the program with that message and status 1.
    """


@dataclass(frozen=True)
class _Stamp:
    """What the last installation depended on, and its extras."""

    state: str
    extras: frozenset[str]


def prepare(extras: str) -> Path:
    """Install the package with its extras; return the environment's interpreter.

    The installation is editable. It is skipped while the stamp of the last one
    still matches.

    :param extras: names separated by commas, ``"demo,sandbox"``.
    :raises EnvironmentProblem: if the environment cannot be made.
    """
    wanted = set(extras.split(","))
    python = _python()
    if not _runs(python, f"import pip; {_SAME_PYTHON}"):
        _say("Creating a virtual environment in .venv …")
        _create(python)
    stamp = _read_stamp()
    state = _state()
    if stamp.state == state:
        if wanted <= stamp.extras:
            return python
        wanted |= stamp.extras
    _say(f"Installing flask-app-inbox [{', '.join(sorted(wanted))}] …")
    _install(python, wanted)
    (FOLDER / _STAMP).write_text("\n".join((state, *sorted(wanted))), encoding="utf-8")
    return python


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _python() -> Path:
    if os.name == "nt":
        return FOLDER / "Scripts" / "python.exe"
    return FOLDER / "bin" / "python"


def _runs(python: Path, code: str) -> bool:
    """Tell whether the interpreter exists and can run this code."""
    return python.exists() and _run([str(python), "-c", code]).returncode == 0


def _create(python: Path) -> None:
    """Create the environment, or complete one that was interrupted.

    One of another Python is replaced: the programs run on the one that started this.
    """
    try:
        FOLDER.mkdir(exist_ok=True)
    except OSError as error:
        raise EnvironmentProblem(
            f"{FOLDER} cannot be made ({error.strerror}). Copy the checkout to a "
            "folder that you may write to, and run it there."
        ) from error
    if not all(map(importlib.util.find_spec, ("venv", "ensurepip"))):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise EnvironmentProblem(
            "This Python cannot create virtual environments. On Debian and Ubuntu: "
            f"sudo apt install python{version}-venv"
        )
    unusable = any(FOLDER.iterdir()) and not _runs(python, _SAME_PYTHON)
    command = [sys.executable, "-m", "venv", *(["--clear"] if unusable else [])]
    made = _run([*command, str(FOLDER)])
    if made.returncode != 0:
        raise EnvironmentProblem(
            f"Python could not create .venv. It said:\n{made.stdout}"
        )


def _install(python: Path, extras: set[str]) -> None:
    target = f"{ROOT}[{','.join(sorted(extras))}]"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--editable", target]
    installed = _run(pip)
    if installed.returncode != 0:
        raise EnvironmentProblem(
            "pip could not install the package; check the network, or delete .venv and "
            f"try again. pip said:\n{installed.stdout}"
        )


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - only the commands above, no shell
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        env={
            **{name: os.environ[name] for name in os.environ if name not in _ELSEWHERE},
            "PIP_USER": "0",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        },
    )


def _read_stamp() -> _Stamp:
    try:
        state, *extras = (FOLDER / _STAMP).read_text(encoding="utf-8").split()
    except (OSError, ValueError):
        return _Stamp("", frozenset())
    return _Stamp(state, frozenset(extras))


def _state() -> str:
    """Return a digest of what the installation depends on."""
    digest = hashlib.sha256(
        f"{ROOT}\n{_python()}\n{sys.implementation.cache_tag}".encode()
    )
    for name in _SOURCES:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()
