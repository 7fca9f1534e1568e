"""Calls to the vendor's OAuth 2.0 server: consent address, exchange, refresh.

Source: the guide "Authorization using OAuth 2.0". It shows token requests in two forms:
a form body with HTTP Basic client credentials (its Python sample), and a query string
that holds everything. For these it prints two addresses: one beside the consent page,
and one on the API's host. It wants the code and the callback URL in a refresh too. It
names neither ``state`` nor PKCE. We send both, because servers ignore parameters that
they do not know (RFC 6749, section 3.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from requests import Request

from ..client.answer import MAX_TOKEN, Answer, check_status
from ..client.deadline import Deadline
from ..client.transport import Transport
from ..errors import ReconnectNeeded, VendorInvalid, VendorRejected
from .settings import OAuthSettings

#: Seconds for one token request, far longer than a visitor would wait: if the answer
#: comes later, the new tokens are lost.
TIMEOUT = 30.0
#: How many seconds tokens live from their creation, by the vendor's guide.
ACCESS_TOKEN_LIFE = 172_800.0
REFRESH_TOKEN_LIFE = 2_592_000.0

_FORM = "application/x-www-form-urlencoded"
#: Error codes that say: these tokens will never work again. RFC 6749 does not have the
#: second one, but Spring's servers answer it to an expired token.
_DEAD = ("invalid_grant", "invalid_token")
_WRONG_CLIENT = ("invalid_client", "unauthorized_client")


@dataclass(frozen=True)
class Tokens:
    """The vendor's answer to a token request.

    :param expires_in: seconds until the access token expires.
    :param code: the authorization code that began the connection; the vendor's guide
        wants it in each refresh.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    code: str = field(repr=False)
    expires_in: float


class OAuthClient:
    """The app as it is registered with the vendor."""

    def __init__(
        self,
        settings: OAuthSettings,
        transport: Transport | None = None,
        *,
        proxy: str | None = None,
    ) -> None:
        self._client_id = settings.oauth_client_id or ""
        self._redirect_uri = settings.oauth_redirect_uri or ""
        self._base = settings.oauth_url or ""
        self._token_url = settings.oauth_token_address
        self._query_form = settings.oauth_form == "query"
        self._auth = ClientAuth(
            self._client_id,
            settings.oauth_client_secret or "",
            "client_secret_post" if self._query_form else "client_secret_basic",
        )
        # It has slots of its own, so that a crowd of requests does not delay a refresh.
        self._transport = transport or Transport(max_concurrent=8, proxy=proxy)

    @property
    def callback_path(self) -> str:
        """The path at which browsers come back to the site."""
        return urlsplit(self._redirect_uri).path or "/"

    def authorize_url(self, state: str, verifier: str) -> str:
        """Return the address of the vendor's consent page.

        :param state: comes back with the code.
        :param verifier: the PKCE secret for the later exchange.
        """
        return str(
            prepare_grant_uri(
                f"{self._base}/oauth/authorize",
                self._client_id,
                "code",
                redirect_uri=self._redirect_uri,
                state=state,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
            )
        )

    def exchange(self, code: str, verifier: str | None) -> Tokens:
        """Exchange an authorization code for tokens.

        :param verifier: None for a code that was requested without a challenge. A
            server must refuse a verifier then (RFC 9700, section 4.8.2).
        :raises ReconnectNeeded: if the code has expired, was used or is not ours.
        :raises VendorError: with any other cause.
        """
        form = prepare_token_request(
            "authorization_code",
            redirect_uri=self._redirect_uri,
            code=code,
            code_verifier=verifier,
        )
        try:
            answer = self._ask(form)
        except ReconnectNeeded as error:
            raise ReconnectNeeded(
                "the vendor did not accept the code: it has expired or was used before",
                status=error.status,
            ) from None
        return read_tokens(answer, code, None)

    def refresh(self, tokens: Tokens) -> Tokens:
        """Exchange the refresh token for new tokens; it works only once.

        :raises ReconnectNeeded: if the vendor says that it does not work any more.
        :raises VendorError: with any other cause.
        """
        answer = self._ask(
            prepare_token_request(
                "refresh_token",
                redirect_uri=self._redirect_uri,
                refresh_token=tokens.refresh_token,
                code=tokens.code,
            )
        )
        return read_tokens(answer, tokens.code, tokens.refresh_token)

    def _ask(self, form: str) -> Answer:
        # A kept connection may have died unnoticed. If a request vanished in it, we
        # would not know whether the vendor has changed the tokens.
        headers = {"Connection": "close"}
        url, headers, form = self._auth.prepare("POST", self._token_url, headers, form)
        request = Request("POST", url, headers=headers)
        if self._query_form:
            request.params = parse_qsl(form)
        else:
            request.headers["Content-Type"] = _FORM
            request.data = form
        return self._transport.send(
            request,
            Deadline(TIMEOUT),
            repeatable=False,
            retries=0,
            judge=judge_token_answer,
        )


def judge_token_answer(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    """Tell dead tokens from wrong credentials.

    :raises VendorError: unless the answer may hold tokens.
    """
    # Some servers tell of errors with status 200.
    error = _error_code(Answer(status, body)) if 200 <= status < 500 else None
    if error in _DEAD:
        raise ReconnectNeeded(f"the vendor answered {error}", status=status)
    if error in _WRONG_CLIENT:
        raise VendorRejected(
            f"the vendor answered {error}; see APP_INBOX_OAUTH_CLIENT_ID and "
            "APP_INBOX_OAUTH_CLIENT_SECRET",
            status=status,
        )
    answer = check_status(status, headers, body)
    if not 200 <= status < 300:
        raise VendorInvalid(
            f"the vendor answered {status} to a token request; see "
            "APP_INBOX_OAUTH_URL, APP_INBOX_OAUTH_TOKEN_URL and APP_INBOX_OAUTH_FORM",
            status=status,
        )
    return answer


def read_tokens(answer: Answer, code: str, old_refresh_token: str | None) -> Tokens:
    """Read an answer with tokens, as leniently as possible.

    The vendor has changed the tokens by now. Refusing the answer over a detail would
    cost the connection.

    :param old_refresh_token: stays valid if the answer has no other.
    :raises VendorInvalid: if the answer holds no tokens.
    """
    body = answer.json()
    body = body if isinstance(body, dict) else {}
    access_token = body.get("access_token")
    refresh_token = body.get("refresh_token") or old_refresh_token
    if not _is_token(access_token) or not _is_token(refresh_token):
        raise VendorInvalid("the vendor's answer holds no tokens", status=200)
    return Tokens(
        access_token=str(access_token),
        refresh_token=str(refresh_token),
        code=code,
        expires_in=token_life(body.get("expires_in")),
    )


def token_life(told: Any) -> float:
    """Return how many seconds an access token lives.

    :param told: by the vendor. What cannot be, such as milliseconds, counts as nothing:
        no access token outlives its refresh token.
    """
    try:
        seconds = float(told)
    except (TypeError, ValueError, OverflowError):
        return ACCESS_TOKEN_LIFE
    return seconds if 0 <= seconds <= REFRESH_TOKEN_LIFE else ACCESS_TOKEN_LIFE


def _is_token(value: Any) -> bool:
    # Printable ASCII is what a header can carry.
    return (
        isinstance(value, str)
        and 0 < len(value) <= MAX_TOKEN
        and value.isascii()
        and value.isprintable()
    )


def _error_code(answer: Answer) -> str | None:
    """Return the code of an error; None for an answer with tokens."""
    try:
        told = answer.json()
    except VendorInvalid:
        return None
    if not isinstance(told, dict) or "access_token" in told:
        return None
    error = told.get("error")
    return error if isinstance(error, str) else None
