"""What was seen of a page before support is told about it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from ..check.html import ParserMissing, read_html, select
from ..check.visit import SiteInProcess, VisitError


@dataclass(frozen=True)
class Observed:
    """A page as a visitor who is not logged in gets it.

    :param path: the page's path.
    :param anchors: how many elements match the selector; None if nobody looked.
    :param has_policy: whether a Content-Security-Policy came with the page.
    :param doubt: what is wrong or was not looked at, a clause; empty if nothing is.
    """

    path: str
    anchors: int | None = None
    has_policy: bool = False
    doubt: str = ""

    @property
    def shows_anchor(self) -> bool:
        """Whether the page has the anchor, once."""
        return self.anchors == 1


def look_at(app: Flask, path: str, selector: str) -> Observed:
    """Visit a page within this process.

    :param selector: the anchor's CSS selector.
    """
    try:
        page = SiteInProcess(app).get(path)
    except VisitError as error:
        return Observed(path, doubt=f"{path} was not looked at: {error}")
    if page.status != 200:
        return Observed(
            path, doubt=f"{path} was not looked at: it answers {page.status}"
        )
    has_policy = "Content-Security-Policy" in page.headers
    try:
        anchors = len(select(read_html(page), selector))
    except ParserMissing as error:
        return Observed(path, has_policy=has_policy, doubt=str(error))
    doubt = "" if anchors == 1 else f"{path} shows {_count(anchors)} to a visitor"
    return Observed(path, anchors, has_policy, doubt)


def _count(anchors: int) -> str:
    return f"{anchors} elements that match the anchor" if anchors else "no anchor"
