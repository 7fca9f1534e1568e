"""ChatHub's widget guide: the steps that lead to an operator's token.

Where the samples of the guides are wrong, a test shows both: what a sample does, and
that the extension does it right.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from flask_app_inbox import ChatHub, VendorRejected
from tests.contract.chathub_company import Company
from tests.fixtures.control import Control

MakeApp = Callable[..., Flask]
STEPS = [
    "/api/company/get-token",
    "/api/company/organization",
    "/api/operator",
    "/api/operator/get-token",
    "/api/operator/validate-token",
]


# --- the five steps -----------------------------------------------------------


def test_the_steps_of_the_guide_lead_to_a_valid_token(
    company: Company, control: Control
) -> None:
    """
    004 §2.1: login and password give a company token.
    004 §2.2: with it, the company lists its organizations.
    004 §2.3: with an organization's id, it lists the operators.
    004 §2.4: an operator's id and an end of life give an operator token.
    004 §2.5: the company has a token validated.
    """
    headers = company.log_in()
    listed = company.call("GET", STEPS[1], headers=headers).json()
    query = {"organizationId": listed[0]["id"]}
    operators = company.call("GET", STEPS[2], headers=headers, params=query).json()
    token = company.issue(operators[0]["id"]).json()
    told = company.validate(token, headers=headers).json()
    assert (told["isValid"], told["operatorId"]) == (True, operators[0]["id"])
    assert list(dict.fromkeys(control.paths())) == STEPS


def test_the_extension_takes_the_same_steps(
    make_staff_app: MakeApp, control: Control
) -> None:
    """
    004 §2.1
    004 §2.2
    004 §2.3
    004 §2.4
    004 §2.5
    """
    login = {"CHATHUB_LOGIN": "sandbox", "CHATHUB_PASSWORD": "sandbox"}
    with make_staff_app(CHATHUB_KEY=None, **login).app_context():
        chathub = ChatHub()
        [sales, _] = chathub.organizations()
        [olha] = chathub.operators(sales.id)
        issued = chathub.issue_token(olha.id)
        assert chathub.validate(issued.token).operator == olha.id
    assert list(dict.fromkeys(control.paths())) == STEPS
    with (
        make_staff_app(
            CHATHUB_KEY=None, CHATHUB_LOGIN="sandbox", CHATHUB_PASSWORD="wrong"
        ).app_context(),
        pytest.raises(VendorRejected),
    ):
        ChatHub().organizations()


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (STEPS[0], {"login": "sandbox", "password": "wrong"}, 401),
        (STEPS[0], {"login": "other", "password": "sandbox"}, 401),
        (STEPS[2], None, 400),
        (STEPS[3], {"id": 101}, 400),
        (STEPS[3], {"expiresAt": "2999-01-01T00:00:00Z"}, 400),
        (STEPS[3], {"id": 7, "expiresAt": "2999-01-01T00:00:00Z"}, 404),
    ],
)
def test_no_step_works_without_what_it_needs(
    path: str, body: Any, status: int, company: Company
) -> None:
    """
    004 §2.1
    004 §2.3
    004 §2.4
    """
    method = "GET" if body is None else "POST"
    answer = company.call(method, path, json=body, headers=company.log_in())
    assert answer.status_code == status


def test_each_step_wants_the_companys_token(company: Company) -> None:
    """The sample validates in the page, which has no company's token.

    004 §2.2
    004 §2.5
    """
    token = company.issue().json()
    as_operator = {"Authorization": f"Bearer {token}"}
    for path in STEPS[1:]:
        method = "GET" if path in STEPS[1:3] else "POST"
        assert company.call(method, path, json={}).status_code == 401
        refused = company.call(method, path, json={}, headers=as_operator)
        # The documents list operators with an operator's token, too.
        status = 400 if path == "/api/operator" else 403
        assert refused.status_code == status


# --- operators ----------------------------------------------------------------


@pytest.mark.parametrize("status", [1, 2])
def test_only_an_active_operator_is_listed(
    status: int, company: Company, make_staff_app: MakeApp, control: Control
) -> None:
    """The sample takes the first of the list, who may be inactive or deleted.

    004 §2.3
    """
    control.call("PUT", "chathub/operators/101", status=status)
    control.call("POST", "chathub/operators", organizationId=24, name="Iryna")
    query = {"organizationId": 24}
    listed = company.call("GET", STEPS[2], params=query, headers=company.log_in())
    [first, second] = listed.json()
    assert (first["status"], second["status"]) == (status, 0)
    assert company.issue(first["id"]).status_code == 403
    with make_staff_app().app_context():
        [operator] = ChatHub().operators(24)
        assert operator.name == "Iryna"
        assert ChatHub().issue_token(operator.id).token
