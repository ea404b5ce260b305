"""Bad input at the front door: each kind has its answer, and nothing is stored of it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from local.play_client import PageFields
from tests.integration.scene import Scene, new_phone

FORM = "application/x-www-form-urlencoded"


def a_lead(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    lead = {"first_name": "Test", "last_name": "Person", "phone": new_phone()} | changes
    return {name: value for name, value in lead.items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"first_name": None}, {"first_name"}),
        ({"last_name": "", "phone": None}, {"last_name", "phone"}),
        ({"phone": "555"}, {"phone"}),
        ({"phone": "+1 202 555 0100 0100"}, {"phone"}),
        ({"first_name": "x" * 5000}, {"first_name"}),
        ({"compliance": "no"}, {"compliance"}),
    ],
)
def test_each_bad_field_of_a_lead_is_named(
    http: httpx.Client, scene: Scene, changes: dict[str, Any], fields: set[str]
) -> None:
    """Q3, I7: one answer names each missing or bad field."""
    key = {"X-Api-Key": scene.stack.demo.api_key}
    answer = http.post("/api/v1/leads", json=a_lead(**changes), headers=key)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {error["field"] for error in answer.json()["errors"]} == fields


def test_a_lead_that_is_no_lead_is_refused(http: httpx.Client, scene: Scene) -> None:
    """A broken body, a wrong content type, a megabyte, a wrong key: each has its own answer."""
    key = {"X-Api-Key": scene.stack.demo.api_key}
    as_json = key | {"Content-Type": "application/json"}
    tried = [
        (http.post("/api/v1/leads", content=b'{"first_name": ', headers=as_json), 400),
        (http.post("/api/v1/leads", content=b"[]", headers=as_json), 422),
        (http.post("/api/v1/leads", content=b"a=b", headers=key | {"Content-Type": FORM}), 415),
        (http.post("/api/v1/leads", json=a_lead(email="x" * 1_000_000), headers=key), 413),
        (http.post("/api/v1/leads", json=a_lead()), 401),
        (http.post("/api/v1/leads", json=a_lead(), headers={"X-Api-Key": "ak_1_2_3"}), 401),
        (http.get("/api/v1/leads/nothing"), 401),
    ]
    assert [answer.status_code for answer, _ in tried] == [status for _, status in tried]


def test_a_bad_form_is_refused_in_words(http: httpx.Client, scene: Scene) -> None:
    """Q3, I1: the form says what is wrong beside what was typed; the tick is needed."""
    path = scene.stack.demo.form_path
    fields = PageFields(http.get(path).text).values | {
        "first_name": "<b>Test</b>",
        "last_name": "",
        "phone": "12",
    }
    fields.pop("consent")
    html = {"Accept": "text/html"}
    shown = http.post(path, data=fields, headers=html)
    assert shown.status_code == 422
    assert "&lt;b&gt;Test" in shown.text
    assert "<b>Test" not in shown.text
    plain = http.post(path, data=fields)
    wrong = {error["field"] for error in plain.json()["errors"]}
    assert wrong == {"last_name", "phone", "consent"}
    assert http.post(path, json=a_lead()).status_code == 415
    big = fields | {"last_name": "x" * 1_000_000}
    assert http.post(path, data=big, headers=html).status_code == 413
    assert http.get(path + "x").status_code == 404
    assert http.post(path[:-3] + "bbb", data=fields).status_code == 404


def test_a_robot_is_thanked_and_forgotten(http: httpx.Client, scene: Scene) -> None:
    """I1: what fills the hidden field is answered as everybody is, and nothing is sent."""
    path, robot, person = scene.stack.demo.form_path, new_phone(), new_phone()
    fields = {"first_name": "A", "last_name": "B", "consent": "yes"}
    for phone, hidden in ((robot, "http://spam.example"), (person, "")):
        sent = http.post(path, data=fields | {"phone": phone, "website": hidden})
        assert sent.status_code == 303
    scene.receives(person, 1)
    assert scene.received(robot) == []


def test_a_paused_integration_says_so(http: httpx.Client, scene: Scene) -> None:
    """Q10: soon after its pause the lead is refused with the reason."""
    made = scene.api(
        "POST",
        "/integrations",
        body={"name": "Paused soon", "disclosure": "I agree to get texts from Harbor Alerts."},
        expect=201,
    )
    key = {"X-Api-Key": made["api_key"]}

    def refused() -> httpx.Response | None:
        answer = http.post("/api/v1/leads", json=a_lead(), headers=key)
        return answer if answer.status_code != 202 else None

    assert refused() is None
    scene.api("PATCH", f"/integrations/{made['id']}", body={"state": "paused"})
    answer = scene.until("the pause to be in force", refused)
    assert answer.status_code == 409
    assert answer.json()["code"] == "integration_paused"
