"""The sandbox as ChatHub: company, operators, their tokens, chats and the panel."""

from __future__ import annotations
