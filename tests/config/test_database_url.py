"""Which database keeps connections: every part of a URL is what its owner meant."""

from __future__ import annotations

import pytest

from flask_app_inbox.config.database_url import (
    DatabaseAddress,
    database_url,
    read_database_url,
)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("sqlite:////srv/shop.sqlite3", DatabaseAddress("/srv/shop.sqlite3")),
        ("sqlite:///shop.sqlite3", DatabaseAddress("shop.sqlite3")),
        ("sqlite:////srv/50%25%20off%3F@", DatabaseAddress("/srv/50% off?@")),
        (
            "postgres://shop:a:b%@db.example",
            DatabaseAddress(None, "shop", "a:b%", "db.example"),
        ),
        (
            "postgresql://shop:p%40ss%2F%25@db.example:5433/shop?sslmode=require",
            DatabaseAddress(
                None,
                "shop",
                "p@ss/%",
                "db.example",
                5433,
                "shop",
                {"sslmode": "require"},
            ),
        ),
        (
            "postgresql+psycopg:///shop?host=%2Frun%2Fpostgresql",
            DatabaseAddress(name="shop", options={"host": "/run/postgresql"}),
        ),
        ("postgresql://[::1]/shop", DatabaseAddress(host="::1", name="shop")),
    ],
)
def test_a_url_is_read_as_it_was_meant(url: str, address: DatabaseAddress) -> None:
    assert read_database_url(url) == address


@pytest.mark.parametrize(
    "password", ["half@other", "half/other", "half#other", "half?other", "[half"]
)
def test_a_password_that_is_not_escaped_is_refused_unseen(password: str) -> None:
    with pytest.raises(ValueError, match="@ as %40") as caught:
        database_url(f"postgresql://shop:{password}@db.example/shop")
    assert "half" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://",
        "postgresql://db.example:0/shop",
        "postgresql://db.example:65536/shop",
        "postgresql://db.example:port/shop",
        "postgresql://a,b/shop",
        "postgresql://db.example/shop?sslmode",
        "postgresql://db.example/shop name",
        "postgresql://db.example/shop\n",
        "sqlite:///shop.sqlite3?mode=ro",
        "sqlite:////srv/what?/shop.sqlite3",
        "sqlite:////srv/%00",
        "mysql://db.example/shop",
    ],
)
def test_a_url_that_cannot_work_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="postgresql://user:password@host/name"):
        database_url(url)
