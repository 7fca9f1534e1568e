"""Only so many threads wait for the same thing."""

from __future__ import annotations

import pytest

from flask_app_inbox.web.places import NoPlace, Places


def test_each_key_has_so_many_places() -> None:
    places = Places(2)
    with places.hold("a"), places.hold("a"):
        with pytest.raises(NoPlace), places.hold("a"):
            pass
        with places.hold("b"):
            pass
    with pytest.raises(KeyError), places.hold("a"):
        raise KeyError
    with places.hold("a"), places.hold("a"):
        pass
    assert places._taken.get().by_key == {}
