"""Attempts at a call under repeats, delays and crashes: nobody is called once too often."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.messaging.model import MessageState, SendMessage
from assent.messaging.redial import REDIALS
from tests.calls import Died, dying
from tests.fakes import ANN, World

MOST = 1 + max(len(waits) for policy in REDIALS for waits in policy.waits.values())
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ends"), st.sampled_from(["no-answer", "busy", "completed", "failed"])),
        st.tuples(st.just("repeat"), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.sampled_from([1, 6, 31, 125])),
        st.tuples(st.just("die"), st.integers(0, 6)),
        st.tuples(st.just("press"), st.just("9")),
    ),
    min_size=2,
    max_size=12,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_no_attempt_is_placed_twice_and_none_after_calls_were_ended_or_taken(
    world: World, steps: list[tuple[str, str | int]]
) -> None:
    """B6, B8: each attempt has one call at most, there are few of them, and a 9 is the last."""
    world.clock.at = world.clock.at.replace(hour=17)
    if world.contact() is None:
        world.member(ANN)
    world.queue.sent.clear()
    world.press("1", called_in=True)
    voice = world.provider.voice
    voice.placed.clear()
    given_to: list[SendMessage] = []
    first = world.calling()
    ended: dict[str, str] = {}
    over = False

    def attempt(command: SendMessage) -> None:
        given_to.append(command)
        world.handle(command)

    attempt(first)
    for what, how in steps:
        before = len(voice.placed)
        match what:
            case "ends" if voice.placed:
                # A call ends once, in one way; its receipt may be repeated.
                status = ended.setdefault(voice.placed[-1].status_url, str(how))
                world.call_ends(status)
                over = over or status in ("completed", "failed")
            case "repeat" if given_to:
                attempt(given_to[int(how) % len(given_to)])
            case "press":
                world.press("9")
                over = True
                continue
            case "wait" | "die":
                world.clock.at += timedelta(minutes=int(how) if what == "wait" else 31)
                due, world.queue.sent = world.queue.sent, []
                for command, _ in due:
                    assert isinstance(command, SendMessage)
                    _deliver(world, command, int(how) if what == "die" else None, given_to)
        if over and what != "ends":
            assert len(voice.placed) == before
    places = [call.status_url for call in voice.placed]
    assert len(places) == len(set(places)) <= MOST


def _deliver(
    world: World, command: SendMessage, dies: int | None, given_to: list[SendMessage]
) -> None:
    """Give an attempt to its worker, which may end at one of its calls; then it comes again."""
    given_to.append(command)
    if dies is None:
        world.handle(command)
        return
    try:
        with dying(dies, before=True):
            world.handle(command)
    except Died:
        world.handle(command)


def test_the_states_that_count_are_final(world: World) -> None:
    """B5: a report hears of a call once, at its end."""
    world.clock.at = world.clock.at.replace(hour=17)
    world.member(ANN)
    world.queue.sent.clear()
    world.receipts.count_delivery = world._count
    world.handle(world.calling().model_copy(update={"broadcast_id": "bc_1"}))
    for _ in range(MOST):
        world.call_ends("no-answer")
        world.clock.at += timedelta(hours=2)
        world.run_delayed()
    assert world.counted == [("bc_1", MessageState.FAILED)]
