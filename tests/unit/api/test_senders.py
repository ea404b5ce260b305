"""Senders over HTTP: all of the account's, changed by their owner alone, with JOIN words."""

import pytest

from tests.unit.api.office import OWNER_B, Office, Reply
from tests.unit.functions.deployment import B

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")
SHARED, OWN = "sn_18885550100", "sn_18885550177"


@pytest.fixture(scope="module", autouse=True)
def furnished(office: Office) -> None:
    office.furnish()


def fields(reply: Reply) -> set[tuple[str, str]]:
    return {(one["field"], one["code"]) for one in reply.body["errors"]}


def test_all_senders_of_the_account_are_listed(office: Office) -> None:
    """K3: and whether the account owns them."""
    found = office.ask("GET", "/senders").body["items"]
    assert [(one["id"], one["is_owner"]) for one in found] == [(SHARED, True), (OWN, True)]
    theirs = office.ask("GET", "/senders", user=OWNER_B, account=B).body["items"]
    assert [(one["id"], one["is_owner"]) for one in theirs] == [(SHARED, False)]


def test_the_owner_changes_a_sender_and_is_told_what_a_text_lacks(office: Office) -> None:
    """K3."""
    path = f"/senders/{OWN}"
    changed = office.ask("PATCH", path, {"support_contact": "+1 212 555 0100"})
    assert (changed.status, changed.body["support_contact"]) == (200, "+1 212 555 0100")
    refused = office.ask("PATCH", path, {"help_text": "Call us.", "stop_text": "Bye."})
    assert refused.status == 422
    assert fields(refused) == {
        ("help_text", "missing_program_name"),
        ("help_text", "missing_stop"),
        ("stop_text", "missing_program_name"),
    }
    long = office.ask("PATCH", path, {"help_text": "x" * 481, "program_name": ""})
    assert {field for field, _ in fields(long)} == {"help_text", "program_name"}


def test_who_shares_a_sender_may_not_change_it(office: Office) -> None:
    """Line 8: 403; and of another's own sender nobody learns that it is there."""
    body = {"support_contact": "x"}
    shared = office.ask("PATCH", f"/senders/{SHARED}", body, user=OWNER_B, account=B)
    assert (shared.status, shared.body["code"]) == (403, "not_the_owner")
    hidden = office.ask("PATCH", f"/senders/{OWN}", body, user=OWNER_B, account=B)
    assert (hidden.status, hidden.body["code"]) == (404, "unknown_sender")


def test_a_word_is_added_listed_and_taken_away(office: Office) -> None:
    """K1."""
    path = f"/senders/{SHARED}/join-words"
    group = office.ids["group"]
    added = office.ask("POST", path, {"word": "Néws", "group_id": group})
    assert added.status == 201
    assert (added.body["word"], added.body["group_name"]) == ("Néws", "News")
    assert office.ask("GET", path).body["items"] == [added.body]
    taken = office.ask("POST", path, {"word": "NEWS", "group_id": group})
    assert (taken.status, taken.body["code"]) == (409, "word_taken")
    reserved = office.ask("POST", path, {"word": "stopp", "group_id": group})
    assert (reserved.status, reserved.body["code"]) == (422, "word_reserved")
    assert office.ask("GET", path, user=OWNER_B, account=B).body["items"] == []
    theirs = office.ask("DELETE", f"{path}/news", user=OWNER_B, account=B)
    assert theirs.status == 404
    assert office.ask("DELETE", f"{path}/N%C3%89WS").body == added.body
    assert office.ask("GET", path).body["items"] == []
    assert office.ask("DELETE", f"{path}/news").status == 404


def test_a_word_leads_to_a_group_of_the_account_and_of_the_sender(office: Office) -> None:
    """Line 8."""
    group = office.ids["group"]
    stranger = office.ask(
        "POST",
        f"/senders/{SHARED}/join-words",
        {"word": "GYM", "group_id": group},
        user=OWNER_B,
        account=B,
    )
    assert (stranger.status, stranger.body["code"]) == (404, "unknown_group")
    other = office.ask("POST", f"/senders/{OWN}/join-words", {"word": "GYM", "group_id": group})
    assert (other.status, fields(other)) == (422, {("group_id", "wrong_sender")})


def test_another_pace_is_taken_and_shown(office: Office) -> None:
    """B7: broadcasts on their way hear of it at once; here there are none."""
    changed = office.ask("PATCH", f"/senders/{OWN}", {"daily_cap": 500, "messages_per_second": 3})
    assert (changed.status, changed.body["daily_cap"]) == (200, 500)
    assert changed.body["messages_per_second"] == 3
