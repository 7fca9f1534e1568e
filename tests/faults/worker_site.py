"""A site for the servers that sites run on; they import it by this name."""

from __future__ import annotations

import os
import socket
import sys

from flask import Flask

from flask_app_inbox import AppInbox, Contact


def create_app() -> Flask:
    """Return a site whose settings are in the environment."""
    app = Flask(__name__)
    app.config.from_prefixed_env()
    AppInbox(app).contact_loader(lambda: Contact(email=os.environ["SITE_CONTACT"]))
    app.add_url_rule("/page", view_func=lambda: "a page of the site")
    return app


def main(descriptor: int) -> None:
    """Serve the site with waitress on a socket that listens already."""
    import waitress

    waitress.serve(create_app(), sockets=[socket.socket(fileno=descriptor)], threads=4)


if __name__ == "__main__":
    main(int(sys.argv[1]))
