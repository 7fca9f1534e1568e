"""Faults: breaking the vendor's routes on purpose, one kind of failure at a time.

``kinds`` has every kind, ``routes`` every route that can be broken, ``memory`` the
faults that are set, and ``middleware`` applies them to requests.
"""

from __future__ import annotations
