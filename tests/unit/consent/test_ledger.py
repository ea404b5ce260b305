"""The chain of events: every kind of damage is found, and named with its place."""

from datetime import UTC, datetime

import pytest

from assent.consent.ledger import Fault, Happening, LedgerEvent, append, commit, verify
from assent.consent.model import Channel, EventType, Source

AT = datetime(2026, 1, 5, 15, tzinfo=UTC)
OWNER, SUBJECT = "ac_A", "0" * 32


def chain(length: int = 4, owner: str = OWNER) -> list[LedgerEvent]:
    """Make a sound chain."""
    events: list[LedgerEvent] = []
    head = (0, "")
    for number in range(length):
        happening = Happening(
            type=EventType.LEAD_RECEIVED,
            effective_at=AT,
            recorded_at=AT,
            channels=[Channel.SMS],
            sender_id="sn_1",
            scope=owner,
            source=Source.FORM,
            evidence={"number": str(number)},
        )
        made = append(owner, SUBJECT, head, happening)
        head = (made.sequence, made.hash)
        events.append(made)
    return events


def check(events: list[LedgerEvent], sound: list[LedgerEvent]) -> Fault | None:
    """Verify events against the head of the sound chain that they come from."""
    return verify(OWNER, SUBJECT, events, (sound[-1].sequence, sound[-1].hash))


def found(fault: Fault | None) -> tuple[int, str] | None:
    return (fault.sequence, fault.code) if fault else None


def test_a_sound_chain_has_no_fault() -> None:
    """P2."""
    sound = chain()
    assert check(sound, sound) is None
    assert verify(OWNER, SUBJECT, [], (0, "")) is None


@pytest.mark.parametrize("at", [0, 1, 3])
def test_a_changed_event_is_named(at: int) -> None:
    """P2."""
    sound = chain()
    damaged = list(sound)
    damaged[at] = sound[at].model_copy(update={"source": Source.API})
    assert found(check(damaged, sound)) == (at + 1, "changed")


def test_a_forged_event_is_named_though_its_hash_was_made_to_fit() -> None:
    """P2: the genuine one after it says what stood there."""
    sound = chain()
    forged = sound[1].model_copy(update={"source": Source.API})
    forged = forged.model_copy(update={"hash": forged.digest()})
    assert found(check([sound[0], forged, *sound[2:]], sound)) == (2, "changed")


def test_a_forged_last_event_does_not_fit_the_head() -> None:
    """P2: the head is kept elsewhere."""
    sound = chain()
    forged = sound[-1].model_copy(update={"source": Source.API})
    forged = forged.model_copy(update={"hash": forged.digest()})
    assert found(check([*sound[:-1], forged], sound)) == (4, "head_differs")


def test_a_field_that_was_slipped_in_is_a_change() -> None:
    """P2."""
    sound = chain()
    stored = sound[1].model_dump(mode="json") | {"note": "all fine"}
    assert found(check([sound[0], LedgerEvent(**stored), *sound[2:]], sound)) == (2, "changed")


def test_an_event_that_was_dropped_is_missing() -> None:
    """P2."""
    sound = chain()
    assert found(check([sound[0], *sound[2:]], sound)) == (2, "missing")
    assert found(check(sound[1:], sound)) == (1, "missing")


def test_events_that_were_swapped_are_named() -> None:
    """P2."""
    sound = chain()
    assert found(check([sound[0], sound[2], sound[1], sound[3]], sound)) == (2, "missing")
    renumbered = [
        sound[2].model_copy(update={"sequence": 2}),
        sound[1].model_copy(update={"sequence": 3}),
    ]
    assert found(check([sound[0], *renumbered, sound[3]], sound)) == (2, "changed")


def test_an_event_of_another_chain_does_not_belong() -> None:
    """P2, line 9."""
    sound, other = chain(), chain(owner="ac_B")
    assert found(check([sound[0], other[1], *sound[2:]], sound)) == (2, "moved")


@pytest.mark.parametrize("left", [0, 1, 3])
def test_a_tail_that_was_cut_off_is_missed(left: int) -> None:
    """P2."""
    sound = chain()
    assert found(check(sound[:left], sound)) == (left + 1, "cut_off")


def test_an_event_too_many_does_not_fit_the_head() -> None:
    sound = chain()
    assert found(verify(OWNER, SUBJECT, sound, (3, sound[2].hash))) == (4, "head_differs")


def test_erased_evidence_leaves_a_chain_that_verifies() -> None:
    """P5."""
    sound = chain()
    erased = [one.model_copy(update={"evidence": None, "salt": None}) for one in sound]
    assert check(erased, sound) is None


@pytest.mark.parametrize("lost", ["evidence", "salt"])
def test_half_an_erasure_is_a_change(lost: str) -> None:
    """P5."""
    sound = chain()
    damaged = [sound[0].model_copy(update={lost: None}), *sound[1:]]
    assert found(check(damaged, sound)) == (1, "changed")


@pytest.mark.parametrize("update", [{"evidence": {"number": "9"}}, {"salt": "00"}])
def test_other_evidence_does_not_fit_the_commitment(update: dict[str, object]) -> None:
    """P1, P2."""
    sound = chain()
    damaged = [sound[0].model_copy(update=update), *sound[1:]]
    assert found(check(damaged, sound)) == (1, "changed")


def test_the_same_evidence_is_committed_to_differently_each_time() -> None:
    """P5: a salt of its own, so that nobody can guess what was erased."""
    first, second = chain(1), chain(1)
    assert first[0].evidence == second[0].evidence
    assert first[0].commitment != second[0].commitment
    assert commit({"a": "1", "b": "2"}, "s") == commit({"b": "2", "a": "1"}, "s")
