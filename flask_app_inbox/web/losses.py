"""What a function of the site that fails costs a page: a part of ours, not the page."""

from __future__ import annotations

import logging

from flask import has_request_context, request

from ..errors import LoaderError
from .addresses import NoAddress
from .problems import Problem

_LOSS = "flask_app_inbox.loss"


def log_loss(logger: logging.Logger, part: str, error: LoaderError) -> None:
    """Log why a page lacks a part of ours.

    A page that belongs to no tenant is nothing to be alarmed about.
    """
    level = logging.INFO if isinstance(error, NoAddress) else logging.ERROR
    logger.log(level, "This page has no %s: %s", part, error, exc_info=error.__cause__)
    if has_request_context():
        request.environ[_LOSS] = error


def tell_loss() -> None:
    """Tell whoever asked for a part of ours that it was lost, not left out.

    :raises Problem: if this request has lost one. The log knows it already.
    """
    error: LoaderError | None = request.environ.get(_LOSS)
    if error is not None:
        raise Problem.of(error)
