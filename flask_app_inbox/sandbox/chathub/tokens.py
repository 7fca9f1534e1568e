"""Company tokens and operator tokens, in the shape of JWTs."""

from __future__ import annotations

import json
import secrets
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import NamedTuple

from .staff import FIRST_OPERATOR

#: What the widget guide puts in place of a token while a site is being developed.
DEVELOPMENT_TOKEN = "test-token-for-development"  # noqa: S105  (it stands in the guide)

_A_DAY = 24 * 60 * 60


class Bearer(NamedTuple):
    """Whose token it is."""

    #: The operator's id; None: the company's.
    operator: int | None
    #: Seconds since the epoch; None: it has no end.
    expires_at: float | None


class Tokens:
    """All valid tokens; safe to use from many threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._bearers: dict[str, Bearer] = {}
        #: Seconds after which an operator token dies at the latest, whatever was
        #: asked for; None: as asked for.
        self.max_lifetime: float | None = None
        #: Whether the development token makes its holder the first operator.
        self.takes_development_token = False

    def issue_to_company(self) -> str:
        """Issue a company token. The guides name no end of its life."""
        return self._new_token(Bearer(None, None), {"company_id": 1})

    def issue_to_operator(self, operator: int, expires_at: float) -> str:
        """Issue an operator token."""
        end = expires_at
        if self.max_lifetime is not None:
            end = min(end, self._clock() + self.max_lifetime)
        claims = {"operator_id": operator, "exp": int(expires_at)}
        return self._new_token(Bearer(operator, end), claims)

    def bearer_of(self, token: str) -> Bearer | None:
        """Return whose token it is; None when it is not valid."""
        if token == DEVELOPMENT_TOKEN and self.takes_development_token:
            return Bearer(FIRST_OPERATOR, self._clock() + _A_DAY)
        with self._lock:
            bearer = self._bearers.get(token)
            if bearer is None:
                return None
            if bearer.expires_at is not None and bearer.expires_at <= self._clock():
                del self._bearers[token]
                return None
            return bearer

    def alive(self) -> int:
        """Count the valid operator tokens."""
        with self._lock:
            return sum(
                1
                for bearer in self._bearers.values()
                if bearer.expires_at is not None and bearer.expires_at > self._clock()
            )

    def invalidate(self, *, company: bool = False) -> int:
        """Invalidate all operator tokens, or all company tokens; return how many."""
        with self._lock:
            dead = [
                token
                for token, bearer in self._bearers.items()
                if (bearer.operator is None) == company
            ]
            for token in dead:
                del self._bearers[token]
            return len(dead)

    def reset(self) -> None:
        """Reset to the initial state: no tokens, no limit."""
        with self._lock:
            self._bearers.clear()
        self.max_lifetime = None
        self.takes_development_token = False

    def _new_token(self, bearer: Bearer, claims: dict[str, int]) -> str:
        header = _segment({"alg": "HS256", "typ": "JWT"})
        token = f"{header}.{_segment(claims)}.{secrets.token_urlsafe(24)}"
        with self._lock:
            self._bearers[token] = bearer
        return token


def _segment(value: Mapping[str, object]) -> str:
    text = json.dumps(value, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")
