"""Parts of items: only what was asked for, and all of it, however a table throttles."""

from collections.abc import Iterable

import pytest
from pynamodb.exceptions import GetError

from assent.contacts.groups.store import GroupNameRecord
from assent.platform import parts
from assent.platform.parts import batch_get_parts, get_parts, query_parts, text
from assent.platform.settings import Settings

KEYS = [("pk", f"{number:03}") for number in range(120)]


@pytest.fixture
def items(aws: Settings) -> None:
    with GroupNameRecord.batch_write() as batch:
        for pk, sk in KEYS:
            batch.save(GroupNameRecord(pk, sk, group_id=f"gr_{sk}"))


@pytest.mark.usefixtures("items")
def test_only_the_attributes_that_were_asked_for_come() -> None:
    assert get_parts(GroupNameRecord, KEYS[3], {"group_id"}) == {"group_id": {"S": "gr_003"}}
    assert get_parts(GroupNameRecord, ("pk", "nothing"), {"group_id"}) is None
    page = query_parts(GroupNameRecord, "pk", GroupNameRecord.sk > "117", ("sk",), 9)
    assert page == [{"sk": {"S": "118"}}, {"sk": {"S": "119"}}]


@pytest.mark.usefixtures("items")
def test_more_than_a_request_holds_are_read_and_those_that_are_gone_left_out() -> None:
    found = batch_get_parts(GroupNameRecord, [*KEYS, KEYS[0], ("pk", "gone")], ("sk",))
    assert sorted(text(item, "sk") for item in found) == [sk for _, sk in KEYS]


def test_what_an_item_has_not_is_an_empty_text() -> None:
    assert text({"name": {"S": "Ann"}}, "name") == "Ann"
    assert text({}, "name") == ""


Keys = list[dict[str, str]]


class Throttled:
    """A connection to a table that gives one item at a time, and some times none."""

    def __init__(self, *, refusals: int) -> None:
        self.refusals, self.asked = refusals, 0

    def batch_get_item(self, table: str, keys: Keys, attributes_to_get: Iterable[str]) -> object:
        del attributes_to_get
        self.asked += 1
        refused = self.asked <= self.refusals
        given = keys[: 0 if refused else 1]
        left = keys[len(given) :]
        written = [{name: {"S": value} for name, value in key.items()} for key in left]
        return {
            "Responses": {table: [{"sk": {"S": key["sk"]}} for key in given]},
            "UnprocessedKeys": {table: {"Keys": written}} if written else {},
        }


def read(monkeypatch: pytest.MonkeyPatch, table: Throttled) -> list[str]:
    monkeypatch.setattr(parts, "connection", lambda: table)
    monkeypatch.setattr(parts, "sleep", lambda _: None)
    return [text(item, "sk") for item in batch_get_parts(GroupNameRecord, KEYS[:4], ("sk",))]


def test_what_a_table_left_out_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Throttled(refusals=2)
    assert read(monkeypatch, table) == ["000", "001", "002", "003"]
    assert table.asked == 2 + 4


def test_a_table_that_gives_nothing_is_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Throttled(refusals=100)
    with pytest.raises(GetError):
        read(monkeypatch, table)
    assert table.asked == 5
