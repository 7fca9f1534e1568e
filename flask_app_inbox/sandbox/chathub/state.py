"""What the sandbox remembers as ChatHub."""

from __future__ import annotations

from collections.abc import Callable

from .chats import Chats
from .limits import Limits
from .staff import Staff
from .tokens import Tokens

#: Accepted in the body of ``get-token``.
LOGIN = PASSWORD = "sandbox"  # noqa: S105  (it stands in the documentation)


class ChatHubState:
    """One company's state.

    :param clock: returns the seconds since the epoch.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.staff = Staff()
        self.tokens = Tokens(clock)
        self.chats = Chats(clock)
        self.limits = Limits()

    def reset(self) -> None:
        """Reset to the initial state."""
        self.staff.reset()
        self.tokens.reset()
        self.chats.clear()
        self.limits.reset()
