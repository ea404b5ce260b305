"""The opt-in queue, whatever happens to a lead in whatever order, and wherever a process ends."""

from datetime import datetime
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.consent.model import Channel
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.history.model import Person
from assent.contacts.model import ComplianceState, Contact, QueueState, Textable
from assent.contacts.put_back import put_back
from assent.contacts.queue import service as queue
from assent.messaging.dispatch import from_reference
from assent.messaging.model import MessageState, RecordReceipt
from assent.platform.errors import AssentError
from tests.calls import Died, dying
from tests.fakes import CALLER, World
from tests.unit.contacts.lists import Lists

phones = count(2125580000)
ACTS = (
    "delivered", "failed", "landline", "ten_minutes", "move", "move_elsewhere", "undo", "stop",
    "start", "soft_sms", "soft_voice", "reverse", "put_back", "lead",
)  # fmt: skip
# An act, and after how many calls to AWS the process that does it ends the first time, if it does.
steps = st.lists(
    st.tuples(st.sampled_from(ACTS), st.none() | st.integers(0, 8)), min_size=1, max_size=10
)


class Life:
    """One person's way through the queue."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.phone = f"+1{next(phones)}"
        self.groups = [world.group("One"), world.group("Two")]
        self.lists = Lists(world)
        world.queue.sent.clear()
        world.lead(self.phone)
        self.ref = world.provider.sent[-1].status_url.partition("ref=")[2]
        self.first_arrival: datetime | None = None

    @property
    def contact(self) -> Contact:
        found = self.world.contact(self.phone)
        assert found is not None
        return found

    def receipt(self, state: MessageState, code: str = "") -> None:
        place = from_reference(self.ref)
        assert place is not None
        self.world.queue.send(
            RecordReceipt(
                place=place,
                connection_id=self.world.a.id,
                provider_message_id="SM1",
                state=state,
                code=code,
                received_at=self.world.clock.now(),
            )
        )

    def work(self) -> None:
        """Handle what is queued; what a process had in hand when it ended comes again."""
        sent = self.world.queue
        while due := [one for one in sent.sent if not one[1]]:
            self.world.handle(due[0][0])
            sent.sent.remove(due[0])

    def act(self, what: str, number: int) -> None:  # noqa: C901, PLR0912 - a line each
        """Do one thing; a refusal is an answer."""
        world, contact = self.world, self.contact
        match what:
            case "delivered":
                self.receipt(MessageState.DELIVERED)
            case "failed":
                self.receipt(MessageState.FAILED, "30003")
            case "landline":
                self.receipt(MessageState.FAILED, "30006")
            case "ten_minutes":
                world.queue.sent = [(command, 0) for command, _ in world.queue.sent]
            case "move" | "move_elsewhere":
                group = self.groups[what == "move_elsewhere"]
                queue.move(world.a, contact.id, group, "Olga", world.clock)
            case "undo":
                queue.undo(
                    world.a,
                    contact.id,
                    self.groups[0].id,
                    Person(id="user-2", name="Omar"),
                    world.clock,
                )
            case "stop" | "start":
                message_id = f"IN-{self.phone}-{number}"
                at = world.clock.now()
                world.text_only(what.upper(), self.phone, at=at, message_id=message_id)
            case "soft_sms" | "soft_voice":
                channel = Channel.SMS if what == "soft_sms" else Channel.VOICE
                self.lists.add(self.phone, channels=[channel])
            case "reverse":
                for line in self.lists.service.preview(world.a, [self.phone])[self.phone]:
                    if line.removable:
                        self.lists.remove(line)
            case "put_back":
                put_back(world.a, contact.id, world.clock)
            case "lead":
                body = {"first_name": "Ann", "last_name": "Lee", "phone": self.phone}
                world.ingest.from_api(world.api_key, body, CALLER)
        self.work()

    def step(self, what: str, number: int, ends_at: int | None) -> None:
        """Do one thing, perhaps beginning it twice because the process ended in between."""
        self.world.clock.advance(seconds=1)
        for at in (ends_at, None):
            try:
                if at is None:
                    self.act(what, number)
                else:
                    with dying(at, before=False):
                        self.act(what, number)
            except Died:
                continue
            except AssentError:
                return
            return

    def check(self) -> None:
        """Hold what is stored to what must be true of it at rest."""
        world, contact = self.world, self.contact
        place = contact.queue
        queued = place.state == QueueState.QUEUED
        line = [at for one, at in world.line() if one == contact.id]
        assert line == ([place.arrived_at] if queued else [])
        if place.arrived_at:
            # Whatever gives the place back gives the first one back.
            self.first_arrival = self.first_arrival or place.arrived_at
            assert place.arrived_at == self.first_arrival
        members = {one.group_id for one in member_store.memberships(world.a.id, contact)}
        assert members == contact.groups
        if queued:
            assert not contact.groups
            against = world.opt_out(self.phone)
            calls_too = contact.textable != Textable.YES
            for channel in [Channel.SMS, Channel.VOICE] if calls_too else [Channel.SMS]:
                assert against.opted_out(channel, world.a.id) is None
            assert contact.compliance.state != ComplianceState.FAILED
        if place.state == QueueState.MOVED:
            assert place.moved_to in contact.groups


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps)
def test_who_is_in_line_is_queued_in_no_group_and_not_opted_out(
    world: World, drawn: list[tuple[str, int | None]]
) -> None:
    """Q1, Q2, Q4, Q5, Q8, Q9, Q13: after every step, also those that a crash began twice."""
    life = Life(world)
    sent = len(world.provider.texts_to(life.phone))
    for number, (what, ends_at) in enumerate(drawn):
        life.step(what, number, ends_at)
        life.work()
        life.check()
    compliance = [text for text in world.provider.texts_to(life.phone) if "signing up" in text]
    assert len(compliance) == sent == 1
