"""Tabs of one browser: one asks for all, and each knows what the others did."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from flask_app_inbox.inbox.counts import Count
from tests.bell.conftest import (
    CHANNEL,
    LEAST_PAUSE,
    NOTE_PAGES,
    Check,
    bell,
    open_panel,
    panel,
)
from tests.bell.inbox import Inbox
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.waiting import hold_first, wait_in

#: As a browser says it, after which the header is taken out and put back later.
GO_AWAY = """async () => {
  Object.defineProperty(document, "hidden", { configurable: true, value: true });
  dispatchEvent(new Event("visibilitychange"));
  const bell = document.querySelector("app-inbox-bell");
  const place = bell.parentNode;
  bell.remove();
  await new Promise((done) => setTimeout(done));
  place.append(bell);
}"""
WITHOUT_LOCKS = "Object.defineProperty(navigator, 'locks', { value: undefined })"


def open_two(context: BrowserContext, shop: str) -> tuple[Page, Page]:
    """Open two tabs of somebody who has one unread message."""
    pages = context.new_page(), context.new_page()
    for page in pages:
        page.goto(shop)
        expect(bell(page, 1)).to_be_visible()
    return pages


def test_one_tab_asks_for_all(
    check: Check, context: BrowserContext, shop: str, inbox: Inbox
) -> None:
    inbox.arrive()
    pages = [context.new_page() for _ in range(3)]
    for page in pages:
        page.goto(shop)
        expect(bell(page, 1)).to_be_visible()
    assert inbox.count_of("/unread") <= 3  # each once, as its page knew no count
    before = inbox.count_of("/unread")
    inbox.arrive()
    check(pages[2])
    for page in pages:
        expect(bell(page, 2)).to_be_visible()
    assert inbox.count_of("/unread") == before + 1


def test_without_locks_each_tab_asks_for_itself(
    context: BrowserContext, shop: str, inbox: Inbox
) -> None:
    context.add_init_script(WITHOUT_LOCKS)
    inbox.arrive()
    pages = [context.new_page() for _ in range(2)]
    for page in pages:
        page.goto(shop)
        expect(bell(page, 1)).to_be_visible()
    assert inbox.count_of("/unread") == 2


def test_other_tabs_know_a_mark_within_100_milliseconds(
    context: BrowserContext, shop: str, inbox: Inbox
) -> None:
    inbox.arrive()
    one, other = open_two(context, shop)
    other.evaluate("""() => document.addEventListener("app-inbox:change",
        ({ detail }) => (window.seen ??= [Date.now(), detail.unread]))""")
    open_panel(one)
    one.evaluate("""() => document.addEventListener("app-inbox:read",
        () => (window.marked = Date.now()))""")
    panel(one).get_by_role("listitem").click()
    expect(bell(other, 0)).to_be_visible()
    seen, unread = other.evaluate("window.seen")
    assert unread == 0
    assert seen - one.evaluate("window.marked") < 100


def test_a_mark_counts_at_once_in_a_tab_whose_list_lacks_its_message(
    context: BrowserContext, shop: str, inbox: Inbox
) -> None:
    inbox.page_size = 1
    inbox.arrive()
    one, other = open_two(context, shop)
    inbox.arrive()
    for page in (one, other):
        open_panel(page)
        expect(bell(page, 2)).to_be_visible()
    panel(one).get_by_role("button", name="Load more").click()
    expect(panel(one).get_by_role("listitem")).to_have_count(2)
    wait = hold_first(one, "**/messages/read")
    panel(one).get_by_role("listitem").last.click()
    held = wait()
    expect(bell(other, 1)).to_be_visible()
    panel(other).get_by_role("listitem").click()
    expect(bell(other, 0)).to_be_visible()
    held.fallback()
    for page in (one, other):
        expect(bell(page, 0)).to_be_visible()


def test_a_mark_that_fails_is_unread_in_the_other_tab_again(
    context: BrowserContext, shop: str, inbox: Inbox, complaints: Complaints
) -> None:
    complaints.expected.append(FAILED_LOAD)
    inbox.arrive()
    inbox.problems["/read"] = 503
    one, other = open_two(context, shop)
    open_panel(one)
    panel(one).get_by_role("listitem").click()
    expect(panel(one).get_by_role("status")).to_contain_text("could not be marked")
    expect(bell(other, 1)).to_be_visible()


@pytest.mark.parametrize("status", [401, 409])
def test_a_user_who_is_gone_leaves_nothing_in_any_tab(
    check: Check,
    context: BrowserContext,
    shop: str,
    inbox: Inbox,
    complaints: Complaints,
    status: int,
) -> None:
    complaints.expected.append(FAILED_LOAD)
    inbox.arrive("Ann's secret")
    one, other = open_two(context, shop)
    open_panel(other)
    expect(panel(other).get_by_text("Ann's secret")).to_be_visible()
    inbox.problems = {"/unread": status, "/messages": status}
    check(one)
    for page in (one, other):
        expect(page.locator("app-inbox-bell a")).to_have_count(0)
        assert "secret" not in page.evaluate(
            "document.querySelector('app-inbox-bell').shadowRoot.innerHTML"
        )
        assert page.evaluate("JSON.stringify(appInbox.state())").count("secret") == 0
    asked = len(inbox.asked)
    one.evaluate("dispatchEvent(new Event('focus'))")
    one.wait_for_timeout(300)
    assert len(inbox.asked) == asked
    assert one.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])") == (
        "[{},{}]"
    )


def test_a_hidden_tab_whose_bell_was_hung_anew_hears_the_others(
    check: Check,
    context: BrowserContext,
    shop: str,
    inbox: Inbox,
    complaints: Complaints,
) -> None:
    complaints.expected.append(FAILED_LOAD)
    inbox.arrive("Secret")
    one, hidden = open_two(context, shop)
    open_panel(hidden)
    expect(panel(hidden).get_by_text("Secret")).to_be_visible()
    hidden.evaluate(GO_AWAY)
    inbox.arrive()
    check(one)
    expect(bell(one, 2)).to_be_visible()
    expect(bell(hidden, 2)).to_be_visible()
    inbox.problems = {"/unread": 401}
    check(one)
    expect(hidden.locator("app-inbox-bell a")).to_have_count(0)
    assert "Secret" not in str(hidden.evaluate("appInbox.state()"))


def test_a_tab_whose_user_went_is_in_nobodys_way_when_they_are_back(
    left_page: Page, check: Check, shop: str, inbox: Inbox
) -> None:
    inbox.arrive()
    inbox.problems = {}
    back = left_page.context.new_page()
    back.goto(shop)
    expect(bell(back, 1)).to_be_visible()
    inbox.arrive()
    check(back)
    expect(bell(back, 2)).to_be_visible()


#: Counts the requests, and those that have no answer yet.
COUNT_REQUESTS = """{ const asked = fetch; window.requests = window.inFlight = 0;
  window.fetch = (...all) => { window.requests++; window.inFlight++;
    return asked(...all).finally(() => window.inFlight--); } }"""


def test_whoever_asks_next_leaves_a_server_that_fails_its_pause(
    check: Check,
    context: BrowserContext,
    shop: str,
    inbox: Inbox,
    complaints: Complaints,
) -> None:
    complaints.expected.append(FAILED_LOAD)
    inbox.arrive()
    one, other = open_two(context, shop)
    # However long the rest takes, it is as late as it was in this tab.
    other.clock.pause_at(other.evaluate("Date.now()") / 1000 + 1)
    other.evaluate("() => " + COUNT_REQUESTS)
    inbox.problems["/unread"] = 503
    check(one)
    for page in (one, other):
        expect(page.locator("app-inbox-bell[data-stale]")).to_be_visible()
    one.close()
    held = "navigator.locks.query().then(({ held }) => held.length)"
    wait_in(other, lambda: other.evaluate(held))
    other.clock.run_for(LEAST_PAUSE // 5)
    assert other.evaluate("requests") == 0
    other.clock.run_for(LEAST_PAUSE)
    assert other.evaluate("requests") == 1


@pytest.mark.usefixtures("check")
def test_a_tab_that_marks_and_goes_keeps_the_others_waiting_for_a_moment_alone(
    context: BrowserContext, shop: str, inbox: Inbox
) -> None:
    inbox.arrive()
    one, other = open_two(context, shop)
    open_panel(one)
    wait = hold_first(one, "**/messages/read")
    panel(one).get_by_role("listitem").click()
    wait()
    one.close()
    bell(other).click()
    expect(panel(other).get_by_text("Loading")).to_be_visible()
    other.clock.run_for(LEAST_PAUSE)
    expect(panel(other).get_by_role("listitem")).to_have_count(1)


@pytest.mark.usefixtures("check")
def test_a_page_whose_count_may_be_old_has_the_tab_that_asks_ask(
    context: BrowserContext,
    shop: str,
    inbox: Inbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inbox.arrive()
    leader, page = context.new_page(), context.new_page()
    leader.goto(shop)
    expect(bell(leader, 1)).to_be_visible()
    late = Count(1, 0.0, is_late=True)
    monkeypatch.setattr("flask_app_inbox.inbox.bell.known_count", lambda *_: late)
    inbox.arrive()
    page.goto(shop)
    leader.clock.run_for(LEAST_PAUSE)
    expect(bell(page, 2)).to_be_visible()


@pytest.fixture
def known_count(monkeypatch: pytest.MonkeyPatch, inbox: Inbox) -> None:
    """Let pages know how many messages are unread: one."""
    inbox.arrive()
    monkeypatch.setattr(
        "flask_app_inbox.inbox.bell.known_count", lambda *_: Count(1, 0.0)
    )


def log_in(page: Page, shop: str, email: str) -> None:
    """Let the browser's user be another one; nobody without an address."""
    page.goto(f"{shop}/login?email={email}")
    page.goto(shop)


def test_users_of_one_browser_hear_nothing_of_each_other(
    context: BrowserContext, shop: str, inbox: Inbox
) -> None:
    inbox.arrive()
    ann, bob = context.new_page(), context.new_page()
    ann.goto(shop)
    expect(bell(ann, 1)).to_be_visible()
    ann.route("**/unread", lambda _: None)  # it says nothing of Bob's mark
    log_in(bob, shop, "bob@example.com")
    expect(bell(bob, 1)).to_be_visible()
    assert len(inbox.users) == 2
    open_panel(bob)
    panel(bob).get_by_role("listitem").click()
    expect(bell(bob, 0)).to_be_visible()
    expect(bell(ann, 1)).to_be_visible()


@pytest.mark.parametrize(
    ("was_there", "who"),
    [(True, ""), (True, "bob@example.com"), (False, "bob@example.com")],
    ids=["logs out", "becomes another", "comes as another"],
)
@pytest.mark.usefixtures("known_count", "check")
def test_windows_of_the_user_of_before_ask_soon(
    context: BrowserContext,
    shop: str,
    inbox: Inbox,
    complaints: Complaints,
    was_there: bool,
    who: str,
) -> None:
    complaints.expected.append(FAILED_LOAD)
    ann, other = context.new_page(), context.new_page()
    for page in (ann, other) if was_there else (ann,):
        page.goto(shop)
        expect(bell(page, 1)).to_be_visible()
    open_panel(ann)
    expect(panel(ann).get_by_role("listitem")).to_have_count(1)
    inbox.problems = {"/unread": 409, "/messages": 409}
    log_in(other, shop, who)
    if who:
        expect(bell(other)).to_have_role("button")
    for _ in range(10):  # much less than until the next poll
        ann.clock.run_for(1_000)
    expect(ann.locator("app-inbox-bell a")).to_have_count(0)
    expect(panel(ann)).to_have_count(0)


#: However long the next page takes, it comes within the second that it has.
SLOW_SECOND = """{ const later = setTimeout;
  setTimeout = (work, pause, ...given) =>
    later(work, pause === 1000 ? 10000 : pause, ...given); }"""


def speak_german(route: Route) -> None:
    """Let a page ask at another address, as where the path tells the language."""
    page = route.fetch()
    body = page.text().replace("/app-inbox/unread", "/app-inbox/unread?lang=de")
    route.fulfill(response=page, body=body)


@pytest.mark.usefixtures("known_count", "check")
def test_the_next_page_of_a_user_lets_nobody_ask(
    context: BrowserContext, shop: str
) -> None:
    for script in (COUNT_REQUESTS, SLOW_SECOND):
        context.add_init_script(script)
    one, other = open_two(context, shop)
    one.evaluate(NOTE_PAGES)
    other.route("**/two", speak_german)
    for path in ("/two", "/"):
        other.goto(shop + path)
        expect(bell(other, 1)).to_be_visible()
    wait_in(one, lambda: one.evaluate("pages") == ["goes", "comes"] * 2)
    one.clock.run_for(12_000)  # much less than until the next poll
    assert one.evaluate("requests") == 0


#: Makes a page that of another user, as a library that swaps its body does.
BECOME = """attributes => {
  const settings = document.createElement("script");
  settings.type = "text/plain";
  for (const name in attributes) settings.setAttribute(name, attributes[name]);
  document.querySelector("script[data-unread-url]").remove();
  document.body.append(settings);
  const bell = document.querySelector("app-inbox-bell");
  bell.dataset.user = attributes["data-user"];
  document.dispatchEvent(new Event("app-inbox:check"));
}"""
#: The settings of a page: the attributes of its script but the file.
SETTINGS = """Object.fromEntries(
  [...document.querySelector("script[data-unread-url]").attributes]
    .filter(({ name }) => name.startsWith("data-"))
    .map(({ name, value }) => [name, value]))"""


def test_an_answer_for_the_user_of_before_takes_no_bell_from_the_next(
    check: Check,
    context: BrowserContext,
    shop: str,
    inbox: Inbox,
    complaints: Complaints,
) -> None:
    complaints.expected.append(FAILED_LOAD)
    inbox.arrive()
    held: list[Route] = []
    context.route("**/unread", lambda route: held.append(route), times=1)
    one, two = context.new_page(), context.new_page()
    with one.expect_request("**/unread"):
        one.goto(shop)
    two.goto(f"{shop}/login?email=bob@example.com")
    two.goto(shop)
    expect(bell(two, 1)).to_be_visible()
    one.evaluate(BECOME, two.evaluate(SETTINGS))
    expect(bell(one, 1)).to_be_visible()
    with one.expect_response("**/unread"):
        held[0].fulfill(status=409, json={"code": "user_changed"})
    inbox.arrive()
    for page in (one, two):
        page.bring_to_front()
        check(page)
        expect(bell(page, 2)).to_be_visible()


# --- when it asks -------------------------------------------------------------------


@pytest.fixture
def timed_page(page: Page, shop: str) -> Page:
    """A page whose time the test moves on."""
    page.add_init_script(COUNT_REQUESTS)
    page.clock.install()
    return page


def let_pass(page: Page, seconds: int) -> None:
    """Let time pass in a page; its requests take none."""
    for _ in range(0, seconds, 10):
        page.clock.run_for(10_000)
        let_answers_come(page)


def let_answers_come(page: Page) -> None:
    wait_in(page, lambda: not page.evaluate("window.inFlight"))


def test_pauses_grow_while_nothing_changes(
    timed_page: Page, shop: str, inbox: Inbox
) -> None:
    page = timed_page
    page.goto(shop)
    expect(bell(page, 0)).to_be_visible()
    before = inbox.count_of("/unread")
    let_pass(page, 600)
    polls = inbox.count_of("/unread") - before
    assert 4 <= polls <= 9  # in ten minutes


def test_it_never_asks_twice_within_five_seconds(
    page: Page, shop: str, inbox: Inbox
) -> None:
    page.clock.install()
    page.goto(shop)
    expect(bell(page, 0)).to_be_visible()
    before = inbox.count_of("/unread")
    for _ in range(10):
        page.evaluate("dispatchEvent(new Event('focus'))")
        page.clock.run_for(200)  # the clock goes on by itself, too
    assert inbox.count_of("/unread") == before
    page.clock.run_for(4_000)
    wait_in(page, lambda: inbox.count_of("/unread") > before)
    page.clock.run_for(1_000)
    assert inbox.count_of("/unread") == before + 1


@pytest.mark.parametrize("jump", [-3_600_000, 3_600_000])
def test_a_clock_that_jumps_changes_nothing(
    check: Check, page: Page, shop: str, inbox: Inbox, jump: int
) -> None:
    page.goto(shop)
    expect(bell(page, 0)).to_be_visible()
    page.evaluate(
        f"(() => {{ const now = Date.now; Date.now = () => now() + {jump} }})()"
    )
    inbox.arrive()
    check(page)
    expect(bell(page, 1)).to_be_visible()


def test_it_recovers_within_one_poll_after_an_outage(
    timed_page: Page, shop: str, inbox: Inbox, complaints: Complaints
) -> None:
    complaints.expected.append(FAILED_LOAD)
    page = timed_page
    inbox.arrive()
    page.goto(shop)
    expect(bell(page, 1)).to_be_visible()
    inbox.problems["/unread"] = 503
    before = inbox.count_of("/unread")
    let_pass(page, 1200)
    # In twenty minutes. Pauses without a limit would make it less than ten.
    assert 10 < inbox.count_of("/unread") - before < 20
    expect(page.locator("app-inbox-bell[data-stale]")).to_be_visible()
    inbox.problems.clear()
    inbox.arrive()
    let_pass(page, 151)
    expect(bell(page, 2)).to_be_visible()
    expect(page.locator("app-inbox-bell[data-stale]")).to_have_count(0)


def test_it_waits_as_long_as_the_server_wants(
    timed_page: Page, shop: str, inbox: Inbox, complaints: Complaints
) -> None:
    complaints.expected.append(FAILED_LOAD)
    page = timed_page
    page.goto(shop)
    expect(bell(page, 0)).to_be_visible()
    inbox.problems["/unread"] = 429
    inbox.headers["Retry-After"] = "600"
    let_pass(page, 40)
    expect(page.locator("app-inbox-bell[data-stale]")).to_be_visible()
    before = inbox.count_of("/unread")
    page.evaluate("dispatchEvent(new Event('online'))")
    let_pass(page, 500)
    assert inbox.count_of("/unread") == before
    let_pass(page, 110)
    assert inbox.count_of("/unread") > before


@pytest.mark.parametrize(
    ("moment", "polls"),
    [
        ("Wed, 21 Oct 2026 07:28:00 GMT", range(2, 6)),
        ("2592000", [1]),
        ("Infinity", [1]),
    ],
)
def test_a_moment_to_come_back_at_is_no_reason_to_hurry(
    timed_page: Page,
    shop: str,
    inbox: Inbox,
    complaints: Complaints,
    moment: str,
    polls: Sequence[int],
) -> None:
    complaints.expected.append(FAILED_LOAD)
    page = timed_page
    inbox.problems["/unread"] = 503
    inbox.headers["Retry-After"] = moment
    with page.expect_response("**/unread"):
        page.goto(shop)
    let_pass(page, 30)
    assert inbox.count_of("/unread") in polls


def test_a_check_while_an_answer_is_on_its_way_is_not_forgotten(
    timed_page: Page, shop: str, inbox: Inbox
) -> None:
    page = timed_page
    page.goto(shop)
    expect(bell(page, 0)).to_be_visible()
    let_pass(page, 10)
    held = hold_first(page, "**/unread")
    page.evaluate("document.dispatchEvent(new Event('app-inbox:check'))")
    page.clock.run_for(100)
    request = held()
    page.evaluate("document.dispatchEvent(new Event('app-inbox:check'))")
    request.fallback()  # tells the count of before
    let_answers_come(page)
    inbox.arrive()
    let_pass(page, 10)
    expect(bell(page, 1)).to_be_visible()


def test_a_farewell_is_said_once(
    context: BrowserContext, shop: str, inbox: Inbox
) -> None:
    inbox.arrive()
    pages = [context.new_page() for _ in range(3)]
    for page in pages:
        page.goto(shop)
        expect(bell(page, 1)).to_be_visible()
    heard, _, told = pages
    name = heard.evaluate("""() => {
      const { unreadUrl, user } =
        document.querySelector("script[data-unread-url]").dataset;
      return unreadUrl + user; }""")
    heard.evaluate(f"""() => {{ window.farewells = 0;
      {CHANNEL}.onmessage = ({{ data: [, news] }}) =>
        (window.farewells += news?.isGone ? 1 : 0); }}""")
    told.evaluate(f"(name) => {CHANNEL}.postMessage([name, {{ isGone: true }}])", name)
    for page in pages:
        expect(page.locator("app-inbox-bell a")).to_have_count(0)
    # What one tab told comes before what another one says later.
    assert (
        heard.evaluate("new Promise((r) => setTimeout(() => r(farewells), 100))") == 1
    )


def test_an_unchanged_count_is_not_sent_again(
    check: Check, page: Page, shop: str, inbox: Inbox
) -> None:
    answers: list[int] = []
    page.on(
        "response",
        lambda answer: (
            answers.append(answer.status) if answer.url.endswith("/unread") else None
        ),
    )
    inbox.arrive()
    page.goto(shop)
    expect(bell(page, 1)).to_be_visible()
    with page.expect_response("**/unread"):
        check(page)
    assert answers == [200, 304]
    expect(bell(page, 1)).to_be_visible()


def test_a_page_from_the_history_shows_the_count_of_now(
    new_context: Callable[..., BrowserContext], shop: str, inbox: Inbox
) -> None:
    context = new_context()
    inbox.play(context)
    page = context.new_page()
    inbox.arrive()
    page.goto(shop)
    expect(bell(page, 1)).to_be_visible()
    page.get_by_role("link", name="Two").click()
    expect(bell(page, 1)).to_be_visible()
    inbox.arrive()
    page.go_back()
    expect(bell(page, 2)).to_be_visible()
