"""Chunks hold ids as bytes, and nothing of them is lost."""

from datetime import UTC, datetime, timedelta

from assent.broadcasts.plans.model import lane_of, pack, planned_key, unpack
from assent.broadcasts.results import (
    EXCLUDED,
    PENDING,
    SENT,
    Exclusion,
    Outcome,
    handed_on,
    outcome_of,
    slot_of,
    tally,
    waits,
)
from assent.platform.ids import derived_id, new_id

AT = datetime(2026, 1, 5, 15, tzinfo=UTC)


def test_ids_are_written_as_bytes_and_read_again() -> None:
    ids = [new_id("ct", AT + timedelta(days=day)) for day in range(500)]
    ids += [derived_id("ct", AT, "x"), "ct_00000000000000000000000000", "ct_7" + "Z" * 25]
    assert len(pack(ids)) == 16 * len(ids)
    assert unpack(pack(ids)) == ids
    assert unpack(b"") == []


def test_keys_sort_in_the_order_of_the_plan_and_lanes_do_not_meet() -> None:
    keys = [planned_key(step) for step in (0, 9, 10, 99_999, 100_000)]
    assert keys == sorted(keys)
    assert not keys[0].startswith(lane_of("2026"))


def test_each_outcome_has_a_letter_of_its_own_that_is_read_again() -> None:
    """S7, B3: what was written years ago keeps its meaning."""
    assert len(set(EXCLUDED.values())) == len(Exclusion)
    for reason, letter in EXCLUDED.items():
        assert outcome_of(letter) == (Outcome.EXCLUDED, reason)
    assert outcome_of(PENDING) == (Outcome.PLANNED, None)
    assert "".join(EXCLUDED.values()) == "0123456789:;<=>@"


def test_who_waits_is_counted_as_deferred_before_and_after_being_handed_on() -> None:
    """B4."""
    letters = SENT + waits(0) + waits(25) + PENDING
    assert tally(letters) == tally(handed_on(letters)) == {"sent": 1, "deferred": 2}
    assert [slot_of(letter) for letter in letters] == [None, 0, 25, None]
    assert [slot_of(letter) for letter in handed_on(letters)] == [None] * 4
