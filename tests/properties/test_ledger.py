"""Whatever single thing is changed in a stored chain, it is found."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assent.consent.ledger import Happening, LedgerEvent, append, faults, read, verify
from assent.consent.model import Channel, EventType, Kind, Source

AT = datetime(2026, 1, 5, 15, tzinfo=UTC)
OWNER, SUBJECT = "ac_A", "0" * 32
Item = dict[str, Any]
words = st.text(max_size=12)
happenings = st.builds(
    Happening,
    type=st.sampled_from(EventType),
    effective_at=st.integers(0, 10**6).map(lambda s: AT + timedelta(seconds=s)),
    recorded_at=st.just(AT),
    channels=st.lists(st.sampled_from(Channel), max_size=2),
    sender_id=words,
    scope=words,
    source=st.sampled_from(Source),
    kind=st.none() | st.sampled_from(Kind),
    actor=words,
    evidence=st.dictionaries(words, words, max_size=3),
)
chains = st.lists(happenings, min_size=1, max_size=4)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)
likely = (
    st.sampled_from([*EventType, *Source, *Kind, "*", OWNER, "2026-01-05T15:00:00Z"]) | anything
)
attributes = st.text(max_size=20) | st.builds(lambda v: {"M": v}, anything)


def stored_chain(drawn: list[Happening]) -> tuple[list[Item], tuple[int, str]]:
    """Chain the happenings, and show them as they are stored, with the head kept elsewhere."""
    head = (0, "")
    stored = []
    for happening in drawn:
        event = append(OWNER, SUBJECT, head, happening)
        head = (event.sequence, event.hash)
        fields = event.model_dump(mode="json", exclude={"evidence", "salt"})
        stored.append(
            {
                "pk": f"{OWNER}#{SUBJECT}",
                "sk": f"{event.sequence:010d}",
                "event": json.dumps(fields),
                "evidence": json.dumps(event.evidence),
                "salt": event.salt,
            }
        )
    return stored, head


def found(stored: list[Item], head: tuple[int, str]) -> list[int]:
    """Say at which events faults are found."""
    return [f.sequence for f in faults(OWNER, SUBJECT, [read(one) for one in stored], head)]


def test_the_order_in_which_fields_are_written_never_changes() -> None:
    """P2: it is part of the bytes that are checked; a new field comes before `hash`."""
    assert list(LedgerEvent.model_fields) == [
        *("owner", "subject", "sequence", "type", "effective_at", "recorded_at", "channels"),
        *("sender_id", "scope", "source", "kind", "actor", "commitment", "previous"),
        *("hash", "evidence", "salt"),
    ]


@settings(max_examples=400, deadline=None)
@given(chains, st.data())
def test_any_other_value_of_any_field_of_any_event_is_found_there(
    drawn: list[Happening], data: st.DataObject
) -> None:
    """P2."""
    stored, head = stored_chain(drawn)
    assert found(stored, head) == []
    at = data.draw(st.integers(0, len(stored) - 1))
    fields = json.loads(stored[at]["event"])
    name = data.draw(st.sampled_from([*fields, "a field that was slipped in"]))
    value = data.draw(likely)
    assume(name not in fields or json.dumps(fields[name]) != json.dumps(value))
    stored[at] |= {"event": json.dumps(fields | {name: value})}
    assert found(stored, head) == [at + 1]


@settings(max_examples=200, deadline=None)
@given(chains, st.data())
def test_a_field_that_was_taken_away_is_found(drawn: list[Happening], data: st.DataObject) -> None:
    """P2."""
    stored, head = stored_chain(drawn)
    at = data.draw(st.integers(0, len(stored) - 1))
    fields = json.loads(stored[at]["event"])
    del fields[data.draw(st.sampled_from(list(fields)))]
    stored[at] |= {"event": json.dumps(fields)}
    assert found(stored, head) == [at + 1]


@settings(max_examples=400, deadline=None)
@given(chains, st.data())
def test_a_change_of_any_byte_is_found(drawn: list[Happening], data: st.DataObject) -> None:
    """P2: also one that leaves the meaning as it was."""
    stored, head = stored_chain(drawn)
    at = data.draw(st.integers(0, len(stored) - 1))
    name = data.draw(st.sampled_from(["sk", "event", "evidence", "salt"]))
    text = str(stored[at][name])
    place = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 2))
    put = data.draw(st.text(st.characters(max_codepoint=127), max_size=2))
    changed = text[:place] + put + text[place + cut :]
    assume(changed != text)
    stored[at] |= {name: changed}
    stored.sort(key=lambda item: str(item["sk"]))
    assert found(stored, head)


@settings(max_examples=300, deadline=None)
@given(chains, st.data())
def test_an_attribute_of_any_other_kind_is_found(
    drawn: list[Happening], data: st.DataObject
) -> None:
    """P2: whatever the item was made into, the check does not break."""
    stored, head = stored_chain(drawn)
    at = data.draw(st.integers(0, len(stored) - 1))
    name = data.draw(st.sampled_from(["event", "evidence", "salt", "note"]))
    value = data.draw(attributes)
    assume(stored[at].get(name) != value)
    stored[at] |= {name: value}
    assert found(stored, head) == [at + 1]


@settings(max_examples=100, deadline=None)
@given(chains, st.data())
def test_a_dropped_swapped_repeated_or_cut_off_event_is_found(
    drawn: list[Happening], data: st.DataObject
) -> None:
    """P2: wherever the items come to lie."""
    stored, head = stored_chain(drawn)
    numbers = list(range(len(stored)))
    other = data.draw(st.lists(st.sampled_from(numbers), max_size=len(stored) + 1))
    assume(other != numbers)
    assert found([stored[number] for number in other], head)
    moved = [stored[n] | {"sk": f"{at:010d}"} for at, n in enumerate(other, 1)]
    assert found(moved, head)


@settings(max_examples=100, deadline=None)
@given(chains, chains)
def test_a_whole_chain_that_was_forged_does_not_fit_the_head(
    drawn: list[Happening], forged: list[Happening]
) -> None:
    """P2: sound in itself, but the head is kept elsewhere."""
    _, head = stored_chain(drawn)
    stored, own = stored_chain(forged)
    assert found(stored, own) == []
    first = verify(OWNER, SUBJECT, [read(one) for one in stored], head)
    assert first is not None
    assert first.code in {"cut_off", "head_differs"}


@settings(max_examples=50, deadline=None)
@given(chains, st.data())
def test_erasing_any_evidence_with_its_salt_leaves_a_sound_chain(
    drawn: list[Happening], data: st.DataObject
) -> None:
    """P5."""
    stored, head = stored_chain(drawn)
    for one in stored:
        if data.draw(st.booleans()):
            del one["evidence"], one["salt"]
    assert found(stored, head) == []
