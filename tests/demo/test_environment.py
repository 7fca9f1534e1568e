"""The environment that demo/run and tests/run share."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from demo import environment
from demo.environment import EnvironmentProblem, prepare

Fail = Callable[[str], None]


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
        return subprocess.CompletedProcess(command, status, "what pip said", None)


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


def test_a_fresh_clone_gets_an_environment(checkout: Path, commands: Commands) -> None:
    assert prepare("demo") == checkout / ".venv" / "bin" / "python"
    assert commands.run == [
        f"-m venv {checkout / '.venv'}",
        f"-m pip install --quiet --editable {checkout}[demo]",
    ]


@pytest.mark.usefixtures("checkout")
def test_a_second_start_installs_nothing(commands: Commands) -> None:
    prepare("demo")
    del commands.run[:]
    prepare("demo")
    assert commands.run == []


def test_another_extra_is_added_to_those_that_are_there(
    checkout: Path, commands: Commands
) -> None:
    prepare("demo")
    del commands.run[:]
    prepare("test")
    assert commands.run == [f"-m pip install --quiet --editable {checkout}[demo,test]"]
    del commands.run[:]
    prepare("demo")
    prepare("test")
    assert commands.run == []


def test_a_changed_setup_is_installed_anew(checkout: Path, commands: Commands) -> None:
    prepare("demo")
    del commands.run[:]
    (checkout / "setup.cfg").write_text("[metadata]\nname = other\n")
    prepare("demo")
    assert len(commands.run) == 1


@pytest.mark.usefixtures("checkout")
def test_a_failed_installation_is_tried_again(commands: Commands) -> None:
    commands.failing = "-m pip"
    with pytest.raises(EnvironmentProblem, match="what pip said"):
        prepare("demo")
    commands.failing = ""
    prepare("demo")
    assert commands.run[-1].startswith("-m pip")


def test_an_interpreter_that_runs_no_more_is_replaced(
    checkout: Path, commands: Commands
) -> None:
    prepare("demo")
    del commands.run[:]
    commands.failing = "-c import"
    prepare("demo")
    assert commands.run[0] == f"-m venv --clear {checkout / '.venv'}"


def test_an_environment_without_pip_is_completed(
    checkout: Path, commands: Commands
) -> None:
    prepare("demo")
    del commands.run[:]
    commands.failing = "import sys, pip"
    prepare("demo")
    assert commands.run[0] == f"-m venv {checkout / '.venv'}"


@pytest.mark.usefixtures("checkout")
def test_a_python_without_venv_gets_one_line_of_advice(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(EnvironmentProblem, match=r"sudo apt install python3\.\d+-venv"):
        prepare("demo")
    assert commands.run == []


@pytest.mark.usefixtures("checkout")
def test_a_venv_that_cannot_be_made_says_why(commands: Commands) -> None:
    commands.failing = "-m venv"
    with pytest.raises(EnvironmentProblem, match="what pip said"):
        prepare("demo")


def test_commands_are_run_and_heard() -> None:
    done = environment._run([sys.executable, "-c", "print('heard')"])
    assert (done.returncode, done.stdout.strip()) == (0, "heard")


def test_the_environment_lies_in_the_repository() -> None:
    assert environment._python().is_relative_to(environment.ROOT / ".venv")
    assert (environment.ROOT / "setup.cfg").exists()


def test_a_problem_ends_a_program_that_does_not_care() -> None:
    assert issubclass(EnvironmentProblem, SystemExit)
