"""The environment that demo/run and tests/run share."""

from __future__ import annotations

import subprocess
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
    ("broken", "option"), [("-c import", "--clear "), ("import sys, pip", "")]
)
def test_a_broken_environment_is_replaced_and_one_without_pip_completed(
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


@pytest.mark.usefixtures("checkout")
def test_a_python_without_venv_gets_one_line_of_advice(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(EnvironmentProblem, match=r"sudo apt install python3\.\d+-venv"):
        prepare("demo")
    assert commands.run == []
