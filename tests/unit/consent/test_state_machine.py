"""The two tables of the consent state machine, whole, and which of two events counts."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from assent.consent.model import (
    STANDINGS,
    SUPPRESSIONS,
    Agreement,
    Channel,
    Entry,
    EventType,
    IllegalTransition,
    OptOut,
    Source,
    Standing,
    Status,
    Suppression,
    next_standing,
    next_suppression,
    status_of,
    takes_effect,
)

AT = datetime(2026, 1, 5, 15, tzinfo=UTC)
STANDING_TABLE = """
                        none        pending     subscribed
lead_received           subscribed  subscribed  subscribed
confirmation_requested  pending     pending     subscribed
confirmed               -           subscribed  -
declined                -           none        -
expired                 -           none        -
stopped                 -           -           -
started                 -           -           -
opted_out_by_user       -           -           -
opt_out_reversed        -           -           -
provider_reported       -           -           -
"""
SUPPRESSION_TABLE = """
                        clear  soft   hard
stopped                 hard   hard   hard
started                 clear  clear  clear
opted_out_by_user       soft   soft   hard
opt_out_reversed        -      clear  -
provider_reported       hard   hard   hard
lead_received           -      -      -
confirmation_requested  -      -      -
confirmed               -      -      -
declined                -      -      -
expired                 -      -      -
"""


def read(table: str) -> dict[tuple[str, str], str]:
    header, *rows = table.strip().splitlines()
    states = header.split()
    cells = (row.split() for row in rows)
    return {
        (state, event): after
        for event, *afters in cells
        for state, after in zip(states, afters, strict=True)
    }


def test_the_tables_say_something_of_every_event_in_every_state() -> None:
    assert set(read(STANDING_TABLE)) == set(product(Standing, EventType))
    assert set(read(SUPPRESSION_TABLE)) == set(product(Suppression, EventType))


@pytest.mark.parametrize(("state", "event"), list(product(Standing, EventType)))
def test_a_standing_moves_as_the_table_says(state: Standing, event: EventType) -> None:
    """S0, line 1: what is not in the table raises and changes nothing."""
    after = read(STANDING_TABLE)[state, event]
    if after == "-":
        with pytest.raises(IllegalTransition):
            next_standing(state, event)
    else:
        assert next_standing(state, event) == after


@pytest.mark.parametrize(("state", "event"), list(product(Suppression, EventType)))
def test_a_suppression_moves_as_the_table_says(state: Suppression, event: EventType) -> None:
    """S4, S5, O5, O10."""
    after = read(SUPPRESSION_TABLE)[state, event]
    if after == "-":
        with pytest.raises(IllegalTransition):
            next_suppression(state, event)
    else:
        assert next_suppression(state, event) == after


def test_nobody_but_the_contact_lifts_a_hard_opt_out() -> None:
    """S5: START is the only row that leaves it."""
    leaving = {
        event
        for (state, event), after in SUPPRESSIONS.items()
        if state == Suppression.HARD and after != Suppression.HARD
    }
    assert leaving == {EventType.STARTED}


def test_nothing_takes_back_a_given_consent_but_an_opt_out() -> None:
    """O10: after START each account is as it was before."""
    assert {after for (state, _), after in STANDINGS.items() if state == Standing.SUBSCRIBED} == {
        Standing.SUBSCRIBED
    }


def entry(
    suppression: Suppression = Suppression.HARD, *, at: datetime = AT, source: Source = Source.ADMIN
) -> Entry:
    return Entry(suppression=suppression, source=source, effective_at=at, recorded_at=at)


@pytest.mark.parametrize(
    ("event", "seconds", "counts"),
    [
        (EventType.STOPPED, -1, False),
        (EventType.STOPPED, 0, True),
        (EventType.STOPPED, 1, True),
        (EventType.STARTED, -1, False),
        (EventType.STARTED, 0, False),
        (EventType.STARTED, 1, True),
        (EventType.OPT_OUT_REVERSED, 0, False),
        (EventType.OPT_OUT_REVERSED, 1, True),
        (EventType.OPTED_OUT_BY_USER, 0, True),
        (EventType.OPTED_OUT_BY_USER, -1, False),
        (EventType.PROVIDER_REPORTED, 0, True),
    ],
)
def test_the_later_event_counts_and_a_tie_goes_to_stop(
    event: EventType, seconds: int, *, counts: bool
) -> None:
    """K2."""
    assert takes_effect(entry(), event, AT + timedelta(seconds=seconds)) is counts


def test_the_first_event_always_counts() -> None:
    assert all(takes_effect(None, event, AT) for event in EventType)


@pytest.mark.parametrize(
    ("standing", "against", "status"),
    [
        *((standing, None, Status(standing.value)) for standing in Standing),
        *((s, Suppression.SOFT, Status.SOFT_OPT_OUT) for s in Standing),
        *((s, Suppression.HARD, Status.HARD_OPT_OUT) for s in Standing),
    ],
)
def test_a_suppression_hides_the_standing(
    standing: Standing, against: Suppression | None, status: Status
) -> None:
    """S0."""
    seen = status_of(Agreement(standing=standing), entry(against) if against else None)
    assert seen == status


def test_an_accounts_own_line_binds_nobody_else_and_the_hard_line_speaks_first() -> None:
    """O8, O9: the sender's line is for all, an account's line for itself."""
    record = OptOut(
        sender_id="sn_1",
        subject="x",
        entries={
            "sms|ac_A": entry(Suppression.SOFT),
            "voice|*": entry(Suppression.HARD),
            "voice|ac_A": entry(Suppression.SOFT),
            "sms|ac_B": entry(Suppression.CLEAR),
        },
    )
    assert record.standing_against(Channel.SMS, "ac_A") == entry(Suppression.SOFT)
    assert record.standing_against(Channel.SMS, "ac_B") is None
    assert record.standing_against(Channel.SMS, "ac_C") is None
    assert record.standing_against(Channel.VOICE, "ac_A") == entry(Suppression.HARD)
    assert record.standing_against(Channel.VOICE, "ac_C") == entry(Suppression.HARD)
    assert record.blocked_scopes(Channel.SMS) == {"ac_A"}
    assert sorted(record.scopes(Channel.SMS)) == ["ac_A", "ac_B"]
