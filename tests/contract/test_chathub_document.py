"""The vendor's ChatHub recipes and their fourteen defects, each beside our way.

The guides "Widget integration", "Authentication", "Operators" and "Organizations"
show code for pages and servers. These tests follow it by code of our own against
the sandbox: they show where a recipe fails, and that the extension does not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import requests
from flask import Flask
from playwright.sync_api import Page, expect

from flask_app_inbox import ChatHub, ConfigError
from flask_app_inbox.chathub.settings import LONGEST_LIFE
from flask_app_inbox.sandbox import SandboxServer
from tests.chathub.browser.chat import ISSUE, chat, frames, heard, record_events, write
from tests.chathub.site import make_app
from tests.fixtures.complaints import FAILED_LOAD, Complaints
from tests.fixtures.control import Control

ELEMENT = "operator-chat-panel-script"


class Company:
    """The vendor's API, called by hand as its guides show."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False

    def call(self, method: str, path: str, **request: Any) -> requests.Response:
        return self._session.request(method, self._url + path, timeout=10, **request)

    def log_in(self) -> dict[str, str]:
        """Return the headers that a company's calls carry."""
        body = {"login": "sandbox", "password": "sandbox"}
        answer = self.call("POST", "/api/company/get-token", json=body)
        return {"Authorization": f"Bearer {answer.json()}"}

    def issue(
        self, operator: int = 101, lifetime: timedelta = timedelta(hours=1)
    ) -> requests.Response:
        moment = datetime.now(timezone.utc) + lifetime
        expires_at = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        body = {"id": operator, "expiresAt": expires_at}
        headers = self.log_in()
        return self.call("POST", ISSUE, json=body, headers=headers)

    def close(self) -> None:
        self._session.close()


@pytest.fixture
def company(sandbox: SandboxServer) -> Iterator[Company]:
    company = Company(sandbox.url)
    yield company
    company.close()


@pytest.fixture
def by_hand(
    sandbox: SandboxServer, company: Company, serve: Callable[[Flask], str]
) -> Callable[..., str]:
    """Serve a page with a script, and a hand-made /token that answers JSON."""

    def make(script: str, *, lifetime: timedelta = timedelta(hours=1)) -> str:
        app = Flask("by hand")

        @app.get("/")
        def page() -> str:
            source = f"{sandbox.url}/operator-chat-panel/widget-script.js"
            return (
                '<!doctype html><html lang="en"><head><title>By hand</title>'
                '<link rel="icon" href="data:,"></head><body><script>'
                f"const SOURCE = {json.dumps(source)};{MOUNT}{script}"
                "</script></body></html>"
            )

        @app.get("/token")
        def token() -> dict[str, str]:
            return {"token": company.issue(lifetime=lifetime).json()}

        return serve(app)

    return make


#: Mount as the guide does: remove the element, append one of the same address.
MOUNT = """
function mount(token, id = "operator-chat-panel-script") {
  const before = document.getElementById(id);
  if (before) before.remove();
  const script = document.createElement("script");
  script.type = "module";
  script.id = id;
  script.src = SOURCE;
  script.setAttribute("token", token);
  return new Promise((resolve) => {
    script.onload = () => resolve("loaded");
    document.body.append(script);
  });
}
"""

PANEL = "Operator chat panel"


# --- the recipes that work --------------------------------------------------------


def test_the_four_steps_of_the_guide_lead_to_a_valid_token(company: Company) -> None:
    """Company token, organization, operator, operator token, validation."""
    headers = company.log_in()
    lists = {**headers, "Accept": "text/plain"}
    organizations = company.call(
        "GET", "/api/company/organization", headers=lists
    ).json()
    query = f"?organizationId={organizations[0]['id']}"
    operators = company.call("GET", f"/api/operator{query}", headers=lists).json()
    token = company.issue(operators[0]["id"]).json()
    answer = company.call(
        "POST", "/api/operator/validate-token", headers=headers, json={"token": token}
    )
    assert answer.json()["isValid"] is True
    assert answer.json()["operatorId"] == operators[0]["id"]


def test_a_page_that_mounts_the_script_by_hand_has_a_panel(
    page: Page, by_hand: Callable[..., str], control: Control
) -> None:
    """The guide's dynamic injection, once."""
    write(control, "Ann", "Hello?")
    page.goto(
        by_hand("fetch('/token').then((r) => r.json()).then((d) => mount(d.token))")
    )
    expect(page.get_by_role("region", name=PANEL)).to_contain_text("Ann")


def test_an_element_in_the_html_has_a_panel(
    page: Page,
    sandbox: SandboxServer,
    company: Company,
    serve: Callable[[Flask], str],
) -> None:
    """The guide's static page."""
    app = Flask("static")
    source = f"{sandbox.url}/operator-chat-panel/widget-script.js"
    app.add_url_rule(
        "/",
        view_func=lambda: (
            '<!doctype html><title>Static</title><link rel="icon" href="data:,">'
            f'<script type="module" id="{ELEMENT}" src="{source}"'
            f' token="{company.issue().json()}"></script>'
        ),
    )
    page.goto(serve(app))
    expect(page.get_by_role("region", name=PANEL)).to_be_visible()


# --- what a page's own module can and cannot do (facts of the browser) ------------


def test_the_documented_refresh_runs_nothing_and_ours_does(
    page: Page,
    by_hand: Callable[..., str],
    make_staff_site: Callable[..., str],
    control: Control,
    complaints: Complaints,
) -> None:
    """Removed and appended with the same address, a module says "loaded" only."""
    complaints.expected = [FAILED_LOAD]
    script = """
      const fresh = () => fetch("/token").then((r) => r.json()).then((d) => d.token);
      const refresh = () => fresh().then((token) => mount(token));
      refresh();
    """
    page.goto(by_hand(script))
    panels = page.get_by_role("region", name=PANEL)
    expect(panels).to_have_count(1)
    control.call("DELETE", "chathub/tokens")
    expect(page.get_by_role("alert")).to_have_text("Your session has expired.")
    assert page.evaluate("refresh()") == "loaded"
    expect(panels).to_have_count(1)
    expect(page.get_by_role("alert")).to_have_text("Your session has expired.")

    record_events(page)
    page.goto(make_staff_site() + "/login?user=olha")
    expect(chat(page).get_by_role("heading", name="Chats")).to_be_visible()
    control.call("DELETE", "chathub/tokens")
    page.wait_for_function("window.heard.filter(([n]) => n === 'ready').length > 1")
    expect(chat(page).get_by_role("alert")).to_have_count(0)
    expect(frames(page)).to_have_count(1)


def test_a_suffixed_id_finds_no_token_and_our_frames_do(
    page: Page,
    by_hand: Callable[..., str],
    make_staff_site: Callable[..., str],
    complaints: Complaints,
) -> None:
    """The guide's several organizations: an id that the module does not look for."""
    complaints.expected = ["needs a script element of the id"]
    page.goto(by_hand(""))
    mount = """id => fetch("/token").then((r) => r.json())
        .then(({ token }) => mount(token, id))"""
    assert page.evaluate(mount, f"{ELEMENT}-sales") == "loaded"
    page.wait_for_timeout(300)
    assert page.get_by_role("region", name=PANEL).count() == 0
    assert complaints.seen

    page.goto(make_staff_site() + "/login?user=olha")
    expect(chat(page).get_by_role("heading", name="Chats")).to_be_visible()
    page.get_by_role("tab", name="support").click()
    expect(chat(page, "support").get_by_role("heading", name="Chats")).to_be_visible()


# --- the fourteen defects ----------------------------------------------------------


def answer_of(app: Flask, **request: Any) -> Any:
    """Return the token endpoint's answer to Olha, who is two operators."""
    client = app.test_client()
    client.get("/login?user=olha")
    return client.post("/chathub/token", **request)


def test_1_a_token_has_no_quotes_around_it(
    company: Company, make_staff_app: Callable[..., Flask]
) -> None:
    """The Express sample hands the JSON string on as text, quotes and all."""
    assert company.issue().text.startswith('"')
    token = answer_of(make_staff_app()).json["token"]
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", token)


def test_2_the_answer_tells_when_the_token_expires(
    page: Page, by_hand: Callable[..., str], make_staff_app: Callable[..., Flask]
) -> None:
    """The sample route answers a token alone; the token manager compares NaN."""
    page.goto(by_hand(""))
    due = """fetch("/token").then((r) => r.json()).then(({ expiresAt }) =>
        new Date(expiresAt) - Date.now() < 60 * 60 * 1000)"""
    assert page.evaluate(due) is False  # and so for ever
    assert datetime.fromisoformat(
        answer_of(make_staff_app()).json["expiresAt"].replace("Z", "+00:00")
    ) > datetime.now(timezone.utc)


def test_3_the_page_reads_json_as_json(
    page: Page, by_hand: Callable[..., str], make_staff_site: Callable[..., str]
) -> None:
    """The Vue and Angular samples take the text of that JSON for the token."""
    page.goto(by_hand(""))
    text = page.evaluate("fetch('/token').then((r) => r.text())")
    assert text.startswith('{"token"')
    page.goto(make_staff_site() + "/login?user=olha")
    token = chat(page).locator(f"#{ELEMENT}").get_attribute("token") or ""
    assert token.startswith("eyJ")


def test_4_a_validation_is_false_in_a_condition(
    make_staff_app: Callable[..., Flask], company: Company
) -> None:
    """The sample tests an object, which is true whatever it says."""
    answer = company.call(
        "POST",
        "/api/operator/validate-token",
        headers=company.log_in(),
        json={"token": "nonsense"},
    ).json()
    assert bool(answer) is True
    assert answer["isValid"] is False
    with make_staff_app().app_context():
        assert not ChatHub().validate("nonsense")


def test_5_a_token_is_validated_once_before_its_first_use(
    make_staff_app: Callable[..., Flask], control: Control
) -> None:
    """Step 5 of the quick start: validate the token, then load the widget."""
    app = make_staff_app()
    assert [answer_of(app).status_code for _ in range(2)] == [200, 200]
    calls = [path for path in control.paths() if path.startswith("/api/operator/")]
    assert calls == ["/api/operator/get-token", "/api/operator/validate-token"]


def test_5_tokens_are_validated_by_the_server(
    company: Company, make_staff_app: Callable[..., Flask], control: Control
) -> None:
    """The sample validates in the page, but the call wants the company's token."""
    token = company.issue().json()
    as_operator = {"Authorization": f"Bearer {token}"}
    path = "/api/operator/validate-token"
    body = {"token": token}
    assert company.call("POST", path, json=body).status_code == 401
    refused = company.call("POST", path, json=body, headers=as_operator)
    assert refused.status_code == 403
    app = make_staff_app()
    first = answer_of(app).json["token"]
    control.call("DELETE", "chathub/tokens")
    second = answer_of(app, json={"failed": True}).json["token"]
    assert second != first


def test_6_the_field_of_a_validation_is_isvalid(
    company: Company, make_staff_app: Callable[..., Flask]
) -> None:
    """The Python sample prints a field of another name: a KeyError."""
    token = company.issue().json()
    answer = company.call(
        "POST",
        "/api/operator/validate-token",
        headers=company.log_in(),
        json={"token": token},
    ).json()
    assert "valid" not in answer
    with make_staff_app().app_context():
        assert ChatHub().validate(token).is_valid is True


@pytest.mark.parametrize("days", [7, 30])
def test_7_a_life_of_days_is_refused_at_start(company: Company, days: int) -> None:
    """The guides' 7 to 30 days against their own 24 hours."""
    lifetime = timedelta(days=days)
    assert company.issue(lifetime=lifetime).status_code == 400
    with pytest.raises(ConfigError, match="CHATHUB_TOKEN_LIFETIME"):
        make_app(CHATHUB_TOKEN_LIFETIME=lifetime)


@pytest.mark.parametrize("form", ["string", "object", "object with expiration"])
def test_8_every_documented_form_of_an_answer_is_a_token(
    make_staff_app: Callable[..., Flask], control: Control, form: str
) -> None:
    """A bare JSON string in one guide, two kinds of object in others."""
    end = (datetime.now(timezone.utc) + timedelta(hours=2)).isoformat()
    value = {
        "string": "eyJ.a.b",
        "object": {"token": "eyJ.a.b"},
        "object with expiration": {"token": "eyJ.a.b", "expiration": end},
    }[form]
    for route, answer in (
        ("operator-token", value),
        ("validate-token", {"isValid": True}),
    ):
        fault = {"route": route, "kind": "types", "value": answer}
        control.call("POST", "faults", **fault)
    assert answer_of(make_staff_app()).json["token"] == "eyJ.a.b"


@pytest.mark.parametrize("status", [1, 2])
def test_9_only_an_active_operator_is_listed(
    company: Company,
    make_staff_app: Callable[..., Flask],
    control: Control,
    status: int,
) -> None:
    """The sample takes the first of the list, who may be inactive or deleted."""
    control.call("PUT", "chathub/operators/101", status=status)
    control.call("POST", "chathub/operators", organizationId=24, name="Iryna")
    listed = company.call(
        "GET", "/api/operator?organizationId=24", headers=company.log_in()
    ).json()
    assert company.issue(listed[0]["id"]).status_code == 403
    with make_staff_app().app_context():
        [operator] = ChatHub().operators(24)
        assert operator.name == "Iryna"
        assert ChatHub().issue_token(operator.id).token


def test_10_renewal_does_not_wait_for_the_next_full_hour(
    page: Page, make_staff_site: Callable[..., str], control: Control
) -> None:
    """A look every hour with an hour's threshold may come with no time left."""
    hour, life = 3600, 24 * 3600
    lefts = [life - at for at in range(hour, life + hour, hour)]
    assert next(left for left in lefts if left < hour) == 0
    record_events(page)
    page.goto(make_staff_site(CHATHUB_TOKEN_LIFETIME=5) + "/login?user=taras")
    page.wait_for_function("window.heard.filter(([n]) => n === 'ready').length > 1")
    assert heard(page, "error") == []
    assert control.paths().count(ISSUE) == 2


def test_11_a_whole_day_keeps_a_margin_for_clocks(
    company: Company, make_staff_app: Callable[..., Flask], sandbox: SandboxServer
) -> None:
    """Exactly 24 hours by a clock that is ahead are too many for the vendor's."""
    ahead = timedelta(hours=24, minutes=5)
    assert company.issue(lifetime=ahead).status_code == 400
    assert LONGEST_LIFE <= 24 * 60 * 60 - 5 * 60
    app = make_staff_app(CHATHUB_TOKEN_LIFETIME=LONGEST_LIFE)
    client = app.extensions["chathub"].client
    real = client._clock
    client._clock = lambda: real() + 5 * 60
    assert answer_of(app).status_code == 200


SILENT = """
  window.heardError = false;
  window.addEventListener("error", (event) => {
    if (event.message.includes("token expired")) window.heardError = true;
  });
  Promise.reject(new Error("token expired"));
"""

#: A vendor's module whose first instance loses its token, in a promise's way.
LOSING = """
const own = document.getElementById("operator-chat-panel-script");
const count = Number(sessionStorage.getItem("count") || 0) + 1;
sessionStorage.setItem("count", count);
document.body.append("instance " + count);
if (count === 1) setTimeout(() => Promise.reject(new Error("token expired")), 100);
"""


def test_12_a_token_lost_in_a_promise_is_noticed(
    page: Page,
    by_hand: Callable[..., str],
    make_staff_site: Callable[..., str],
    complaints: Complaints,
) -> None:
    """The sample listens for errors; promises that nobody caught are none."""
    complaints.expected = ["token expired"]
    page.goto(by_hand(SILENT))
    page.wait_for_timeout(200)
    assert page.evaluate("window.heardError") is False
    page.route(
        "**/widget-script.js",
        lambda route: route.fulfill(
            body=LOSING,
            content_type="text/javascript",
            headers={"Access-Control-Allow-Origin": "*"},
        ),
    )
    page.goto(make_staff_site() + "/login?user=olha")
    expect(chat(page).get_by_text("instance 2")).to_be_visible()


def test_13_the_status_of_an_operator_is_a_number(company: Company) -> None:
    """The sample counts by a field that no operator has."""
    listed = company.call(
        "GET", "/api/operator?organizationId=24", headers=company.log_in()
    ).json()
    assert "isActive" not in listed[0]
    assert listed[0]["status"] == 0


@pytest.mark.parametrize("organization", ["support", "102", "25"])
def test_14_a_page_chooses_no_organization_that_is_not_its_users(
    make_staff_app: Callable[..., Flask], control: Control, organization: str
) -> None:
    """The sample takes the organization from the address, and asks nobody."""
    app = make_staff_app(STAFF_OF={"olha": {"sales": 101}})
    asked = answer_of(app, json={"organization": organization})
    assert (asked.status_code, asked.json["code"]) == (403, "not_an_operator")
    assert control.paths() == []
    by_address = answer_of(app, query_string={"org": organization})
    with app.app_context():
        assert ChatHub().validate(by_address.json["token"]).operator == 101


# --- what else the guides say ---------------------------------------------------


def test_only_one_of_several_elements_is_loaded_at_a_time(
    page: Page, make_staff_site: Callable[..., str]
) -> None:
    """ "Ensure only one widget loads at a time": each document has one element."""
    page.goto(make_staff_site() + "/login?user=olha")
    for tab in page.get_by_role("tab").all():
        tab.click()
    for organization in ("sales", "support"):
        elements = chat(page, organization).locator(f"script[id^='{ELEMENT}']")
        expect(elements).to_have_count(1)
    assert page.locator(f"script[id^='{ELEMENT}']").count() == 0


def test_tokens_are_kept_neither_in_storage_nor_in_html(
    page: Page, make_staff_site: Callable[..., str]
) -> None:
    """ "Do not keep tokens in localStorage"."""
    page.goto(make_staff_site() + "/login?user=olha")
    token = chat(page).locator(f"#{ELEMENT}").get_attribute("token") or "?"
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert token not in kept + page.content()
