"""The handset's API: what the page and the tests ask of it."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette

from local.phone_api import PhoneApi
from local.phone_store import PhoneStore
from local.provider import Provider
from tests.unit.local.conftest import PHONE, SENDER, Client

API = "/phone/api"
THREAD = f"{API}/phones/{PHONE}/messages"


@pytest.fixture
def client(store: PhoneStore) -> Client:
    api = PhoneApi(Provider(store))
    return Client(Starlette(routes=api.routes()), "http://127.0.0.1")


def test_the_page_has_no_inline_script_or_style(client: Client) -> None:
    page = client.get("/phone")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'self'" in policy
    assert "style=" not in page.text
    assert "<style" not in page.text
    assert page.text.count("<script") == page.text.count("<script src=")


@pytest.mark.parametrize(
    "name", ["phone.css", "phone.js", "call.css", "call.js", "scheme.js", "icon.svg"]
)
def test_what_the_page_loads_is_there(client: Client, name: str) -> None:
    assert client.get(f"/phone/{name}").status_code == 200


@pytest.mark.parametrize("name", ["nothing.js", "..%2Fprovider.py", "index.html"])
def test_nothing_else_is_served(client: Client, name: str) -> None:
    assert client.get(f"/phone/{name}").status_code == 404


def test_a_phone_gets_a_free_fictional_number(client: Client) -> None:
    first = client.post(f"{API}/phones", json={"name": "Maya"}).json()
    second = client.post(f"{API}/phones", json={"name": "Jonas"}).json()
    assert first["number"] != second["number"]
    assert "55501" in first["number"]
    listed = client.get(f"{API}/phones").json()["phones"]
    assert [phone["name"] for phone in listed] == ["Maya", "Jonas"]


def test_a_number_may_be_typed_as_people_do(client: Client) -> None:
    made = client.post(f"{API}/phones", json={"number": "(202) 555-0142"}).json()
    assert made["number"] == "+12025550142"


@pytest.mark.parametrize("number", ["555", "+1 202 555", "call me"])
def test_an_impossible_number_is_refused_in_words(client: Client, number: str) -> None:
    answer = client.post(f"{API}/phones", json={"number": number})
    assert answer.status_code == 422
    assert number in answer.text


def test_a_reply_is_kept_and_shown(client: Client) -> None:
    sent = client.post(THREAD, json={"to": SENDER, "text": "STOP"})
    assert sent.status_code == 201
    (message,) = client.get(THREAD).json()["messages"]
    assert (message["body"], message["incoming"]) == ("STOP", False)
    assert message["encoding"] == "GSM-7"
    assert message["segments"] == 1


def test_a_reply_to_nobody_is_refused(client: Client) -> None:
    assert client.post(THREAD, json={"to": "+18885550199", "text": "Hi"}).status_code == 404
    assert client.post(THREAD, json={"to": SENDER, "text": "  "}).status_code == 422


def test_another_sites_form_cannot_text(client: Client) -> None:
    answer = client.post(THREAD, data={"to": SENDER, "text": "STOP"})
    assert answer.status_code == 415
    assert client.get(THREAD).json()["messages"] == []


def test_broken_json_is_refused(client: Client) -> None:
    headers = {"Content-Type": "application/json"}
    assert client.post(THREAD, content="{", headers=headers).status_code == 400
    assert client.post(THREAD, content="[]", headers=headers).status_code == 422


def test_unread_counts_until_the_thread_is_read(client: Client, store: PhoneStore) -> None:
    client.post(f"{API}/phones", json={"number": PHONE, "name": "Maya"})
    store.add_message(incoming=True, phone=PHONE, sender=SENDER, body="Hi", status="queued")
    assert client.get(f"{API}/phones").json()["phones"][0]["unread"] == 1
    client.post(f"{API}/phones/{PHONE}/read")
    assert client.get(f"{API}/phones").json()["phones"][0]["unread"] == 0


def test_a_behaviour_is_set_and_shown(client: Client) -> None:
    client.post(f"{API}/phones", json={"number": PHONE, "name": "Maya"})
    path = f"{API}/phones/{PHONE}/behaviour"
    assert client.put(path, json={"kind": "landline", "times": 1}).status_code == 200
    shown = client.get(f"{API}/phones").json()["phones"][0]["behaviour"]
    assert (shown["kind"], shown["times"]) == ("landline", 1)


@pytest.mark.parametrize(
    "given", [{"kind": "sulks"}, {"kind": "slow", "seconds": 900}, {"kind": "slow", "times": 0}]
)
def test_an_unknown_behaviour_is_refused(client: Client, given: dict[str, object]) -> None:
    assert client.put(f"{API}/phones/{PHONE}/behaviour", json=given).status_code == 422


def test_a_phone_taken_off_the_page_keeps_its_thread(client: Client, store: PhoneStore) -> None:
    client.post(f"{API}/phones", json={"number": PHONE, "name": "Maya"})
    store.add_message(incoming=True, phone=PHONE, sender=SENDER, body="Hi", status="queued")
    assert client.delete(f"{API}/phones/{PHONE}").status_code == 204
    assert client.delete(f"{API}/phones/{PHONE}").status_code == 404
    assert client.get(f"{API}/phones").json()["phones"] == []
    assert len(client.get(THREAD).json()["messages"]) == 1


def test_the_log_of_webhooks_shows_no_secret(client: Client) -> None:
    client.post(THREAD, json={"to": SENDER, "text": "STOP"})
    (webhook,) = client.get(f"{API}/webhooks").json()["webhooks"]
    assert webhook["form"]["Body"] == "STOP"
    assert "auth_token" not in webhook


def test_calls_are_shown_without_what_a_phone_cannot_know(
    client: Client, store: PhoneStore
) -> None:
    client.post(f"{API}/phones", json={"number": PHONE, "name": "Maya"})
    call = store.calls.add(
        incoming=True, phone=PHONE, sender=SENDER, account_sid="AC1", status_url="http://x"
    )
    store.calls.add_line(call["sid"], "sender", "We open at nine.")
    (shown,) = client.get(f"{API}/phones/{PHONE}/calls").json()["calls"]
    assert (shown["status"], shown["said"][0]["text"]) == ("ringing", "We open at nine.")
    assert not {"account_sid", "status_url"} & set(shown)
    (phone,) = client.get(f"{API}/phones").json()["phones"]
    assert phone["call"] == shown


def test_how_a_phone_takes_calls_is_set_and_shown(client: Client) -> None:
    client.post(f"{API}/phones", json={"number": PHONE, "name": "Maya"})
    path = f"{API}/phones/{PHONE}/call-behaviour"
    assert client.put(path, json={"kind": "busy", "times": 2}).status_code == 200
    shown = client.get(f"{API}/phones").json()["phones"][0]["call_behaviour"]
    assert (shown["kind"], shown["times"]) == ("busy", 2)
    for wrong in ({"kind": "sulks"}, {"kind": "busy", "times": 0}):
        assert client.put(path, json=wrong).status_code == 422


def test_what_a_call_cannot_do_is_a_conflict(client: Client) -> None:
    for path, body in (("answer", {}), ("hang-up", {}), ("keys", {"key": "9"})):
        answer = client.post(f"{API}/calls/CA1/{path}", json=body)
        assert (answer.status_code, answer.text) == (409, "This call has ended.")
    assert client.post(f"{API}/calls/CA1/keys", json={"key": "99"}).status_code == 422
    assert client.post(f"{API}/phones/{PHONE}/calls", json={"to": "+1"}).status_code == 404
