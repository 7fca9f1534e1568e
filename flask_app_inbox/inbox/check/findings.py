"""Every finding that ``check`` can report, in the order of its report.

A finding is declared beside the check that reports it; this module only collects.
"""

from __future__ import annotations

from . import (
    anchor,
    configuration,
    connections,
    database_pool,
    embed,
    endpoint,
    login,
    one_init,
    own_bell,
    own_messages,
    own_script,
    page,
    page_policy,
    session,
    storage,
    vendor,
)
from .finding import FindingKind

_CHECKS = (
    *(configuration, login, connections, vendor, own_messages),
    *(embed, page, own_script, own_bell, anchor, one_init, page_policy, endpoint),
    *(session, storage, database_pool),
)

#: Each with ``code``, ``level``, ``what``, ``why`` and ``fix``. What ``{braces}``
#: hold is known only when it is reported.
FINDINGS: tuple[FindingKind, ...] = tuple(
    dict.fromkeys(
        value
        for check in _CHECKS
        for value in vars(check).values()
        if isinstance(value, FindingKind)
    )
)
