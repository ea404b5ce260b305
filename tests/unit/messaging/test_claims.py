"""Claims by the ten: whatever of the one call is refused, repeated or lost, nobody claims twice."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from pynamodb.connection.base import Connection
from pynamodb.exceptions import PutError

from assent.messaging import store
from assent.messaging.claims import store as claims
from assent.messaging.claims.store import Claim, Unclaimed
from assent.messaging.model import MessageState, Place, SendMessage
from tests.calls import recorded
from tests.fakes import World
from tests.faults import PARTIAL, REFUSED, Fault, Statements, inserting


@pytest.fixture
def three(world: World) -> list[SendMessage]:
    """Three messages that nobody has claimed."""
    world.lead()
    one = world.calling()
    return [
        one.model_copy(update={"place": Place(thread=one.place.thread, sort=f"2026#bc_{at}")})
        for at in range(3)
    ]


def with_fault(
    monkeypatch: pytest.MonkeyPatch, fault: Fault, hit: Sequence[int]
) -> Callable[..., Any]:
    """Let it go wrong with some of three claims."""
    whole = Connection._make_api_call

    def call(connection: Connection, name: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401
        if name != "BatchExecuteStatement":
            return whole(connection, name, arguments)

        def act(those: Statements) -> Statements:
            answers: Statements = whole(connection, name, {"Statements": those})["Responses"]
            return answers

        return {"Responses": inserting(act, arguments["Statements"], fault, set(hit))}

    monkeypatch.setattr(Connection, "_make_api_call", call)
    return whole


def states(messages: list[SendMessage]) -> list[str | None]:
    rows = [store.row(one.place) for one in messages]
    return [row.state if row else None for row in rows]


def tokens(claimed: list[Claim]) -> list[str | None]:
    return [one.claim if isinstance(one, store.MessageRecord) else None for one in claimed]


def test_a_row_is_the_same_whether_it_was_claimed_alone_or_among_ten(
    world: World, three: list[SendMessage]
) -> None:
    """Line 2: the claim is the history row."""
    alone, among, _ = three
    assert claims.claim(alone, world.clock.now()) is not None
    [made] = claims.claim_all([among], world.clock.now())
    assert isinstance(made, store.MessageRecord)
    rows = [store.row(one.place) for one in (alone, among)]
    one, other = (row.serialize() for row in rows if row)
    assert one.keys() == other.keys()
    assert {name for name in one if one[name] != other[name]} == {"sk", "claim"}


def test_ten_are_claimed_by_one_call(world: World, three: list[SendMessage]) -> None:
    with recorded() as calls:
        claimed = claims.claim_all(three, world.clock.now())
    assert [operation for _, operation in calls] == ["BatchExecuteStatement"]
    assert None not in tokens(claimed)
    assert states(three) == [MessageState.CLAIMED] * 3
    assert claims.claim_all([], world.clock.now()) == []


def test_who_was_claimed_before_is_not_claimed_again(
    world: World, three: list[SendMessage]
) -> None:
    """B6: the others are."""
    claims.claim(three[1], world.clock.now())
    first = claims.claim_all(three, world.clock.now())
    assert first[1] is Unclaimed.TAKEN
    assert claims.claim_all(three, world.clock.now()) == [Unclaimed.TAKEN] * 3


def test_what_was_given_back_is_claimed_anew(world: World, three: list[SendMessage]) -> None:
    """B6: the provider was busy, and nothing was sent."""
    first = claims.claim_all(three, world.clock.now())
    claims.release_all(one for one in first[:2] if isinstance(one, store.MessageRecord))
    again = claims.claim_all(three, world.clock.now())
    assert again[2] is Unclaimed.TAKEN
    assert None not in tokens(again[:2])
    assert tokens(again)[:2] != tokens(first)[:2]
    assert states(three) == [MessageState.CLAIMED] * 3


@pytest.mark.parametrize("fault", REFUSED)
def test_a_statement_that_is_refused_claims_nothing_and_may_be_tried_again(
    world: World, three: list[SendMessage], monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    """B6: the table throttles, or somebody's transaction holds the row."""
    with monkeypatch.context() as patch:
        with_fault(patch, fault, [0, 2])
        claimed = claims.claim_all(three, world.clock.now())
    assert claimed[0] is claimed[2] is Unclaimed.BUSY
    assert states(three) == [None, MessageState.CLAIMED, None]
    again = claims.claim_all(three, world.clock.now())
    assert again[1] is Unclaimed.TAKEN
    assert None not in (tokens(again)[0], tokens(again)[2])


@pytest.mark.parametrize("fault", [Fault.UNSURE, Fault.REPEATED])
@pytest.mark.parametrize("given_back", [False, True])
def test_what_this_call_wrote_is_its_own_whatever_was_said_of_it(
    world: World,
    three: list[SendMessage],
    monkeypatch: pytest.MonkeyPatch,
    fault: Fault,
    *,
    given_back: bool,
) -> None:
    """B6: the token tells whose a row is, also where it had been given back before."""
    if given_back:
        before = claims.claim_all(three, world.clock.now())
        claims.release_all(one for one in before if isinstance(one, store.MessageRecord))
    with_fault(monkeypatch, fault, [0, 1])
    claimed = claims.claim_all(three, world.clock.now())
    kept = [store.row(one.place) for one in three]
    assert tokens(claimed) == [row.claim if row else "" for row in kept]
    assert states(three) == [MessageState.CLAIMED] * 3


def test_what_nobody_knows_of_is_not_taken_from_another(
    world: World, three: list[SendMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: it was another's before, and stays."""
    other = claims.claim(three[0], world.clock.now())
    with_fault(monkeypatch, Fault.UNSURE, [0])
    claimed = claims.claim_all(three, world.clock.now())
    row = store.row(three[0].place)
    assert claimed[0] is Unclaimed.TAKEN
    assert row is not None
    assert other is not None
    assert row.claim == other.claim


@pytest.mark.parametrize("fault", [Fault.LOST, *set(PARTIAL).difference(REFUSED)])
def test_a_call_without_an_answer_is_given_back_whole(
    world: World, three: list[SendMessage], monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    """B6: whatever of it was carried out, nothing was sent."""
    taken = claims.claim(three[2], world.clock.now())
    with monkeypatch.context() as patch:
        with_fault(patch, fault, [0])
        with pytest.raises(PutError):
            claims.claim_all(three, world.clock.now())
    made = MessageState.RELEASED if fault == Fault.LOST else None
    assert states(three) == [made, MessageState.RELEASED, MessageState.CLAIMED]
    assert taken is not None
    again = claims.claim_all(three, world.clock.now())
    assert again[2] is Unclaimed.TAKEN
    assert None not in tokens(again[:2])


def test_a_table_that_fails_in_the_midst_leaves_nothing_claimed(
    world: World, three: list[SendMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """B6: one of ten has to be put by itself, and cannot; none of the ten is sent."""
    before = claims.claim_all(three[:1], world.clock.now())
    claims.release_all(one for one in before if isinstance(one, store.MessageRecord))

    def fails(*_: object, **__: object) -> None:
        raise PutError

    with monkeypatch.context() as patch:
        patch.setattr(store.MessageRecord, "save", fails)
        with pytest.raises(PutError):
            claims.claim_all(three, world.clock.now())
    assert states(three) == [MessageState.RELEASED] * 3
