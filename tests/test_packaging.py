"""The wheel and the sdist, built from a clean checkout, hold all they need."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from build import ProjectBuilder

ROOT = Path(__file__).parent.parent

RENDER = """
import flask_app_inbox
from flask import Flask, render_template_string
from flask_app_inbox import AppInbox, Contact

app = Flask("shop")
app.config.update(
    SECRET_KEY="x", APP_INBOX_API_KEY="key", APP_INBOX_SCRIPT_ID="5329D46FF7EB4D63"
)
inbox = AppInbox(app)
inbox.contact_loader(lambda: Contact(email="ann@example.com"))
app.add_url_rule("/", view_func=lambda: render_template_string("{{ app_inbox() }}"))
client = app.test_client()
page = client.get("/").text
print(page)
print(flask_app_inbox.__file__)
source = page.partition('<script async src="')[2].partition('"')[0]
print(client.get(source).status_code)
"""


#: Prints what the package itself imports to start a site, apart from Python's own.
IMPORTED = """
import builtins, sys

real, named = builtins.__import__, set()

def spy(name, globals=None, locals=None, fromlist=(), level=0):
    if not level and (globals or {}).get("__name__", "").startswith("flask_app_inbox"):
        named.add(name.partition(".")[0])
    return real(name, globals, locals, fromlist, level)

builtins.__import__ = spy
from flask import Flask
from flask_app_inbox import AppInbox
app = Flask("shop")
app.config.update(SECRET_KEY="x", APP_INBOX_API_KEY="key")
AppInbox(app)
print(*sorted(named - set(sys.stdlib_module_names)))
"""


def run(*command: str | Path, cwd: Path, **variables: str) -> str:
    # Nothing of this checkout may be found by the way. What is used but once need not
    # be compiled, least of all the tools that build.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    env |= {"PIP_NO_COMPILE": "1", **variables}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist of the files that git knows."""
    if not (ROOT / ".git").exists():
        pytest.skip("an unpacked sdist has no checkout to build from")
    work = tmp_path_factory.mktemp("checkout")
    run("git", "clone", "--quiet", ROOT, "clone", cwd=work)
    # As it stands now, committed or not.
    for name in run("git", "ls-files", "-mo", "--exclude-standard", cwd=ROOT).split():
        target = work / "clone" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).exists():
            target.write_bytes((ROOT / name).read_bytes())
        else:
            target.unlink()
    run("git", "add", "--all", cwd=work / "clone")
    add_tools(work / "clone", work / "tools")
    build(work, work)
    return work


def build(work: Path, into: Path, *options: str) -> None:
    """Build wheel and sdist of the clone in a folder, which has the tools, too."""
    python = work / "tools" / ("Scripts" if os.name == "nt" else "bin") / "python"
    given = (*options, "--outdir")
    run(python, "-m", "build", "--no-isolation", *given, into, ".", cwd=work / "clone")


def add_tools(project: Path, folder: Path) -> None:
    """Make a Python that has what the project needs to be built, and no more.

    Build would make two of them: one for the sdist, and one for the wheel.
    """
    venv.create(folder)
    needed = ProjectBuilder(project).build_system_requires
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--ignore-installed")
    run(*pip, "--prefix", folder, "build", *needed, cwd=folder)


def files_of_package() -> set[str]:
    known = run("git", "ls-files", "-co", "--exclude-standard", cwd=ROOT).split()
    return {
        name
        for name in known
        if name.startswith("flask_app_inbox/") and (ROOT / name).exists()
    }


def test_the_wheel_holds_every_file_of_the_package(archives: Path) -> None:
    [wheel] = archives.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert files_of_package() - names == set()


def test_a_wheel_holds_nothing_that_an_earlier_build_left(
    archives: Path, tmp_path: Path
) -> None:
    left = archives / "clone/build/lib/flask_app_inbox/deleted.py"
    left.parent.mkdir(parents=True)
    left.touch()
    build(archives, tmp_path, "--wheel")
    [wheel] = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "flask_app_inbox/__init__.py" in names
    assert "flask_app_inbox/deleted.py" not in names


def test_the_wheel_installs_no_other_package(archives: Path) -> None:
    [wheel] = archives.glob("*.whl")
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "flask_app_inbox"
    }


def test_the_sdist_also_holds_tests_and_demo(archives: Path) -> None:
    [sdist] = archives.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    known = set(run("git", "ls-files", cwd=archives / "clone").split())
    assert known - names == set()
    assert {"tests/run", "demo/run", "README.md", "flask_app_inbox/LICENSE"} <= names


def metadata_of(archives: Path) -> Message:
    [wheel] = archives.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        [name] = [one for one in archive.namelist() if one.endswith("/METADATA")]
        return message_from_bytes(archive.read(name))


def test_the_metadata_says_who_under_which_licence_and_for_what(archives: Path) -> None:
    metadata = metadata_of(archives)
    assert metadata["Author"] == "The flask-app-inbox authors"
    assert metadata["License-Expression"] == "BSD-3-Clause"
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["Description-Content-Type"] == "text/markdown"
    # There is no public address of the project yet, so the page names none.
    assert metadata.get_all("Project-URL") is None


def test_the_readme_names_the_pythons_of_the_classifiers(archives: Path) -> None:
    classifiers = metadata_of(archives).get_all("Classifier", [])
    named = [one.rpartition(" :: ")[2] for one in classifiers]
    pythons = [one for one in named if re.fullmatch(r"3\.[0-9]+", one)]
    readme = (ROOT / "README.md").read_text("utf-8")
    assert f"Python {pythons[0]} to {pythons[-1]} " in readme


def test_the_readme_names_the_wheel_that_is_built(archives: Path) -> None:
    [wheel] = archives.glob("*.whl")
    assert wheel.name in (ROOT / "README.md").read_text("utf-8")


#: What Flask is made of, and itself hands to extensions.
PARTS_OF_FLASK = {"click", "jinja2", "markupsafe", "werkzeug"}


def test_whatever_the_package_imports_is_required(archives: Path) -> None:
    required = metadata_of(archives).get_all("Requires-Dist", [])
    always = [one for one in required if "extra ==" not in one]
    names = {re.split("[^a-z0-9-]", one)[0].replace("-", "_") for one in always}
    imported = run(sys.executable, "-c", IMPORTED, cwd=ROOT).split()
    assert "blinker" in imported
    assert {*imported} - names - PARTS_OF_FLASK <= {"flask_app_inbox"}


def test_the_installed_wheel_renders_and_serves_the_script(archives: Path) -> None:
    """What it needs beside itself is the matter of the test above."""
    [wheel] = archives.glob("*.whl")
    installed = archives / "installed"
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps")
    run(*pip, "--target", installed, wheel, cwd=archives)
    page = run(sys.executable, "-c", RENDER, cwd=archives, PYTHONPATH=str(installed))
    assert str(installed) in page
    assert "/scripts/5329D46FF7EB4D63.js" in page
    assert page.rstrip().endswith("200")
