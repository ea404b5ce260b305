"""What a phone texts, in any order and however often: the latest of STOP and START counts."""

from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.consent.chains import store as chain_store
from assent.consent.ledger import verify
from assent.consent.model import Channel, Suppression
from tests.fakes import World

STOPS, STARTS = ("STOP", "Unsubscribe", "stop please"), ("START", "UNSTOP")
OTHERS = ("HELP", "See you at 5", "yes")
phones = count(2125560000)


@st.composite
def conversations(
    draw: st.DrawFn,
) -> tuple[list[tuple[str, int]], list[int]]:
    """Draw texts with their effective times, and an order in which they arrive, with repeats."""
    text = st.sampled_from(STOPS + STARTS + OTHERS)
    texts = draw(st.lists(st.tuples(text, st.integers(0, 4)), min_size=1, max_size=6))
    every = list(range(len(texts)))
    repeats = draw(st.lists(st.sampled_from(every), max_size=4))
    return texts, draw(st.permutations(every + repeats))


def is_out(texts: list[tuple[str, int]]) -> bool:
    """Say what must come of it: the latest effective time wins, a tie goes to STOP."""
    stops = [at for body, at in texts if body in STOPS]
    starts = [at for body, at in texts if body in STARTS]
    return bool(stops) and (not starts or max(stops) >= max(starts))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(conversations())
def test_the_latest_effective_text_decides_whatever_the_order_of_arrival(
    world: World, drawn: tuple[list[tuple[str, int]], list[int]]
) -> None:
    """K2, K5, P2, P3: and the chain verifies, and a replay of it all changes nothing."""
    texts, order = drawn
    number = next(phones)
    phone, start = f"+1{number}", world.clock.now()

    def arrive(which: int) -> str:
        body, at = texts[which]
        effective = start + timedelta(seconds=at)
        return world.text(body, phone, at=effective, message_id=f"IN{number}-{which}")

    first = {which: arrive(which) for which in order}
    record = world.opt_out(phone)
    for account in (world.a, world.b, world.c):
        against = record.standing_against(Channel.SMS, account.id)
        assert (against is not None) is is_out(texts)
        assert against is None or against.suppression == Suppression.HARD
    subject = world.pseudonyms.of(phone)
    events = chain_store.events(world.sender.id, subject)
    assert verify(world.sender.id, subject, events, (record.sequence, record.head)) is None
    sent = len(world.provider.sent)
    assert {which: arrive(which) for which in order} == first
    assert world.opt_out(phone) == record
    assert chain_store.events(world.sender.id, subject) == events
    assert len(world.provider.sent) == sent
