"""Every sequence of consent events up to a length, on the tables and on the records."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import NamedTuple

import pytest

from assent.consent import service
from assent.consent.ledger import Happening
from assent.consent.model import (
    ALL_ACCOUNTS,
    CONFIRMATION_LAPSES,
    Channel,
    Consent,
    Entry,
    EventType,
    OptOut,
    Source,
    Standing,
    Status,
    Suppression,
    status_of,
)
from assent.consent.transitions import (
    ASKS,
    LAYS,
    STANDINGS,
    SUPPRESSIONS,
    WITHDRAWS,
    IllegalTransition,
    next_standing,
    next_suppression,
)
from assent.platform.settings import Settings
from assent.platform.tables import Transaction

DEPTH = 7
AT = datetime(2026, 1, 5, 15, tzinfo=UTC)
A, B, C = "ac_A", "ac_B", "ac_C"
SENDER, PHONE = "sn_1", "+12125550101"
SMS = Channel.SMS
BACK = {EventType.STARTED, EventType.REJOINED}
WILL = {EventType.STOPPED, EventType.OPTED_OUT_ON_REQUEST, EventType.PROVIDER_REPORTED}
GIVING = {EventType.LEAD_RECEIVED, EventType.IMPORTED, EventType.CONFIRMED}
FORGETTING = {EventType.NUMBER_REASSIGNED, EventType.NUMBER_CHANGED, EventType.ERASED}


def happening(event: EventType, seconds: float, scope: str = ALL_ACCOUNTS) -> Happening:
    at = AT + timedelta(seconds=seconds)
    return Happening(
        type=event,
        effective_at=at,
        recorded_at=at,
        channels=[SMS],
        sender_id=SENDER,
        scope=scope,
        source=Source.KEYWORD,
    )


# The tables alone


def test_a_hard_state_is_left_by_the_contact_alone_in_every_sequence() -> None:
    """S5, O10: hard exactly while the contact's will was recorded and nothing of its own lifted it.

    Sequences that reached the same state and the same memory are one; they are counted.
    """
    reached = Counter({(Suppression.CLEAR, False): 1})
    for _ in range(DEPTH):
        following: Counter[tuple[Suppression, bool]] = Counter()
        for ((state, willed), ways), event in product(reached.items(), EventType):
            try:
                after = next_suppression(state, event)
            except IllegalTransition:
                assert (state, event) not in SUPPRESSIONS
                following[state, willed] += ways  # refused: it is as it was
                continue
            willed_after = event not in BACK and (willed or event in WILL)
            assert (after == Suppression.HARD) is willed_after
            following[after, willed_after] += ways
        reached = following
    assert reached.total() == len(EventType) ** DEPTH
    assert {state for state, _ in reached} == set(Suppression)


def test_nobody_is_subscribed_without_having_agreed_in_every_sequence() -> None:
    """S0, C11: subscribed exactly while a lead, proof or YES was recorded and nothing ended it."""
    reached = Counter({(Standing.NONE, False): 1})
    for _ in range(DEPTH):
        following: Counter[tuple[Standing, bool]] = Counter()
        for ((state, agreed), ways), event in product(reached.items(), EventType):
            try:
                after = next_standing(state, event)
            except IllegalTransition:
                assert (state, event) not in STANDINGS
                following[state, agreed] += ways
                continue
            agreed_after = event not in FORGETTING and (agreed or event in GIVING)
            assert (after == Standing.SUBSCRIBED) is agreed_after
            following[after, agreed_after] += ways
        reached = following
    assert reached.total() == len(EventType) ** DEPTH
    assert {state for state, _ in reached} == set(Standing)


# Records, one event after the other

Change = tuple[EventType, str]
CHANGES: list[Change] = [
    (EventType.STOPPED, ALL_ACCOUNTS),
    (EventType.PROVIDER_REPORTED, ALL_ACCOUNTS),
    (EventType.DOUBTED, ALL_ACCOUNTS),
    (EventType.DOUBT_DISMISSED, ALL_ACCOUNTS),
    (EventType.STARTED, ALL_ACCOUNTS),
    (EventType.OPTED_OUT_ON_REQUEST, A),
    (EventType.OPTED_OUT_BY_USER, A),
    (EventType.OPT_OUT_REVERSED, A),
    (EventType.REJOINED, A),
]
OF_ANOTHER: list[Change] = [(EventType.OPTED_OUT_ON_REQUEST, B), (EventType.REJOINED, B)]


@pytest.fixture(autouse=True)
def _bound(aws: Settings) -> None:
    """Records know their tables; nothing is ever written to them here."""


def apply(record: OptOut, event: EventType, scope: str, seconds: float) -> OptOut:
    """Give an event to the record logic, which may refuse it or find it out of date."""
    one, transaction = happening(event, seconds, scope), Transaction()
    if event in LAYS:
        return service.lay(transaction, record, one, PHONE) or record
    if event in WITHDRAWS:
        return service.withdraw(transaction, record, one)
    return service.lift(transaction, record, one, PHONE) or record


class View(NamedTuple):
    """What one account sees: the state of the line for all accounts, and of its own."""

    everywhere: Suppression = Suppression.CLEAR
    own: Suppression = Suppression.CLEAR

    def worst(self) -> Suppression:
        order = [Suppression.CLEAR, Suppression.HELD, Suppression.SOFT, Suppression.HARD]
        return max(self, key=order.index)


def fold(views: dict[str, View], event: EventType, scope: str) -> dict[str, View]:
    """Move each account's view by the table alone.

    Whether an event is permitted is asked of the line of its scope, as everybody sees it whom no
    JOIN made an exception; in the view of such an account it may have nothing to change.
    """
    own = views[scope].own if scope in views else views[C].everywhere
    next_suppression(own, event)
    return {account: _view(view, event, scope, account) for account, view in views.items()}


def _view(view: View, event: EventType, scope: str, account: str) -> View:
    everywhere, own = view
    if scope == ALL_ACCOUNTS or (event == EventType.REJOINED and scope == account):
        everywhere = SUPPRESSIONS.get((everywhere, event), everywhere)
    if scope == account or event == EventType.STARTED:
        own = SUPPRESSIONS.get((own, event), own)
    return View(everywhere, own)


def state_against(record: OptOut, account: str) -> Suppression:
    entry = record.standing_against(SMS, account)
    return entry.suppression if entry else Suppression.CLEAR


def shape(record: OptOut) -> object:
    """Say of a record what later events can still tell apart: what stands, line by line."""
    return [
        (key, entry.suppression, [_covered(record, entry, account) for account in (A, B, C)])
        for key, entry in sorted(record.entries.items())
    ]


def _covered(record: OptOut, entry: Entry, account: str) -> bool:
    lifted = record.lifted_at(SMS, account)
    return lifted is not None and lifted > entry.effective_at


def test_records_agree_with_the_tables_in_every_sequence() -> None:
    """P3, O8, O9, O10: events that come in the order of their times, over two accounts."""
    empty = OptOut(sender_id=SENDER, subject="x")
    reached = {str(shape(empty)): (empty, dict.fromkeys((A, B, C), View()))}
    seen = set(reached)
    for depth in range(1, DEPTH + 1):
        following = {}
        for (record, views), (event, scope) in product(reached.values(), CHANGES):
            try:
                after_views = fold(views, event, scope)
            except IllegalTransition:
                with pytest.raises(IllegalTransition):
                    apply(record, event, scope, depth)
                continue
            after = apply(record, event, scope, depth)
            for account, view in after_views.items():
                assert state_against(after, account) == view.worst(), (event, scope, record)
            assert_conditions_say_the_same(after)
            key = str((shape(after), sorted(after_views.items())))
            if key not in seen:
                seen.add(key)
                following[key] = (after, after_views)
        reached = following
    assert len(seen) > 100


def assert_conditions_say_the_same(record: OptOut) -> None:
    """S6: what a transaction's condition looks at is what a reader of the record sees."""
    blocked, freed = record.blocked_scopes(SMS), record.open_scopes(SMS)
    for account in (A, B, C):
        passes = (ALL_ACCOUNTS not in blocked or account in freed) and account not in blocked
        assert passes is (record.opted_out(SMS, account) is None)


# Records, in any order of arrival

Dated = tuple[EventType, str, int]


def sets_of_events() -> list[Dated]:
    """Name what may happen at three moments: of the contact's, the provider's and of users'."""
    # What a provider reports counts as STOP does, event by event.
    left_out = {EventType.DOUBT_DISMISSED, EventType.PROVIDER_REPORTED}
    happens = [one for one in [*CHANGES, *OF_ANOTHER] if one[0] not in left_out]
    return [
        (event, scope, at)
        for event, scope in happens
        for at in range(3)
        # A user takes back what was there to be seen: here it was laid at the first moment.
        if event != EventType.OPTED_OUT_BY_USER or at == 0
        if event != EventType.OPT_OUT_REVERSED or at > 0
    ]


def statuses(record: OptOut) -> tuple[Suppression, ...]:
    return tuple(state_against(record, account) for account in (A, B, C))


def expected(events: frozenset[Dated]) -> tuple[Suppression, ...]:
    """Say what must come of a set of events, whatever the order: the later wins, ties stop."""

    def against(account: str) -> Suppression:
        mine = [(e, at) for e, scope, at in events if scope in (ALL_ACCOUNTS, account)]
        lifted = max((at for e, at in mine if e in BACK), default=-1)
        back = max((at for e, at in mine if e == EventType.OPT_OUT_REVERSED), default=-1)
        laid = {e for e, at in mine if at >= lifted and e not in BACK}
        if laid & WILL:
            return Suppression.HARD
        if EventType.OPTED_OUT_BY_USER in laid and back < 0:
            return Suppression.SOFT
        return Suppression.HELD if EventType.DOUBTED in laid else Suppression.CLEAR

    return tuple(against(account) for account in (A, B, C))


def arrivals(done: frozenset[Dated]) -> Iterator[Dated]:
    """Name the events that may arrive next: users' own decisions keep their order."""
    soft = (EventType.OPTED_OUT_BY_USER, A, 0)
    for one in sets_of_events():
        if one in done or (one[0] == EventType.OPT_OUT_REVERSED and soft not in done):
            continue
        if one == soft and any(e == EventType.OPT_OUT_REVERSED for e, *_ in done):
            continue
        yield one


def test_any_order_of_arrival_comes_to_the_same() -> None:
    """K2: all sets of up to four events at three moments, ties too, in all their orders.

    Records that are equal but for their chains are one, so every order is covered.
    """
    empty = OptOut(sender_id=SENDER, subject="x")
    level: dict[frozenset[Dated], dict[str, OptOut]] = {frozenset(): {"": empty}}
    for _ in range(4):
        following: dict[frozenset[Dated], dict[str, OptOut]] = {}
        for done, records in level.items():
            for one in arrivals(done):
                more = done | {one}
                for record in records.values():
                    event, scope, at = one
                    try:
                        after = apply(record, event, scope, at)
                    except IllegalTransition:
                        after = record  # there was nothing to be taken back any more
                    assert statuses(after) == expected(more), (sorted(done), one, record)
                    unlike = f"{sorted(after.entries.items())}{sorted(after.lifts.items())}"
                    following.setdefault(more, {})[unlike] = after
        level = following
    assert len(level) > 1000


# Standing

# Nothing may happen as well, for as long as an answer is waited for.
MOVES: list[EventType | None] = [*dict.fromkeys(event for _, event in STANDINGS), None]


class Asked(NamedTuple):
    """What the table says of a standing, when its open question was asked, and the time."""

    standing: Standing
    asked: float | None
    now: float


def test_agreements_agree_with_the_table_in_every_sequence() -> None:
    """S0, P3: with the lapse of questions, which is recorded when something follows it."""
    wait = CONFIRMATION_LAPSES.total_seconds()
    reached = {"": (Consent(account_id=A, subject="x"), Asked(Standing.NONE, None, 0))}
    for _ in range(DEPTH):
        following = {}
        for (record, before), event in product(reached.values(), MOVES):
            at = before.now + (1 if event else wait)
            lapsed = before.asked is not None and at - before.asked >= wait
            now = before._replace(now=at)
            after = record
            if event:
                state = now.standing
                try:
                    if lapsed and event != EventType.EXPIRED:
                        state = next_standing(state, EventType.EXPIRED)
                    state = next_standing(state, event)
                except IllegalTransition:
                    with pytest.raises(IllegalTransition):
                        service.agree(Transaction(), record, happening(event, at))
                    continue
                after = service.agree(Transaction(), record, happening(event, at))
                lapsed = False
                now = Asked(state, at if event in ASKS else None, at)
            shown = Standing.NONE if now.standing == Standing.PENDING and lapsed else now.standing
            kept = after.agreement(SENDER, SMS)
            assert status_of(kept, None, AT + timedelta(seconds=at)) == Status(shown.value)
            following[f"{now.standing}{now.asked and now.now - now.asked}"] = (after, now)
        reached = following
    assert {now.standing for _, now in reached.values()} == set(Standing)
