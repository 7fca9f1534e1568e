"""Signals that a site may listen to."""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

#: Sent when an OAuth connection is lost and its owner has to connect again; once,
#: by the process that finds it out, from a thread with an app context and without a
#: request. The sender is the app; ``connection`` is its name, ``reason`` a sentence
#: for people. A process that dies at that moment sends nothing: for what must not be
#: missed, watch ``flask app-inbox oauth status --json`` as well.
connection_lost = _signals.signal("app-inbox-connection-lost")
