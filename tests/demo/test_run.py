"""demo/run as a newcomer uses it: start, look, Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from werkzeug.serving import make_server

from demo import launch, programs, tether
from demo.programs import Program, ProgramProblem, Programs, choose_port
from demo.shop import __main__ as shop_main

from .conftest import MakeShop

RUN = Path(__file__).parents[2] / "demo" / "run"
PATIENCE = 40.0

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


class Demo:
    """A running demo/run and what it has printed."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        command = [sys.executable, str(RUN), "--python", sys.executable, *arguments]
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env={**os.environ, **environment},
            start_new_session=True,
        )
        self.output = ""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self.output += line

    def wait_for(self, text: str) -> None:
        """Wait until something was printed."""
        _wait_until(lambda: text in self.output or self.process.poll() is not None)
        assert text in self.output

    def addresses(self) -> list[str]:
        """Return the addresses in the box, once it is there."""
        self.wait_for("Ctrl-C stops everything.")
        return re.findall(r"http://[0-9.:]+", self.output)

    def finish(self) -> int:
        """Return the exit status, when there is one."""
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return status

    def children(self) -> list[int]:
        """Return the ids of the programs that it has started."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(word) for word in path.read_text().split()]


def _wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def _is_alive(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2]
    except OSError:
        return False
    return state.split()[0] != "Z"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Demo]]:
    """Return a function that starts demos; none outlives the test."""
    started: list[Demo] = []

    def start(*arguments: str, **environment: str) -> Demo:
        environment.setdefault("SHOP_INSTANCE", str(tmp_path / "instance"))
        started.append(Demo(*arguments, **environment))
        return started[-1]

    yield start
    for demo in started:
        demo.process.terminate()
        demo.finish()


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Return a port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_with_status_0(
    start: Callable[..., Demo], number: signal.Signals
) -> None:
    demo = start("--port", "0", "--sandbox-port", "0", HOME="")
    shop, sandbox = demo.addresses()
    assert "Zavarka" in requests.get(shop, timeout=5).text
    assert requests.get(f"{sandbox}/_sandbox/contacts", timeout=5).ok
    children = demo.children()
    assert len(children) == 2
    demo.process.send_signal(number)
    assert demo.finish() == 0
    assert not any(map(_is_alive, children))
    assert "Traceback" not in demo.output


def test_the_accounts_are_printed_and_known_to_the_sandbox(
    start: Callable[..., Demo],
) -> None:
    demo = start("--port", "0", "--sandbox-port", "0")
    _, sandbox = demo.addresses()
    assert "olena@example.com" in demo.output
    contacts = requests.get(f"{sandbox}/_sandbox/contacts", timeout=5).json()
    assert {c["email"] for c in contacts} == {
        "olena@example.com",
        "bohdan@example.com",
        "jonas@example.com",
    }


@pytest.mark.parametrize("which", [0, 1])
def test_the_death_of_one_program_ends_the_other(
    start: Callable[..., Demo], which: int
) -> None:
    demo = start("--port", "0", "--sandbox-port", "0")
    demo.addresses()
    children = demo.children()
    os.kill(children[which], signal.SIGKILL)
    assert demo.finish() == 1
    assert not any(map(_is_alive, children))
    assert f"The {('sandbox', 'shop')[which]} has ended" in demo.output


def test_even_a_killed_demo_leaves_no_program_behind(
    start: Callable[..., Demo],
) -> None:
    demo = start("--port", "0", "--sandbox-port", "0")
    demo.addresses()
    children = demo.children()
    demo.process.kill()
    demo.finish()
    _wait_until(lambda: not any(map(_is_alive, children)))


def test_a_wanted_port_that_is_taken_is_one_line_of_advice(
    start: Callable[..., Demo], taken_port: int
) -> None:
    demo = start("--port", str(taken_port), "--sandbox-port", "0")
    assert demo.finish() == 1
    assert demo.output.strip() == (
        f"Port {taken_port} is taken. Choose another with --port, or leave the "
        "option out: then a free one is found."
    )


@pytest.mark.parametrize("option", ["--port", "--sandbox-port"])
@pytest.mark.parametrize("number", ["99999", "65536", "-1"])
@pytest.mark.usefixtures("signals", "started")
def test_a_number_that_no_port_has_is_one_line(
    capsys: pytest.CaptureFixture[str], option: str, number: str
) -> None:
    assert launch.main(["--python", "python", option, number]) == 1
    assert capsys.readouterr().err == (
        f"{option} {number}: a port is a number from 0 (any free one) to 65535.\n"
    )


def test_with_real_credentials_no_sandbox_is_started(
    start: Callable[..., Demo],
) -> None:
    demo = start(
        "--port",
        "0",
        FLASK_APP_INBOX_API_KEY="a-real-key",
        FLASK_APP_INBOX_SCRIPT_ID="5329D46FF7EB4D63",
        SHOP_SANDBOX_URL="http://127.0.0.1:9",
    )
    (shop,) = demo.addresses()
    assert "no sandbox was started" in demo.output
    assert len(demo.children()) == 1
    policy = requests.get(shop, timeout=5).headers["Content-Security-Policy"]
    assert "https://statics.esputnik.com" in policy


def test_half_of_the_credentials_is_a_problem(start: Callable[..., Demo]) -> None:
    demo = start(FLASK_APP_INBOX_API_KEY="a-real-key")
    assert demo.finish() == 1
    assert "needs both" in demo.output


def test_a_shop_that_cannot_start_says_why(
    start: Callable[..., Demo], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    demo = start(
        "--port", "0", "--sandbox-port", "0", SHOP_INSTANCE=str(tmp_path / "file")
    )
    assert demo.finish() == 1
    assert "FileExistsError" in demo.output
    assert "The shop did not start; see above." in demo.output


# The same parts, inside this process.


@pytest.fixture
def signals() -> Iterator[None]:
    """Put the handlers of this process back."""
    before = {n: signal.getsignal(n) for n in (*launch._signals(), signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


class FakePrograms(Programs):
    """Starts nothing."""

    started: list[tuple[str, dict[str, str]]]

    def start(self, program: Program, environment: Any) -> str:
        self.started.append((program.name, dict(environment)))
        return f"http://{program.name}"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    """Return what launch would have started."""
    FakePrograms.started = []
    monkeypatch.setattr(launch, "Programs", FakePrograms)
    return FakePrograms.started


@pytest.mark.usefixtures("signals")
def test_the_sandbox_starts_first_and_the_shop_is_told_of_it(
    started: list[tuple[str, dict[str, str]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def press_ctrl_c(_: Programs) -> int:
        signal.raise_signal(signal.SIGINT)
        return 1

    monkeypatch.setattr(launch, "_watch", press_ctrl_c)
    monkeypatch.setattr(launch, "prepare", lambda extras: Path(extras))
    assert launch.main(["--port", "0", "--sandbox-port", "0"]) == 0
    assert started == [
        ("sandbox", {}),
        ("shop", {"SHOP_SANDBOX_URL": "http://sandbox"}),
    ]
    printed = capsys.readouterr().out
    assert "http://shop" in printed
    assert "Stopped." in printed
    # A second Ctrl-C while everything ends does no harm.
    signal.raise_signal(signal.SIGINT)


@pytest.mark.usefixtures("signals")
def test_real_credentials_leave_the_sandbox_out(
    started: list[tuple[str, dict[str, str]]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("FLASK_APP_INBOX_API_KEY", "key")
    monkeypatch.setenv("FLASK_APP_INBOX_SCRIPT_ID", "id")
    monkeypatch.setattr(launch, "_watch", lambda _: 1)
    assert launch.main(["--port", "0", "--python", "python"]) == 1
    assert started == [("shop", {"SHOP_SANDBOX_URL": ""})]
    printed = capsys.readouterr().out
    assert "The vendor is the real one" in printed
    assert "olena@example.com" in printed
    assert "waiting" not in printed
    assert "not known to the vendor" not in printed


def test_with_oauth_the_shop_has_no_key_and_says_where_to_connect(
    start: Callable[..., Demo],
) -> None:
    demo = start("--port", "0", "--sandbox-port", "0", "--oauth")
    shop, sandbox, _ = demo.addresses()
    assert f"{shop}/connect" in demo.output
    (app,) = requests.get(f"{sandbox}/_sandbox/oauth/clients", timeout=5).json()
    assert app["redirect_uri"] == f"{shop}/app-inbox/oauth/callback"


@pytest.mark.usefixtures("signals", "started")
def test_oauth_and_the_real_vendor_do_not_go_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FLASK_APP_INBOX_API_KEY", "key")
    monkeypatch.setenv("FLASK_APP_INBOX_SCRIPT_ID", "id")
    assert launch.main(["--python", "python", "--oauth"]) == 1
    assert "Leave either out" in capsys.readouterr().err


def test_a_shop_that_cannot_register_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_SANDBOX_URL", "http://127.0.0.1:9")
    with pytest.raises(SystemExit, match="--oauth needs a running sandbox"):
        shop_main.serve(0, oauth=True)


@pytest.mark.usefixtures("signals", "started")
def test_a_missing_half_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FLASK_APP_INBOX_SCRIPT_ID", "id")
    assert launch.main(["--python", "python"]) == 1
    assert "FLASK_APP_INBOX_API_KEY" in capsys.readouterr().err


def test_the_usual_port_gives_way_and_a_wanted_one_does_not(taken_port: int) -> None:
    assert choose_port(None, taken_port, "--port") == 0
    assert choose_port(0, taken_port, "--port") == 0
    with pytest.raises(ProgramProblem, match=f"Port {taken_port} is taken"):
        choose_port(taken_port, 5000, "--port")


def test_a_port_that_is_bound_without_a_listener_is_taken() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        assert choose_port(None, holder.getsockname()[1], "--port") == 0


def test_a_free_port_is_used() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert choose_port(None, port, "--port") == port


@pytest.fixture
def make_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Program]:
    """Return a function that makes a program of a few lines of Python."""
    monkeypatch.setattr(programs, "ROOT", tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def make(code: str) -> Program:
        (tmp_path / "small_program.py").write_text(code)
        return Program(Path(sys.executable), "shop", "small_program")

    return make


def test_programs_end_together(
    make_program: Callable[[str], Program], capsys: pytest.CaptureFixture[str]
) -> None:
    code = "import time; print('Hello'); print('Shop: http://here', flush=True)\n"
    program = make_program(f"{code}time.sleep(60)")
    with Programs() as together:
        assert together.start(program, {}) == "http://here"
        assert together.ended() is None
    assert together.ended() is program
    assert "Hello" in capsys.readouterr().err


def test_a_program_that_ends_is_noticed(
    make_program: Callable[[str], Program], capsys: pytest.CaptureFixture[str]
) -> None:
    program = make_program("print('Shop: http://here', flush=True)")
    with Programs() as together:
        together.start(program, {})
        assert launch._watch(together) == 1
    assert "The shop has ended" in capsys.readouterr().err


def test_a_program_that_says_nothing_is_given_up(
    make_program: Callable[[str], Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "READY_WITHIN", 0.2)
    with Programs() as together, pytest.raises(ProgramProblem, match="not ready"):
        together.start(make_program("import time; time.sleep(60)"), {})


def test_a_program_that_does_not_start_is_named(
    make_program: Callable[[str], Program],
) -> None:
    with Programs() as together, pytest.raises(ProgramProblem, match="did not start"):
        together.start(make_program("raise SystemExit(3)"), {})


def test_a_program_that_will_not_end_is_killed(
    make_program: Callable[[str], Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "END_WITHIN", 0.5)
    program = make_program(
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('Shop: http://here', flush=True)\n"
        "time.sleep(60)"
    )
    program.stop()  # not started yet: nothing to end
    program.start({})
    program.stop()
    assert program.has_ended()


def test_a_tethered_module_runs_as_with_m(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["tether.py", "this"])
    monkeypatch.setattr(sys, "path", ["demo", *sys.path])
    monkeypatch.setattr(threading, "Thread", _NoThread)
    tether.main()
    assert "Beautiful is better than ugly." in capsys.readouterr().out
    assert sys.path[0] == str(RUN.parents[1])


class _NoThread:
    def __init__(self, **_: object) -> None:
        pass

    def start(self) -> None:
        pass


def test_the_tether_asks_first_and_then_insists(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    did: list[object] = []
    input_parts = iter([b"noise", b""])
    monkeypatch.setattr(os, "read", lambda *_: next(input_parts))
    monkeypatch.setattr(os, "kill", lambda _, number: did.append(number))
    monkeypatch.setattr(time, "sleep", did.append)
    monkeypatch.setattr(os, "_exit", did.append)
    tether._end_with_input()
    assert did == [signal.SIGTERM, tether.PATIENCE, 1]


@pytest.mark.usefixtures("signals")
def test_the_shop_serves_until_sigterm(
    make_shop: MakeShop,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def make(config: dict[str, Any]) -> object:
        return make_shop(APP_INBOX_API_KEY="key", **config)

    seen: list[str] = []

    def look_and_end() -> None:
        url = capsys.readouterr().out.strip().removeprefix("Shop: ")
        seen.append(requests.get(url, timeout=5).text)
        foreign = requests.get(url, headers={"Host": "evil.example"}, timeout=5)
        seen.append(str(foreign.status_code))
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(shop_main, "create_app", make)
    monkeypatch.setattr(sys, "argv", ["shop", "--port", "0"])

    def make_watched_server(*arguments: Any, **options: Any) -> Any:
        server = make_server(*arguments, **options)
        serve_forever = server.serve_forever

        def serve_and_look() -> None:
            thread = threading.Thread(target=serve_forever)
            thread.start()
            try:
                look_and_end()
            except KeyboardInterrupt:
                seen.append("ended")
            finally:
                server.shutdown()
                thread.join()

        monkeypatch.setattr(server, "serve_forever", serve_and_look)
        return server

    monkeypatch.setattr(shop_main, "make_server", make_watched_server)
    shop_main.main()
    assert "Zavarka" in seen[0]
    assert seen[1:] == ["400", "ended"]
