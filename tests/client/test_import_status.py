"""How the vendor is doing with an import of contacts."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses

from flask_app_inbox import ImportStatus, VendorInvalid, VendorUnavailable
from flask_app_inbox.client.answer import MAX_SIZE
from flask_app_inbox.client.api import VendorApi
from flask_app_inbox.client.import_status import read_import_status
from flask_app_inbox.client.transport import Transport
from tests.conftest import API_URL, client_of

STATUS_URL = f"{API_URL}/v1/importstatus"


@pytest.fixture
def api(transport: Transport) -> VendorApi:
    return client_of(transport).api


def test_an_import_that_is_finished_tells_its_contacts(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    told = {
        "status": "FINISHED",
        "timestamp": "2026-11-25T10:00:00Z",
        "mapping": [{"dedupeValue": "ann@example.com", "contactId": 7}],
    }
    vendor.get(f"{STATUS_URL}/s-1", json=told)
    status = read_import_status(api, "s-1")
    assert status == ImportStatus(
        "s-1", "FINISHED", "2026-11-25T10:00:00Z", {"ann@example.com": 7}
    )
    assert "ann" not in repr(status)


@pytest.mark.parametrize(
    ("state", "is_done", "has_failed"),
    [
        ("STARTED", False, False),
        ("IMPORTING", False, False),
        ("FINISHED", True, False),
        ("ERROR", True, True),
    ],
)
def test_every_state_is_known(
    api: VendorApi,
    vendor: responses.RequestsMock,
    state: str,
    is_done: bool,
    has_failed: bool,
) -> None:
    vendor.get(f"{STATUS_URL}/s-1", json={"status": state, "description": "why"})
    status = read_import_status(api, "s-1")
    assert (status.state, status.is_done, status.has_failed, status.description) == (
        state,
        is_done,
        has_failed,
        "why",
    )


@pytest.mark.parametrize(
    "told",
    [
        {"timestamp": 5, "mapping": {}, "description": []},
        {"timestamp": None, "mapping": [None, {}, {"dedupeValue": "a"}]},
        {"mapping": [{"dedupeValue": 5, "contactId": 5}]},
        {"mapping": [{"dedupeValue": "a", "contactId": "5"}]},
        {"mapping": [{"dedupeValue": "a", "contactId": True}]},
    ],
)
def test_what_is_unusable_is_left_out(
    api: VendorApi, vendor: responses.RequestsMock, told: dict[str, Any]
) -> None:
    vendor.get(f"{STATUS_URL}/s-1", json={"status": "FINISHED", **told})
    assert read_import_status(api, "s-1") == ImportStatus("s-1", "FINISHED")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"status": 404}, "knows no import of that id"),
        ({"status": 400}, "answered 400 to a question about an import"),
        ({"json": {"status": "LATER"}}, "does not say how the import is"),
        ({"json": {"status": ["FINISHED"]}}, "does not say how the import is"),
        ({"json": []}, "does not say how the import is"),
        ({"body": "STARTED"}, "is no JSON"),
    ],
)
def test_an_answer_without_a_state_is_refused(
    api: VendorApi, vendor: responses.RequestsMock, answer: dict[str, Any], words: str
) -> None:
    vendor.get(f"{STATUS_URL}/s-1", **answer)
    with pytest.raises(VendorInvalid, match=words):
        read_import_status(api, "s-1")


def test_a_vendor_that_is_down_is_told_apart(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    vendor.get(f"{STATUS_URL}/s-1", status=500)
    with pytest.raises(VendorUnavailable):
        read_import_status(api, "s-1")


def test_an_id_cannot_lead_elsewhere(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    vendor.get(f"{STATUS_URL}/..%2Faccount%3Fa%23b", json={"status": "STARTED"})
    assert read_import_status(api, "../account?a#b").state == "STARTED"


def test_a_mapping_of_three_thousand_contacts_is_not_too_large(
    api: VendorApi, vendor: responses.RequestsMock
) -> None:
    mapping = [
        {"dedupeValue": f"customer-{number}@example.com", "contactId": number}
        for number in range(3000)
    ]
    told = {"status": "FINISHED", "mapping": mapping}
    assert len(json.dumps(told)) > MAX_SIZE
    vendor.get(f"{STATUS_URL}/s-1", json=told)
    assert len(read_import_status(api, "s-1").contact_ids) == 3000
