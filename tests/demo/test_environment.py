"""The environment that demo/run and tests/run share."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from demo import environment
from demo.environment import EnvironmentProblem, prepare


class Commands:
    """Stands for the programs that would be run; remembers them."""

    def __init__(self) -> None:
        self.run: list[str] = []
        self.failing = ""

    def __call__(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        line = " ".join(command[1:])
        status = int(bool(self.failing) and self.failing in line)
        if not line.startswith("-c"):
            self.run.append(line)
        if line.startswith("-m venv") and not status:
            python = Path(command[-1], "bin", "python")
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()
        return subprocess.CompletedProcess(command, status, "what it printed", None)

    def taken(self) -> list[str]:
        """Return what was run since the last time."""
        run, self.run = self.run, []
        return run


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that looks like a fresh clone, with a space in its path."""
    root = tmp_path / "a clone"
    root.mkdir()
    (root / "setup.cfg").write_text("[metadata]\n")
    (root / "pyproject.toml").write_text("[build-system]\n")
    monkeypatch.setattr(environment, "ROOT", root)
    monkeypatch.setattr(environment, "FOLDER", root / ".venv")
    monkeypatch.setattr(
        environment, "_python", lambda: root / ".venv" / "bin" / "python"
    )
    return root


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    """Run nothing; remember what would have been run."""
    commands = Commands()
    monkeypatch.setattr(environment, "_run", commands)
    return commands


def test_a_clone_is_installed_once_and_again_when_something_changed(
    checkout: Path, commands: Commands
) -> None:
    pip = f"-m pip install --quiet --editable {checkout}"
    assert prepare("demo") == checkout / ".venv" / "bin" / "python"
    assert commands.taken() == [f"-m venv {checkout / '.venv'}", f"{pip}[demo]"]
    prepare("demo")
    assert commands.taken() == []
    prepare("test")
    assert commands.taken() == [f"{pip}[demo,test]"]
    prepare("demo")
    prepare("test")
    assert commands.taken() == []
    (checkout / "setup.cfg").write_text("[metadata]\nname = other\n")
    prepare("demo")
    assert commands.taken() == [f"{pip}[demo]"]


@pytest.mark.parametrize(
    ("broken", "option"), [("sys.exit", "--clear "), ("import pip", "")]
)
def test_one_that_is_broken_or_of_another_python_is_replaced_one_without_pip_completed(
    checkout: Path, commands: Commands, broken: str, option: str
) -> None:
    prepare("demo")
    commands.taken()
    commands.failing = broken
    prepare("demo")
    assert commands.taken()[0] == f"-m venv {option}{checkout / '.venv'}"


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize(
    ("failing", "says"),
    [
        ("-m venv", "Python could not create .venv"),
        ("-m pip", "pip could not install the package; check the network"),
    ],
)
def test_a_failure_is_one_sentence_and_what_the_program_said(
    commands: Commands, failing: str, says: str
) -> None:
    commands.failing = failing
    with pytest.raises(SystemExit, match=f"{says}[^.]*\\..*\nwhat it printed"):
        prepare("demo")
    commands.failing = ""
    prepare("demo")
    assert commands.run[-1].startswith("-m pip")


def test_it_is_made_by_the_python_that_started_this(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / ".venv").mkdir()
    monkeypatch.setattr(environment, "_install", lambda *_: None)
    monkeypatch.setattr(environment, "_python", lambda: Path(sys.executable))
    made: list[Path] = []
    monkeypatch.setattr(environment, "_create", made.append)
    prepare("demo")
    assert made == []
    monkeypatch.setattr(environment, "_SAME_PYTHON", "import sys; sys.exit(1)")
    prepare("demo")
    assert made == [Path(sys.executable)]


def test_a_checkout_that_nobody_may_write_to_is_one_line_of_advice(
    checkout: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "FOLDER", checkout / "setup.cfg" / ".venv")
    with pytest.raises(EnvironmentProblem, match=r"cannot be made \(.+\)\. Copy the"):
        prepare("demo")
    assert commands.run == []


@pytest.mark.parametrize("name", ["PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"])
def test_pip_installs_into_the_environment_whatever_the_machine_tells_it(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "1")
    code = f"import os; print(os.environ.get({name!r}, '0'), os.environ['PIP_USER'])"
    told = environment._run([sys.executable, "-c", code]).stdout
    assert told.split() == ["0", "0"]


@pytest.mark.parametrize("program", ["demo/run", "tests/run"])
@pytest.mark.parametrize("version", [(3, 6, 15), (3, 9, 18)])
def test_an_older_python_is_told_in_one_line(
    program: str, version: tuple[int, ...]
) -> None:
    code = (
        f"import runpy, sys; sys.version_info = {version}; "
        f"runpy.run_path({program!r}, run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert re.fullmatch(r"The \w+ needs? Python 3\.10 or newer; .+\n", done.stderr)


@pytest.mark.usefixtures("checkout")
def test_a_python_without_venv_gets_one_line_of_advice(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(EnvironmentProblem, match=r"sudo apt install python3\.\d+-venv"):
        prepare("demo")
    assert commands.run == []
