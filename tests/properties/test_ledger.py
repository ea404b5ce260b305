"""Whatever single thing is changed in a stored chain, it is found."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from assent.consent.ledger import Happening, LedgerEvent, append, verify
from assent.consent.model import Channel, EventType, Kind, Source

AT = datetime(2026, 1, 5, 15, tzinfo=UTC)
OWNER, SUBJECT = "ac_A", "0" * 32
words = st.text(max_size=12)
moments = st.integers(0, 10**9).map(lambda ms: (AT + timedelta(milliseconds=ms)).isoformat())
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
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "owner": words,
    "subject": words,
    "sequence": st.integers(-1, 9),
    "type": st.sampled_from([e.value for e in EventType]) | words,
    "effective_at": moments,
    "recorded_at": moments,
    "channels": st.lists(st.sampled_from(["sms", "voice", "fax"]), max_size=3),
    "sender_id": words,
    "scope": words,
    "source": st.sampled_from([s.value for s in Source]),
    "kind": st.none() | st.sampled_from([k.value for k in Kind]),
    "actor": words,
    "commitment": words,
    "previous": words,
    "hash": words,
    "evidence": st.none() | st.dictionaries(words, words, max_size=3),
    "salt": st.none() | words,
    "a field that was slipped in": words,
}


def stored_chain(drawn: list[Happening]) -> tuple[list[dict[str, Any]], tuple[int, str]]:
    """Chain the happenings, and show them as they are stored, with the head kept elsewhere."""
    head = (0, "")
    stored = []
    for happening in drawn:
        event = append(OWNER, SUBJECT, head, happening)
        head = (event.sequence, event.hash)
        stored.append(event.model_dump(mode="json"))
    return stored, head


def is_sound(stored: list[dict[str, Any]], head: tuple[int, str]) -> bool:
    """Verify what is stored; what cannot even be read is not sound."""
    try:
        events = [LedgerEvent(**one) for one in stored]
    except ValidationError:
        return False
    return verify(OWNER, SUBJECT, events, head) is None


def test_every_field_of_an_event_is_tampered_with_here() -> None:
    assert set(LedgerEvent.model_fields) <= set(FIELDS)


@settings(max_examples=300, deadline=None)
@given(st.lists(happenings, min_size=1, max_size=4), st.data())
def test_a_single_change_of_any_field_of_any_event_is_found(
    drawn: list[Happening], data: st.DataObject
) -> None:
    """P2."""
    stored, head = stored_chain(drawn)
    assert is_sound(stored, head)
    at = data.draw(st.integers(0, len(stored) - 1))
    name = data.draw(st.sampled_from(sorted(FIELDS)))
    before = stored[at]
    stored[at] = before | {name: data.draw(FIELDS[name])}
    if name.endswith("_at"):
        assume(datetime.fromisoformat(stored[at][name]) != datetime.fromisoformat(before[name]))
    assume(stored[at] != before)
    assert not is_sound(stored, head)


@settings(max_examples=100, deadline=None)
@given(st.lists(happenings, min_size=1, max_size=4), st.data())
def test_a_dropped_swapped_repeated_or_cut_off_event_is_found(
    drawn: list[Happening], data: st.DataObject
) -> None:
    """P2."""
    stored, head = stored_chain(drawn)
    numbers = list(range(len(stored)))
    other = data.draw(st.lists(st.sampled_from(numbers), max_size=len(stored) + 1))
    assume(other != numbers)
    assert not is_sound([stored[number] for number in other], head)


@settings(max_examples=50, deadline=None)
@given(st.lists(happenings, min_size=1, max_size=4), st.data())
def test_erasing_any_evidence_with_its_salt_leaves_a_sound_chain(
    drawn: list[Happening], data: st.DataObject
) -> None:
    """P5."""
    stored, head = stored_chain(drawn)
    for one in stored:
        if data.draw(st.booleans()):
            one |= {"evidence": None, "salt": None}
    assert is_sound(stored, head)
