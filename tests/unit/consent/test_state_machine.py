"""The two tables of the consent state machine, whole, and which of two events counts."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from assent.consent.model import (
    ALL_ACCOUNTS,
    CONFIRMATION_LAPSES,
    SEVERITY,
    Agreement,
    Channel,
    Consent,
    Entry,
    EventType,
    Kind,
    OptOut,
    Source,
    Standing,
    Status,
    Suppression,
    status_of,
)
from assent.consent.transitions import (
    ASKS,
    ENDS,
    LAYS,
    LIFTS,
    STANDINGS,
    SUPPRESSIONS,
    WITHDRAWS,
    IllegalTransition,
    next_standing,
    next_suppression,
)

AT = datetime(2026, 1, 5, 15, tzinfo=UTC)
A, B, C = "ac_A", "ac_B", "ac_C"
STANDING_TABLE = """
                        none        pending     subscribed
lead_received           subscribed  subscribed  subscribed
imported                subscribed  subscribed  subscribed
confirmation_requested  pending     pending     subscribed
join_requested          pending     pending     subscribed
confirmed               -           subscribed  subscribed
declined                -           none        subscribed
expired                 -           none        subscribed
number_reassigned       none        none        none
number_changed          none        none        none
erased                  none        none        none
stopped                 -           -           -
opted_out_on_request    -           -           -
provider_reported       -           -           -
opted_out_by_user       -           -           -
opt_out_reversed        -           -           -
doubted                 -           -           -
doubt_dismissed         -           -           -
started                 -           -           -
rejoined                -           -           -
"""
SUPPRESSION_TABLE = """
                        clear  held   soft   hard
stopped                 hard   hard   hard   hard
opted_out_on_request    hard   -      hard   hard
provider_reported       hard   hard   hard   hard
opted_out_by_user       soft   -      soft   hard
opt_out_reversed        -      -      clear  -
doubted                 held   held   -      hard
doubt_dismissed         -      clear  -      hard
started                 clear  clear  clear  clear
rejoined                clear  clear  clear  clear
lead_received           -      -      -      -
imported                -      -      -      -
confirmation_requested  -      -      -      -
join_requested          -      -      -      -
confirmed               -      -      -      -
declined                -      -      -      -
expired                 -      -      -      -
number_reassigned       -      -      -      -
number_changed          -      -      -      -
erased                  -      -      -      -
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
        with pytest.raises(IllegalTransition, match=f"{event} cannot happen to {state}"):
            next_standing(state, event)
    else:
        assert next_standing(state, event) == after


@pytest.mark.parametrize(("state", "event"), list(product(Suppression, EventType)))
def test_a_suppression_moves_as_the_table_says(state: Suppression, event: EventType) -> None:
    """S4, S5, O5, O10, K7."""
    after = read(SUPPRESSION_TABLE)[state, event]
    if after == "-":
        with pytest.raises(IllegalTransition, match=f"{event} cannot happen to {state}"):
            next_suppression(state, event)
    else:
        assert next_suppression(state, event) == after


def test_nobody_but_the_contact_lifts_a_hard_opt_out() -> None:
    """S5, O10: by START, or by YES to its own JOIN."""
    leaving = {
        event
        for (state, event), after in SUPPRESSIONS.items()
        if state == Suppression.HARD and after != Suppression.HARD
    }
    assert leaving == {EventType.STARTED, EventType.REJOINED} == LIFTS


def test_a_given_consent_ends_only_with_the_person_or_the_number() -> None:
    """O10, C11, P5: after START each account is as it was before."""
    ending = {
        event
        for (state, event), after in STANDINGS.items()
        if state == Standing.SUBSCRIBED and after != Standing.SUBSCRIBED
    }
    assert ending == {EventType.NUMBER_REASSIGNED, EventType.NUMBER_CHANGED, EventType.ERASED}


def test_every_event_is_of_one_table_and_of_one_sort() -> None:
    standing = {event for _, event in STANDINGS}
    suppression = {event for _, event in SUPPRESSIONS}
    assert standing | suppression == set(EventType)
    assert not standing & suppression
    assert [*LAYS, *WITHDRAWS, *LIFTS] == list(dict.fromkeys([*LAYS, *WITHDRAWS, *LIFTS]))
    assert {*LAYS, *WITHDRAWS, *LIFTS} == suppression
    assert not ASKS & ENDS
    assert standing >= ASKS | ENDS


@pytest.mark.parametrize(("event", "kind"), LAYS.items())
def test_what_is_laid_down_is_of_its_kind_wherever_nothing_stood(
    event: EventType, kind: Kind
) -> None:
    assert next_suppression(Suppression.CLEAR, event) == kind.value


@pytest.mark.parametrize(("event", "kind"), WITHDRAWS.items())
def test_only_its_own_kind_is_taken_back(event: EventType, kind: Kind) -> None:
    """S5, K7: never what the contact laid down."""
    after = {state: SUPPRESSIONS.get((state, event), state) for state in Suppression}
    assert after == {state: state for state in Suppression} | {
        Suppression(kind.value): Suppression.CLEAR
    }


def entry(
    suppression: Suppression = Suppression.HARD, seconds: int = 0, *, source: Source = Source.ADMIN
) -> Entry:
    at = AT + timedelta(seconds=seconds)
    return Entry(suppression=suppression, source=source, effective_at=at, recorded_at=at)


def record(entries: dict[str, Entry], **lifts: int) -> OptOut:
    """Build a record; `lifts` name a scope of SMS (`all` for every account) and its second."""
    scopes = {"all": ALL_ACCOUNTS, "a": A, "b": B}
    return OptOut(
        sender_id="sn_1",
        subject="x",
        entries=entries,
        lifts={f"sms|{scopes[name]}": AT + timedelta(seconds=s) for name, s in lifts.items()},
    )


@pytest.mark.parametrize(
    ("standing", "against", "status"),
    [
        *((standing, None, Status(standing.value)) for standing in Standing),
        *((s, Suppression.HELD, Status(s.value)) for s in Standing),
        *((s, Suppression.SOFT, Status.SOFT_OPT_OUT) for s in Standing),
        *((s, Suppression.HARD, Status.HARD_OPT_OUT) for s in Standing),
    ],
)
def test_a_suppression_hides_the_standing(
    standing: Standing, against: Suppression | None, status: Status
) -> None:
    """S0, K7: a doubt holds broadcasts, but it is no opt-out."""
    agreement = Agreement(standing=standing, asked_at=AT)
    assert status_of(agreement, entry(against) if against else None, AT) == status


@pytest.mark.parametrize(
    ("after", "status"),
    [
        (CONFIRMATION_LAPSES - timedelta(seconds=1), Status.PENDING),
        (CONFIRMATION_LAPSES, Status.NONE),
    ],
)
def test_a_confirmation_is_waited_for_for_thirty_days(after: timedelta, status: Status) -> None:
    """S0: read from the time it was asked, with nothing that has to run in between."""
    agreement = Agreement(standing=Standing.PENDING, asked_at=AT)
    assert agreement.lapses_at() == AT + timedelta(days=30)
    assert status_of(agreement, None, AT + after) == status
    assert agreement.is_open(AT + after) is (status == Status.PENDING)


def test_a_question_that_was_never_asked_is_not_open() -> None:
    assert not Agreement().is_open(AT)
    assert Agreement().lapses_at() is None
    assert status_of(Agreement(standing=Standing.PENDING), None, AT) == Status.NONE


def test_an_accounts_own_line_binds_nobody_else_and_the_hard_line_speaks_first() -> None:
    """O8, O9: the sender's line is for all, an account's line for itself."""
    found = record(
        {
            "sms|ac_A|soft": entry(Suppression.SOFT),
            "sms|ac_B|soft": entry(Suppression.CLEAR),
            "voice|*|hard": entry(),
            "voice|ac_A|soft": entry(Suppression.SOFT),
        }
    )
    assert found.standing_against(Channel.SMS, A) == entry(Suppression.SOFT)
    assert found.standing_against(Channel.SMS, B) is None
    assert found.standing_against(Channel.SMS, C) is None
    assert found.standing_against(Channel.VOICE, A) == entry()
    assert found.standing_against(Channel.VOICE, C) == entry()
    assert found.blocked_scopes(Channel.SMS) == {A}
    assert found.scopes(Channel.SMS) == {A, B}
    assert found.entry(Channel.SMS, A, Kind.SOFT) == entry(Suppression.SOFT)
    assert found.entry(Channel.SMS, A, Kind.HARD) is None


@pytest.mark.parametrize(("lifted", "stands"), [(-1, True), (0, True), (1, False)])
def test_the_later_of_stop_and_start_counts_and_a_tie_goes_to_stop(
    lifted: int, *, stands: bool
) -> None:
    """K2."""
    found = record({"sms|*|hard": entry()}, all=lifted)
    for account in (A, B, C):
        assert (found.standing_against(Channel.SMS, account) is not None) is stands
    assert found.state(Channel.SMS, ALL_ACCOUNTS) == (
        Suppression.HARD if stands else Suppression.CLEAR
    )
    assert found.blocked_scopes(Channel.SMS) == ({ALL_ACCOUNTS} if stands else set())


def test_start_lifts_the_lines_of_accounts_too_and_leaves_calls_alone() -> None:
    """O10: hard and soft, in all accounts; voice has its own way back."""
    found = record(
        {
            "sms|ac_A|hard": entry(),
            "sms|ac_B|soft": entry(Suppression.SOFT),
            "sms|*|held": entry(Suppression.HELD),
            "voice|ac_A|hard": entry(),
        },
        all=1,
    )
    assert [found.standing_against(Channel.SMS, one) for one in (A, B, C)] == [None] * 3
    assert found.standing_against(Channel.VOICE, A) == entry()


def test_whoever_joined_again_is_free_for_that_account_alone() -> None:
    """O10: YES to an own JOIN lifts what stood before it, for the account that was joined."""
    found = record({"sms|*|hard": entry(), "sms|ac_A|soft": entry(Suppression.SOFT)}, a=1)
    assert found.standing_against(Channel.SMS, A) is None
    assert found.standing_against(Channel.SMS, B) == entry()
    assert found.blocked_scopes(Channel.SMS) == {ALL_ACCOUNTS}
    assert found.open_scopes(Channel.SMS) == {A}
    again = record({"sms|*|hard": entry(seconds=2)}, a=1)
    assert again.standing_against(Channel.SMS, A) == entry(seconds=2)
    assert again.open_scopes(Channel.SMS) == set()


def test_a_doubt_stands_against_sending_and_is_no_opt_out() -> None:
    """K7."""
    doubt = entry(Suppression.HELD)
    found = record({"sms|*|held": doubt})
    assert found.standing_against(Channel.SMS, A) == doubt
    assert found.opted_out(Channel.SMS, A) is None
    assert found.blocked_scopes(Channel.SMS) == set()
    assert record({"sms|*|held": doubt, "sms|*|hard": entry()}).opted_out(Channel.SMS, A) == entry()


def test_of_several_lines_the_worst_is_told() -> None:
    assert sorted(Suppression, key=SEVERITY.__getitem__) == [
        Suppression.CLEAR,
        Suppression.HELD,
        Suppression.SOFT,
        Suppression.HARD,
    ]
    soft = entry(Suppression.SOFT, seconds=5)
    found = record({"sms|*|held": entry(Suppression.HELD, seconds=9), "sms|ac_A|soft": soft})
    assert found.standing_against(Channel.SMS, A) == soft
    assert found.standing_against(Channel.SMS, B) == entry(Suppression.HELD, seconds=9)


def test_what_is_on_record_names_its_senders_and_knows_nothing_else() -> None:
    known = Consent(
        account_id=A,
        subject="x",
        agreements={
            "sn_1|sms": Agreement(standing=Standing.SUBSCRIBED),
            "sn_1|voice": Agreement(),
            "sn_2|sms": Agreement(),
        },
    )
    assert known.senders() == {"sn_1", "sn_2"}
    assert known.agreement("sn_1", Channel.SMS).standing == Standing.SUBSCRIBED
    assert known.agreement("sn_3", Channel.SMS) == Agreement()
