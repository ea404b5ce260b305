"""A broadcast's life: which state follows which, and nothing else."""

import pytest

from assent.broadcasts.counters.store import CountsRecord
from assent.broadcasts.model import TRANSITIONS, Event, IllegalTransition, State, next_state
from assent.broadcasts.results import COLUMNS, EXCLUSIONS, Exclusion, Report

ENDS = {State.FINISHED, State.CANCELLED, State.FAILED}


@pytest.mark.parametrize(
    ("state", "event"), [(s, e) for s in State for e in Event if (s, e) not in TRANSITIONS]
)
def test_what_is_not_in_the_table_is_refused(state: State, event: Event) -> None:
    with pytest.raises(IllegalTransition, match=state):
        next_state(state, event)


def test_an_ended_broadcast_stays_as_it_is() -> None:
    assert not ENDS & {state for state, _ in TRANSITIONS}


def test_every_state_can_be_reached_and_every_other_one_left() -> None:
    assert {State.DRAFT, *TRANSITIONS.values()} == set(State)
    assert {state for state, _ in TRANSITIONS} == set(State) - ENDS


def test_every_exclusion_has_plain_words_and_a_counter() -> None:
    """B3: whatever keeps a contact out is explained and counted."""
    assert set(EXCLUSIONS) == set(Exclusion)
    assert set(COLUMNS) - {"planned"} <= set(CountsRecord.get_attributes())


def test_a_receipt_counted_before_its_chunk_shows_no_odd_figures() -> None:
    early = Report.of({"planned": 3, "sent": -1, "delivered": 1, "failed": 1})
    assert (early.sent, early.delivered, early.failed) == (0, 0, 1)
