"""What is logged, and what must never be."""

from __future__ import annotations

import base64
import logging

from tests.faults.sites import API_KEY, CUSTOMER, EMAIL, PHONE, TOKEN

#: What neither a log nor a problem may hold.
SECRETS = (
    API_KEY,
    base64.b64encode(API_KEY.encode()).decode().rstrip("="),
    base64.b64encode(f"app-inbox:{API_KEY}".encode()).decode(),
    EMAIL,
    EMAIL.partition("@")[0],
    PHONE,
    CUSTOMER,
    TOKEN,
)


class Records(logging.Handler):
    """Keeps every log record as text, with its traceback if it has one."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self._as_text = logging.Formatter("%(levelname)s %(name)s %(message)s")

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self._as_text.format(record))

    def of_package(self) -> list[str]:
        """Return what this package wrote."""
        return [line for line in self.lines if " flask_app_inbox." in line]
