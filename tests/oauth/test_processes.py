"""Many processes at once, and processes that die."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable

import pytest

from flask_app_inbox.oauth import store as token_store
from flask_app_inbox.oauth.table import RECONNECT_NEEDED
from tests.fixtures.fault_table import CONNECTIONS
from tests.fixtures.waiting import wait_until
from tests.oauth.conftest import MakeSite, connect
from tests.oauth.nursery import Nursery
from tests.oauth.site import Site
from tests.oauth.vendor import Vendor
from tests.oauth.window import measure

#: Where the vendor has changed the tokens and nobody has stored them.
LOST = ("R4", "R5")


def let_the_token_die(vendor: Vendor, site: Site) -> None:
    """Connect, and let the access token's life be over for both sides."""
    connect(vendor, site)
    vendor.control("DELETE", "oauth/tokens")
    site.shift_expiry(-token_life(site) - 1)


def token_life(site: Site) -> float:
    row = site.row()
    return row.expires_at - row.issued_at


def test_eight_processes_with_a_dead_token_refresh_it_once(
    vendor: Vendor, make_site: MakeSite, nursery: Nursery, database_url: str
) -> None:
    vendor.control("POST", "contacts", {"email": "ann@example.com"})
    # Eight processes share two cores with the vendor, so they may take their time.
    site = make_site(DATABASE_URL=database_url, TIMEOUT=20.0)
    let_the_token_die(vendor, site)
    vendor.fault(route="oauth_token", kind="delay", seconds=0.5, times=None)
    children = [nursery.start(site, "token") for _ in range(8)]
    answers = [child.wait() for child in children]
    assert [status for status, _ in answers] == [200] * 8
    assert len({token for _, token in answers}) == 8
    assert vendor.refreshes() == 1
    assert vendor.paths().count("/uaa/oauth/token") == 2  # one was the exchange


def test_eight_processes_that_are_refused_at_once_refresh_once(
    vendor: Vendor, make_site: MakeSite, nursery: Nursery, database_url: str
) -> None:
    site = make_site(DATABASE_URL=database_url, TIMEOUT=20.0, connected=True)
    vendor.control("DELETE", "oauth/tokens")
    vendor.fault(route="oauth_token", kind="delay", seconds=0.5, times=None)
    children = [nursery.start(site, "token") for _ in range(8)]
    assert [child.wait() for child in children] == [[200, ""]] * 8
    assert vendor.refreshes() == 1


def test_children_of_a_process_that_has_used_its_connection_have_their_own(
    vendor: Vendor, make_site: MakeSite, lone_nursery: Nursery, database_url: str
) -> None:
    site = make_site(DATABASE_URL=database_url, connected=True)
    site.oauth.store.set_script_id("default", "ITS-SCRIPT")
    children = [lone_nursery.start(site, "token", warm=True)]
    children += [lone_nursery.start(site, "token") for _ in range(3)]
    assert [child.wait() for child in children] == [[200, ""]] * 4
    vendor.control("DELETE", "oauth/tokens")
    children = [lone_nursery.start(site, "token") for _ in range(4)]
    assert [child.wait() for child in children] == [[200, ""]] * 4
    assert vendor.refreshes() == 1
    assert lone_nursery.start(site, "script_id").wait() == "ITS-SCRIPT"


def kill_at(place: str, vendor: Vendor, site: Site, nursery: Nursery) -> None:
    """Let a process die at a place of the table in ``token_store``."""
    if place[0] == "C":
        # The commit that a process may die after is that of the connection.
        site.oauth.store.make_tables()
        verifier = "w" * 43
        code = vendor.code(site.oauth.client.authorize_url("state", verifier))
        child = nursery.start(
            site, "connect", code=code, verifier=verifier, place=place
        )
    elif place[0] == "D":
        child = nursery.start(site, "disconnect", place=place)
    elif place == "R3":
        vendor.fault(route="oauth_token", kind="hang")
        child = nursery.start(site, "refresh")
        wait_until(lambda: not vendor.control("GET", "faults")["faults"])
        child.kill()
    elif place == "R4":
        vendor.fault(route="oauth_token", kind="delay", seconds=60)
        child = nursery.start(site, "refresh")
        wait_until(lambda: vendor.refreshes() == 1)
        child.kill()
    else:
        child = nursery.start(site, "refresh", place=place)
    assert child.wait() is None, "the process was to die"
    vendor.clear_faults()


def test_every_place_of_the_table_is_tried() -> None:
    table = (token_store.__doc__ or "").partition("====")[2].rpartition("====")[0]
    places = [
        line.split()[0] for line in table.splitlines() if line.strip()[1:2].isdigit()
    ]
    assert places == [*CONNECTING, *REFRESHING, *DISCONNECTING]


CONNECTING = ("C1", "C2", "C3")
REFRESHING = ("R1", "R2", "R3", "R4", "R5", "R6")
DISCONNECTING = ("D1", "D2")


@pytest.mark.parametrize("place", CONNECTING)
def test_a_process_that_dies_while_it_connects_leaves_all_or_nothing(
    vendor: Vendor,
    make_site: MakeSite,
    nursery: Nursery,
    database_url: str,
    place: str,
) -> None:
    site = make_site(DATABASE_URL=database_url)
    kill_at(place, vendor, site, nursery)
    if place == "C3":
        assert site.token() == (200, "")
        return
    assert site.token() == (503, "reconnect_needed")
    connect(vendor, site)
    assert site.token() == (200, "")


@pytest.mark.parametrize("place", REFRESHING)
def test_a_process_that_dies_in_a_refresh_leaves_what_the_table_says(
    vendor: Vendor,
    make_site: MakeSite,
    nursery: Nursery,
    database_url: str,
    place: str,
) -> None:
    site = make_site(DATABASE_URL=database_url)
    let_the_token_die(vendor, site)
    generation = site.row().generation
    kill_at(place, vendor, site, nursery)
    assert site.row().generation == generation + (place == "R6")
    if place not in LOST:
        assert site.token() == (200, "")
        assert vendor.refreshes() == 1
        assert vendor.connections()[-1]["void"] is None
        return
    assert site.token() == (503, "reconnect_needed")
    row = site.row()
    assert row.state == RECONNECT_NEEDED
    assert "An earlier refresh was cut off" in row.problem
    asked = len(vendor.paths())
    assert site.token() == (503, "reconnect_needed")
    assert len(vendor.paths()) == asked, "the vendor is not asked any more"
    connect(vendor, site)
    assert site.token() == (200, "")


@pytest.mark.parametrize("place", DISCONNECTING)
def test_a_process_that_dies_while_it_disconnects_leaves_all_or_nothing(
    vendor: Vendor,
    make_site: MakeSite,
    nursery: Nursery,
    database_url: str,
    place: str,
) -> None:
    site = make_site(DATABASE_URL=database_url, connected=True)
    kill_at(place, vendor, site, nursery)
    expected = (200, "") if place == "D1" else (503, "reconnect_needed")
    assert site.token() == expected


@pytest.mark.alone
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_lock_of_a_dead_process_is_free_at_once(
    vendor: Vendor, make_site: MakeSite, nursery: Nursery, database_url: str
) -> None:
    site = make_site(DATABASE_URL=database_url)
    let_the_token_die(vendor, site)
    kill_at("R3", vendor, site, nursery)
    began = time.monotonic()
    assert site.token() == (200, "")
    assert time.monotonic() - began < 3


def test_processes_killed_at_random_lose_only_what_the_vendor_forgot(
    vendor: Vendor,
    make_site: MakeSite,
    nursery: Nursery,
    database_url: str,
    capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> None:
    refreshes = int(os.environ.get("APP_INBOX_KILLS", "10"))
    seed = random.randrange(2**32)
    dice = random.Random(seed)
    site = make_site(DATABASE_URL=database_url, connected=True)
    # A vendor that answers a little after it has changed the tokens: the worst time.
    vendor.fault(route="oauth_token", kind="delay", seconds=0.01, times=None)
    calm = vendor.open_connections()
    # Kills that come after a fixed time hit one phase of a refresh, another one on
    # another database or machine. So they are spread over the time that it takes here.
    timing = measure(site, nursery)
    first, before = site.row().generation, vendor.refreshes()
    kept = lost = killed = 0
    # A machine with more to do tries fewer, and says how many.
    end = time.monotonic() + 60
    while kept + lost < refreshes and time.monotonic() < end:
        children = [nursery.start(site, "refresh") for _ in range(2)]
        for child in children:
            child.wait_until_it_begins()
        for child in children:
            time.sleep(dice.uniform(0, timing.length * 1.2))
            killed += child.is_alive()
            child.kill()
        # What the dead have sent may still be on its way through the vendor.
        wait_until(lambda: vendor.open_connections() <= calm)
        stored = site.row().generation - first
        changed = vendor.refreshes() - before
        if recover(site):
            assert changed == stored, f"seed {seed}: it should have been lost"
            kept += 1
            continue
        assert changed == stored + 1, f"seed {seed}: lost without need"
        lost += 1
        connect(vendor, site)
        first, before = site.row().generation, 0
    assert site.token() == (200, "")
    kind = database_url.partition(":")[0]
    record_property(CONNECTIONS, (kind, kept, lost))
    with capsys.disabled():
        print(  # noqa: T201 - the counts are what a reader wants to see
            f"\n{kind}: {kept + lost} refreshes, {killed} processes killed in them: "
            f"{kept} connections kept, {lost} lost after the vendor had changed the "
            f"tokens; {timing}"
        )
    assert kept


def recover(site: Site) -> bool:
    """Refresh once more, as the next process does; say whether that worked."""
    from flask_app_inbox import ReconnectNeeded

    try:
        site.oauth.keeper("default").refresh()
    except ReconnectNeeded:
        return False
    return True
