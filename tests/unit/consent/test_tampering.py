"""Real chains with every single thing in them changed: each change is found, and named."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from assent.consent.chains import store as chain_store
from assent.consent.check import check
from assent.consent.events import LedgerEvent
from assent.consent.ledger import Fault, read, verify
from tests.unit.consent import chains
from tests.unit.consent.chains import SENDER, SUBJECT, A, B, Item

pytestmark = pytest.mark.thorough

LENGTHS = {A: 4, SENDER: 6}
COVERED = [name for name in LedgerEvent.model_fields if name not in {"evidence", "salt"}]
# A likely lie for each field; the check can say what these fields were.
LIES: dict[str, object] = {
    "owner": B,
    "subject": "1" * 32,
    "sequence": 9,
    "type": "expired",
    "channels": [],
    "sender_id": "sn_19995550100",
    "source": "Keypress",
    "kind": "held",
    "commitment": "0" * 64,
    "previous": "0" * 64,
    "hash": "0" * 64,
}
# And for those whose value cannot be guessed.
OTHER_LIES: dict[str, object] = {
    "effective_at": "2026-01-05T15:00:30Z",
    "recorded_at": "2026-01-05T15:00:30Z",
    "actor": "user-9",
    "scope": "ac_other",
}
JUNK: tuple[object, ...] = (
    None,
    7,
    "junk",
    [],
    {},
    True,
    "",
    "\ud800",
    "2026-01-05T15:00:00+00:00",
)


@pytest.fixture(autouse=True)
def _chains(aws: object) -> None:
    chains.make()


def fault(owner: str) -> Fault | None:
    """Check what is in the tables."""
    return check(owner, SUBJECT).fault


@dataclass
class Spot:
    """One item of a real chain, in whose place another can be put."""

    owner: str
    at: int
    items: list[Item]
    head: tuple[int, str]

    @property
    def item(self) -> Item:
        return self.items[self.at - 1]

    def found(self, *instead: Item) -> Fault | None:
        """Check the chain with other items in this one's place, as the table would order them."""
        items = [*self.items[: self.at - 1], *instead, *self.items[self.at :]]
        items.sort(key=lambda item: str(item["sk"]["S"]))
        links = [read({n: v.get("S", v) for n, v in item.items()}) for item in items]
        return verify(self.owner, SUBJECT, links, self.head)


def every() -> Iterator[Spot]:
    """Walk every event of both chains."""
    for owner, length in LENGTHS.items():
        items = chains.items(owner)
        assert len(items) == length
        head = chains.head(owner)
        for at in range(1, length + 1):
            spot = Spot(owner, at, items, (int(head["sequence"]["N"]), head["head"]["S"]))
            assert spot.found(spot.item) is None
            yield spot


def test_every_field_has_its_lie() -> None:
    assert set(COVERED) == LIES.keys() | OTHER_LIES.keys()


@pytest.mark.parametrize("name", COVERED)
def test_a_lie_in_any_field_of_any_event_is_found_and_the_field_named(name: str) -> None:
    """P2."""
    for spot in every():
        before, lie = chains.fields(spot.item)[name], (LIES | OTHER_LIES)[name]
        assert before != lie
        found = spot.found(chains.changed(spot.item, {name: lie}))
        assert found is not None
        assert (found.sequence, found.code) == (spot.at, "changed")
        assert found.field == name or (name in OTHER_LIES and not found.field)
        if found.field and name != "hash":
            assert f"its {name} was {json.dumps(before)}." in found.message


@pytest.mark.parametrize("name", COVERED)
def test_junk_in_any_field_of_any_event_is_found_and_never_breaks_the_check(name: str) -> None:
    """P2: an event that cannot even be parsed is a fault like any other."""
    for spot in every():
        fields = chains.fields(spot.item)
        for junk in JUNK:
            if json.dumps(fields[name]) == json.dumps(junk):
                continue
            found = spot.found(chains.changed(spot.item, {name: junk}))
            assert found is not None, (spot, junk)
            assert (found.sequence, found.code) == (spot.at, "changed")
            assert found.field in {name, ""}
        rest = json.dumps({k: v for k, v in fields.items() if k != name})
        found = spot.found(spot.item | {"event": {"S": rest}})
        assert found is not None
        assert (found.sequence, found.code, found.field) == (spot.at, "changed", name)


def test_a_field_that_was_slipped_in_is_named() -> None:
    """P2."""
    for spot in every():
        found = spot.found(chains.changed(spot.item, {"note": "all fine"}))
        assert found is not None
        assert (found.sequence, found.code, found.field) == (spot.at, "changed", "note")


ATTRIBUTES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("event", {"S": "{"}),
    ("event", {"S": "[]"}),
    ("event", {"S": "[" * 100_000}),
    ("event", {"N": "1"}),
    ("event", {"NULL": True}),
    ("event", {"M": {"owner": {"S": A}}}),
    ("evidence", {"S": "{"}),
    ("evidence", {"S": "null"}),
    ("evidence", {"S": '{"message": "Other words"}'}),
    ("evidence", {"S": '{"message": 1}'}),
    ("evidence", {"S": "{}"}),
    ("evidence", {"N": "1"}),
    ("salt", {"S": "00"}),
    ("salt", {"S": ""}),
    ("salt", {"NULL": True}),
    ("salt", {"B": b"0"}),
    ("note", {"S": "all fine"}),
)


def test_any_attribute_of_any_item_that_is_not_as_written_is_named() -> None:
    """P1, P2."""
    for spot in every():
        for attribute, value in ATTRIBUTES:
            found = spot.found(spot.item | {attribute: value})
            assert found is not None, (spot, attribute, value)
            assert (found.sequence, found.code) == (spot.at, "changed")
            assert found.field == attribute or {found.field, attribute} == {"evidence", "salt"}


@pytest.mark.parametrize(("attribute", "value"), ATTRIBUTES)
def test_what_lies_in_the_table_never_breaks_the_check(
    attribute: str, value: dict[str, Any]
) -> None:
    """P2: the same, read from the table."""
    item = chains.items(A)[1]
    chains.put(item | {attribute: value})
    found = fault(A)
    assert found is not None
    assert (found.sequence, found.code) == (2, "changed")


@pytest.mark.parametrize("attribute", ["event", "evidence", "salt"])
def test_a_lost_attribute_is_named(attribute: str) -> None:
    """P2, P5: evidence and salt go together or not at all."""
    for spot in every():
        found = spot.found({k: v for k, v in spot.item.items() if k != attribute})
        assert found is not None
        assert (found.sequence, found.code, found.field) == (spot.at, "changed", attribute)


def test_the_same_meaning_in_other_bytes_is_a_change() -> None:
    """P2: any stored byte."""
    for spot in every():
        fields = chains.fields(spot.item)
        plain = json.dumps(fields)
        spellings = [
            json.dumps(fields, indent=1),
            json.dumps(fields, sort_keys=True),
            plain[:-1] + f', "owner": "{fields["owner"]}"}}',
            plain.replace("Z", "+00:00", 1),
            plain.replace("a", "\\u0061", 1),
        ]
        for text in spellings:
            found = spot.found(spot.item | {"event": {"S": text}})
            assert found is not None, text
            assert (found.sequence, found.code) == (spot.at, "changed")
        text = json.dumps(json.loads(spot.item["evidence"]["S"]), indent=1)
        found = spot.found(spot.item | {"evidence": {"S": text}})
        assert found is not None
        assert (found.sequence, found.code, found.field) == (spot.at, "changed", "evidence")


@pytest.mark.parametrize("key", ["0000000000", "0000000099", "00000000010", "x", "-000000001"])
def test_an_event_under_another_key_is_missed_where_it_was(key: str) -> None:
    """P2."""
    for spot in every():
        found = spot.found(spot.item | {"sk": {"S": key}})
        assert found is not None
        assert found.sequence <= spot.at
        assert found.code in {"missing", "moved", "cut_off"}


def test_a_deleted_event_is_missing_or_the_tail_cut_off() -> None:
    """P2."""
    for spot in every():
        found = spot.found()
        assert found is not None
        code = "cut_off" if spot.at == LENGTHS[spot.owner] else "missing"
        assert (found.sequence, found.code) == (spot.at, code)


@pytest.mark.parametrize("owner", LENGTHS)
def test_a_chain_cut_off_anywhere_is_named(owner: str) -> None:
    """P2."""
    for item in reversed(chains.items(owner)):
        chains.delete(item)
        found = fault(owner)
        assert found is not None
        assert (found.sequence, found.code) == (int(item["sk"]["S"]), "cut_off")


@pytest.mark.parametrize("owner", LENGTHS)
def test_two_events_that_changed_places_are_named(owner: str) -> None:
    """P2."""
    items = chains.items(owner)
    for at, (first, second) in enumerate(pairwise(items), 1):
        chains.put(first | {"sk": second["sk"]})
        chains.put(second | {"sk": first["sk"]})
        found = fault(owner)
        assert found is not None
        assert (found.sequence, found.code, found.field) == (at, "moved", "sequence")
        chains.put(first)
        chains.put(second)


@pytest.mark.parametrize("owner", LENGTHS)
def test_an_event_that_was_put_in_twice_is_named(owner: str) -> None:
    """P2."""
    items = chains.items(owner)
    again = items[0] | {"sk": {"S": f"{len(items) + 1:010d}"}}
    chains.put(again)
    found = fault(owner)
    assert found is not None
    assert (found.sequence, found.code) == (len(items) + 1, "moved")


def test_an_event_of_another_chain_is_named() -> None:
    """P2, line 9."""
    [foreign] = chains.items(B)
    for spot in every():
        found = spot.found(foreign | {"sk": spot.item["sk"]})
        assert found is not None
        assert (found.sequence, found.code, found.field) == (spot.at, "moved", "owner")


def test_an_event_forged_with_its_hash_made_to_fit_is_named() -> None:
    """P2: the genuine event after it, or the head, says what stood there."""
    for spot in every():
        fields = chains.fields(spot.item) | {"actor": "nobody"}
        made_to_fit = LedgerEvent(**fields).digest()
        found = spot.found(chains.changed(spot.item, fields | {"hash": made_to_fit}))
        assert found is not None
        code = "head_differs" if spot.at == LENGTHS[spot.owner] else "changed"
        assert (found.sequence, found.code) == (spot.at, code)


@pytest.mark.parametrize("owner", LENGTHS)
def test_a_whole_chain_that_was_forged_does_not_fit_its_head(owner: str) -> None:
    """P2."""
    previous = ""
    for item in chains.items(owner):
        fields = chains.fields(item) | {"actor": "nobody", "previous": previous}
        previous = LedgerEvent(**fields).digest()
        chains.put(chains.changed(item, fields | {"hash": previous}))
    found = fault(owner)
    assert found is not None
    assert (found.sequence, found.code) == (LENGTHS[owner], "head_differs")


@pytest.mark.parametrize(
    ("values", "sequence"),
    [
        ({"head": {"S": "0" * 64}}, 0),
        ({"sequence": {"N": "9"}}, 1),
        ({"sequence": {"N": "2"}}, None),
        ({"sequence": {"S": "4"}}, None),
        ({"head": {"N": "4"}}, None),
        ({"agreements": {"S": "{"}, "entries": {"S": "{"}}, None),
    ],
)
@pytest.mark.parametrize("owner", LENGTHS)
def test_another_head_is_found(owner: str, values: dict[str, Any], sequence: int | None) -> None:
    """P2: also one that cannot be read."""
    record = chains.head(owner)
    chains.put(record | values, "consent")
    found = fault(owner)
    assert found is not None
    assert found.code == ("cut_off" if sequence == 1 else "head_differs")
    if sequence is not None:
        assert found.sequence == LENGTHS[owner] + sequence


@pytest.mark.parametrize("owner", LENGTHS)
def test_a_head_that_was_deleted_is_found(owner: str) -> None:
    """P2."""
    chains.delete(chains.head(owner), "consent")
    found = fault(owner)
    assert found is not None
    assert (found.sequence, found.code) == (1, "head_differs")


# The state beside the chain


@pytest.mark.parametrize("owner", [A, B, SENDER])
def test_the_stored_state_is_what_the_chain_says(owner: str) -> None:
    """P3."""
    assert check(owner, SUBJECT).differences == []


@pytest.mark.parametrize(
    ("owner", "attribute", "old", "new"),
    [
        (A, "agreements", '"subscribed"', '"none"'),
        (SENDER, "entries", '"hard"', '"clear"'),
        (SENDER, "entries", '"Keyword"', '"Admin"'),
        (SENDER, "entries", "T15:50:00", "T15:51:00"),
        (SENDER, "lifts", "T15:20:00", "T15:59:00"),
    ],
)
def test_a_stored_state_that_differs_from_the_chain_is_named(
    owner: str, attribute: str, old: str, new: str
) -> None:
    """P3: a STOP that was taken out of the record, for one."""
    record = chains.head(owner)
    text = record[attribute]["S"]
    assert old in text
    chains.put(record | {attribute: {"S": text.replace(old, new)}}, "consent")
    found = check(owner, SUBJECT)
    assert found.fault is None
    assert found.differences


@pytest.mark.parametrize("name", ["sms", "voice", "sms_open", "voice_open"])
def test_a_set_that_does_not_repeat_the_record_is_named(name: str) -> None:
    """P3: the sets are what moves and sends are conditioned on."""
    record = chains.head(SENDER)
    chains.put({k: v for k, v in record.items() if k != name} | {name: {"SS": ["ac_x"]}}, "consent")
    assert check(SENDER, SUBJECT).differences == [
        f"set {name}: it does not repeat the record's lines"
    ]


# Erasure


def test_erasure_leaves_a_chain_that_verifies_and_tells_nothing() -> None:
    """P5."""
    assert chain_store.erase_evidence(A, SUBJECT) == 4
    kept = json.dumps(chains.items(A))
    for word in ("I agree", "https://e.x", "Yes please", "IN1", '"salt"', '"evidence"'):
        assert word not in kept
    assert check(A, SUBJECT).ok
    assert chain_store.erase_evidence(A, SUBJECT) == 0
    assert "B\\u2019s own words" in chains.items(B)[0]["evidence"]["S"]
    assert check(B, SUBJECT).ok


def test_an_erasure_that_was_cut_off_goes_on_where_it_stopped() -> None:
    """P5: and the chain verifies in between."""
    first = chains.items(A)[0]
    chains.put({k: v for k, v in first.items() if k not in {"evidence", "salt"}})
    assert check(A, SUBJECT).ok
    assert chain_store.erase_evidence(A, SUBJECT) == 3
    assert check(A, SUBJECT).ok


def test_half_an_erased_event_is_finished() -> None:
    """P5."""
    first = chains.items(A)[0]
    chains.put({k: v for k, v in first.items() if k != "salt"})
    assert fault(A) is not None
    assert chain_store.erase_evidence(A, SUBJECT) == 4
    assert check(A, SUBJECT).ok


def test_what_an_account_did_in_a_senders_chain_is_erased_for_that_account_alone() -> None:
    """P5, line 9."""
    assert chain_store.erase_evidence(SENDER, SUBJECT, scope=A) == 2
    kept = [("evidence" in item, chains.fields(item)["scope"]) for item in chains.items(SENDER)]
    assert kept == [(True, "*"), (True, "*"), (False, A), (True, B), (False, A), (True, "*")]
    assert check(SENDER, SUBJECT).ok
