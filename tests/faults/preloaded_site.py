"""A site that has called its vendors before its processes are forked."""

from __future__ import annotations

import ctypes
import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask, request

from flask_app_inbox import AppInbox, ChatHub, Contact
from flask_app_inbox.signals import token_issued
from tests.faults.naming_vendor import UNKNOWN
from tests.fixtures.locks import hold_locks

#: What its parent asks for, on as few connections as may be: what must not work twice
#: gets a new one.
CALLS_OF_PARENT = [
    ["/v1/auth/contact/token"],
    ["/v1/contact", "/v1/auth/contact/token"],
    [
        "/api/company/get-token",
        "/api/operator/get-token",
        "/api/operator/validate-token",
        "/api/operator/get-token",
    ],
]
TOKEN_PATHS = ("/app-inbox/token", "/chathub/token")

#: How many children are forked at once.
CHILDREN = 4
#: Seconds after which a child that hangs is ended.
PATIENCE = 20


def create_app() -> Flask:
    """Return a site whose settings are in the environment.

    The customer and the operator who ask are in the query: ``?customer=1&operator=2``.
    """
    app = Flask(__name__)
    app.config.from_prefixed_env()
    inbox, chathub = AppInbox(app), ChatHub(app)

    def customer() -> Contact:
        return Contact(email=f"customer-{request.args['customer']}")

    def sync(_app: Flask, **_told: Any) -> None:
        inbox.sync_contact(customer())

    inbox.contact_loader(customer)
    chathub.operator_loader(lambda: {"sales": int(request.args["operator"])})
    token_issued.connect(sync, app, weak=False)
    for path in TOKEN_PATHS:
        for number in (1000, UNKNOWN):
            app.test_client().post(path + query_of(number))
    return app


def query_of(number: int) -> str:
    """Return the query of the customer and the operator with a number."""
    return f"?customer={number}&operator={number}"


def fork_with_python(work: Callable[[int], None]) -> None:
    _fork(os.fork, work)


def fork_with_c(work: Callable[[int], None]) -> None:
    """Fork as a server written in C does, without a word to Python."""
    _fork(ctypes.PyDLL(None).fork, work)


def fork_twice(work: Callable[[int], None]) -> None:
    """Let the children of a child that has used its sockets do the work."""

    def work_and_fork(number: int) -> None:
        work(number)
        fork_with_python(lambda grandchild: work(number * 10 + grandchild))

    _fork(os.fork, work_and_fork)


def fork_with_multiprocessing(work: Callable[[int], None]) -> None:
    context = multiprocessing.get_context("fork")
    numbers = range(1, CHILDREN + 1)
    children = [context.Process(target=work, args=(number,)) for number in numbers]
    for child in children:
        child.start()
    for child in children:
        child.join()


FORKS = {
    each.__name__: each
    for each in (
        *(fork_with_python, fork_with_c, fork_twice),
        fork_with_multiprocessing,
    )
}


def _fork(fork: Callable[[], int], work: Callable[[int], None]) -> None:
    children = []
    for number in range(1, CHILDREN + 1):
        child = fork()
        if child == 0:
            work(number)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


def main(how: str) -> None:
    """Fork children, each of which prints what it got from the vendors."""
    app = create_app()
    hold_locks(*app.extensions.values())

    def work(number: int) -> None:
        signal.alarm(PATIENCE)
        browser = app.test_client()
        answers = [
            browser.post(path + query_of(asking)).get_json(force=True)
            for asking in (number, number + 100, UNKNOWN)
            for path in TOKEN_PATHS
        ]
        os.write(1, f"{json.dumps([number, answers])}\n".encode())

    FORKS[how](work)
    os._exit(0)  # the locks are held, so an ordinary end would wait for them


if __name__ == "__main__":
    main(sys.argv[1])
