"""The credentials of a site that is connected by OAuth."""

from __future__ import annotations

from urllib.parse import urlsplit

from requests import Request

from ..client.answer import Answer
from ..client.credentials import AccessToken
from ..client.deadline import Deadline
from ..client.transport import Transport
from ..errors import VendorRejected
from .keeper import ConnectionKeeper


class OAuthCredentials:
    """The access token of a connection, renewed when needed."""

    def __init__(self, keeper: ConnectionKeeper) -> None:
        self._keeper = keeper

    def send(
        self,
        transport: Transport,
        request: Request,
        deadline: Deadline,
        *,
        repeatable: bool = True,
    ) -> Answer:
        """Send a request with the access token; after a 401, once more with a new one.

        :raises ReconnectNeeded: if there is no connection.
        :raises VendorRejected: if the vendor also refuses a new token, or the app
            lacks the right for this call.
        """
        lent = self._keeper.lend(deadline)
        try:
            return AccessToken(lent.access_token).send(
                transport, request, deadline, repeatable=repeatable
            )
        except VendorRejected as error:
            if error.status != 401:
                raise _missing_right(request) from None
        new = self._keeper.replace(lent, deadline)
        try:
            return AccessToken(new.access_token).send(
                transport, request, deadline, repeatable=repeatable
            )
        except VendorRejected as error:
            if error.status != 401:
                raise _missing_right(request) from None
            self._keeper.give_up_on(new, deadline)
            raise


def _missing_right(request: Request) -> VendorRejected:
    return VendorRejected(
        f"the vendor answered 403 to {request.method} "
        f"{urlsplit(request.url).path}: the app that is registered with the vendor "
        f"needs {right_for(urlsplit(request.url).path)}",
        status=403,
    )


def right_for(path: str) -> str:
    """Return the right that a call needs.

    Source: the method groups in the guide "Authorization using OAuth 2.0". An app is
    registered with one of four rights: full access, events, events and contacts,
    messages.

    :param path: the path of the call.
    """
    if path.endswith(("/version", "/account/info")):
        return "no special right, only a connected account"
    if path.endswith(("/contact", "/contacts")):
        return "the right 'events and contacts' or 'full access to the API'"
    if path.endswith("/event"):
        return "the right 'events', 'events and contacts' or 'full access to the API'"
    if path.endswith("/smartsend"):
        return "the right 'messages' or 'full access to the API'"
    # No group of the guide has the token call.
    return "the right 'full access to the API'"
