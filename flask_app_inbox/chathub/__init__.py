"""The operator panel of SMSBAT's ChatHub for the staff of a Flask site."""

from __future__ import annotations

from .extension import ChatHub

__all__ = ["ChatHub"]
