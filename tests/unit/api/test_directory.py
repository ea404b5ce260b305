"""The list of contacts as the console asks for it."""

import pytest

from tests.unit.api.office import OWNER_B, Office

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")


@pytest.fixture(scope="module", autouse=True)
def furnished(office: Office) -> None:
    office.furnish()


def test_a_contact_is_listed_with_its_status_and_zones(office: Office) -> None:
    """S1, C1: what the table shows of a contact comes in one answer."""
    reply = office.ask("POST", "/contacts/search", {"filter": {"search": "0141"}})
    [row] = reply.body["items"]
    assert row["id"] == office.ids["contact"]
    assert (row["sms"]["status"], row["queued"], row["origin"]) == ("subscribed", True, "lead")
    assert row["zones"] == ["America/New_York"]
    assert (reply.body["cursor"], reply.body["complete"]) == (None, True)


def test_an_opt_out_shows_at_once_with_who_and_why(office: Office) -> None:
    """S3: the record is asked, not the mark that follows it."""
    opted = {"contact_id": office.ids["contact"], "channels": ["sms"], "reason": "moved away"}
    office.ask("POST", "/opt-outs", opted)
    [row] = office.found("/contacts", {"search": "0141"})
    assert (row["sms"]["status"], row["sms"]["reason"]) == ("soft_opt_out", "moved away")
    assert row["voice"]["status"] == "subscribed"
    out = office.found("/contacts", {"opted_out": "sms"})
    assert row["id"] in [one["id"] for one in out]


def test_the_count_is_of_what_the_filter_takes(office: Office) -> None:
    """C1: for “all that match”."""
    everybody = office.ask("POST", "/contacts/count", {}).body
    listed = office.ask("GET", "/contacts").body["items"]
    assert everybody == {"count": len(listed), "capped": False}
    assert office.ask("POST", "/contacts/count", {"filter": {"search": "0141"}}).body["count"] == 1


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"filter": {"search": "12"}}, "search"),
        ({"filter": {"search": "x" * 101}}, "search"),
        ({"filter": {"status": "asleep"}}, "status"),
        ({"sort": "size"}, "sort"),
        ({"limit": 0}, "limit"),
        ({"limit": 1000}, "limit"),
        ({"cursor": "made up"}, "cursor"),
    ],
)
def test_what_cannot_be_asked_for_is_named(
    office: Office, wanted: dict[str, object], field: str
) -> None:
    """I7: 422, the field, and what to do."""
    reply = office.ask("POST", "/contacts/search", wanted)
    assert reply.status == 422
    assert [one["field"].split(".")[-1] for one in reply.body["errors"]] == [field]


def test_another_account_sees_none_of_them(office: Office) -> None:
    """Line 9: not by search, not by a group's id."""
    for asked in ({"search": "0141"}, {"group_id": office.ids["group"]}):
        assert office.found("/contacts", asked) or "group_id" in asked
        assert office.found("/contacts", asked, user=OWNER_B) == []
