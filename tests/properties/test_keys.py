"""Keys and texts, late, twice and in any order: each channel has its latest word."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.consent.chains import store as chain_store
from assent.consent.ledger import verify
from assent.consent.model import Channel, Source, Suppression
from tests.fakes import World

phones = count(2125580000)


@dataclass(frozen=True)
class Act:
    """What a person does: a text, or a key in a call of this kind, at this second."""

    what: str
    called_in: bool
    at: int

    @property
    def channel(self) -> Channel:
        return Channel.VOICE if self.what in "91" else Channel.SMS

    @property
    def stops(self) -> bool:
        return self.what in ("9", "STOP")

    @property
    def starts(self) -> bool:
        return self.what == "START" or (self.what == "1" and self.called_in)


ACTS = st.builds(
    Act, st.sampled_from(["9", "1", "STOP", "START"]), st.booleans(), st.integers(0, 4)
)


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Act], list[int]]:
    """Draw what a person does, and an order in which it arrives, with repeats."""
    acts = draw(st.lists(ACTS, min_size=1, max_size=6))
    every = list(range(len(acts)))
    repeats = draw(st.lists(st.sampled_from(every), max_size=4))
    return acts, draw(st.permutations(every + repeats))


def is_out(acts: list[Act], channel: Channel) -> bool:
    """Say what must come of it: the latest effective time wins, a tie goes to the end of calls."""
    stops = [act.at for act in acts if act.channel == channel and act.stops]
    starts = [act.at for act in acts if act.channel == channel and act.starts]
    return bool(stops) and (not starts or max(stops) >= max(starts))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lives())
def test_the_latest_key_decides_of_calls_and_the_latest_text_of_texts(
    world: World, drawn: tuple[list[Act], list[int]]
) -> None:
    """K2, K5, S2, S5, O8, P2: for every account, and a replay of it all changes nothing."""
    acts, order = drawn
    number = next(phones)
    phone, start = f"+1{number}", world.clock.now()

    def arrive(which: int) -> str:
        act = acts[which]
        at = start + timedelta(seconds=act.at)
        if act.channel == Channel.VOICE:
            call = f"CA{number}-{which}"
            return world.press(act.what, phone, at=at, call=call, called_in=act.called_in)
        return world.text(act.what, phone, at=at, message_id=f"IN{number}-{which}")

    first = {which: arrive(which) for which in order}
    record = world.opt_out(phone)
    for channel in Channel:
        for account in (world.a, world.b, world.c):
            against = record.standing_against(channel, account.id)
            assert (against is not None) is is_out(acts, channel)
            if against:
                source = Source.KEYPRESS if channel == Channel.VOICE else Source.KEYWORD
                assert (against.suppression, against.source) == (Suppression.HARD, source)
    subject = world.pseudonyms.of(phone)
    events = chain_store.events(world.sender.id, subject)
    assert verify(world.sender.id, subject, events, (record.sequence, record.head)) is None
    texts = world.provider.texts_to(phone)
    if not any(act.channel == Channel.SMS for act in acts):
        assert texts == []  # what a key did is said in the call
    assert {which: arrive(which) for which in order} == first
    assert world.opt_out(phone) == record
    assert chain_store.events(world.sender.id, subject) == events
    assert world.provider.texts_to(phone) == texts
