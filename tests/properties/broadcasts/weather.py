"""A simulation in which everything happens at once: calls, hours, caps, people and outages.

On top of `simulation`: texts and calls that end in their own ways, calls that are made again,
people who pause, resume and cancel, contacts who opt out of either channel, get another number or
are erased, a provider that is down for an hour, and workers whose clocks differ by seconds.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pynamodb.connection.base import Connection

from assent.broadcasts.definitions import store as definitions
from assent.broadcasts.model import State
from assent.broadcasts.progress import note_delivery
from assent.consent.model import Channel
from assent.messaging.dispatch import from_reference
from assent.messaging.model import MessageState, Place, RecordReceipt, SendMessage
from assent.messaging.providers.base import Credentials, Outgoing, OutgoingCall, Refused
from assent.messaging.providers.twilio import CAUSES
from assent.messaging.redialing import Wish
from tests.fakes import FakeProvider, FakeVoice
from tests.faults import Fault, Statements, inserting
from tests.partiql import inserted
from tests.properties.broadcasts.simulation import Simulation, Worker
from tests.unit.broadcasts.desk import Desk

OUTAGE = timedelta(hours=1)
_OFTEN = 0.01  # of the steps, somebody does something
_FAULTY = 0.3  # of the calls about many items
_THROTTLED = {"Error": {"Code": "ProvisionedThroughputExceededException", "Message": "slow down"}}
_SKEW = 2.0  # seconds by which a worker's clock may be wrong
_DOWN = Refused("unreachable", CAUSES["30008"], retry=True)
_ENDS: dict[Channel, list[tuple[MessageState, str]]] = {
    Channel.SMS: [(MessageState.DELIVERED, ""), (MessageState.FAILED, "30003")],
    Channel.VOICE: [
        (MessageState.DELIVERED, ""),
        (MessageState.FAILED, "no-answer"),
        (MessageState.FAILED, "busy"),
        (MessageState.FAILED, "failed"),
    ],
}


@dataclass(frozen=True)
class Given:
    """What a provider was given of a broadcast, and when."""

    phone: str
    place: Place
    channel: Channel
    at: datetime

    @property
    def again(self) -> bool:
        """Tell whether it is a call that is made again."""
        return "~" in self.place.sort


@dataclass
class Weather(Simulation):
    """Plays until nothing is left to do, and nothing is paused."""

    acts: list[Callable[[], object]] = field(default_factory=list)  # each happens once
    given: list[Given] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.ended: dict[tuple[str, Channel], int] = {}  # opt-outs, by the step
        self.renumbered: dict[str, int] = {}
        self.erased: dict[str, int] = {}  # threads of contacts, by the step
        self.down_until = self.desk.clock.now()
        self.after_a_halt: list[int] = []  # copies that went out between a pause and its end
        self._halted: dict[str, int] = {}
        self.faulty = 8  # calls about many items, with which something goes wrong
        self.faults: Counter[Fault] = Counter()
        self._claims: dict[Place, int] = {}

    def disturb(self) -> None:
        """Let somebody do something, now and then."""
        if self.acts and self.chance.random() < _OFTEN:
            self.acts.pop()()

    def _skip(self) -> bool:
        if super()._skip():
            return True
        if self.acts:
            self.acts.pop()()
            return True
        return False

    # What people do

    def opt_out(self, phone: str, channel: Channel) -> None:
        """Text STOP, or call and press 9."""
        world = self.desk.world
        if channel == Channel.SMS:
            world.text_only("STOP", phone)
        else:
            world.press("9", phone, called_in=True)
        self.ended[phone, channel] = self.step

    def steered(self, broadcast_id: str, *, halted: bool) -> None:
        """Note that a broadcast was paused or cancelled just now, or goes on."""
        if halted:
            self._halted.setdefault(broadcast_id, 0)
        else:
            self.after_a_halt.append(self._halted.pop(broadcast_id, 0))

    def outage(self) -> None:
        """Let the provider be away for an hour."""
        self.down_until = self.desk.clock.at + OUTAGE

    # What is outside

    def now(self) -> datetime:
        """Tell the time as a worker's own clock has it."""
        worker: Worker | None = getattr(self.local, "worker", None)
        if worker is None:
            return self.desk.clock.at
        seconds = (worker.message.number * 37 % 41 / 20 - 1) * _SKEW
        return self.desk.clock.at + timedelta(seconds=seconds)

    def table(self, whole: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap the one way to DynamoDB; remember when a message was claimed."""

        def call(connection: Connection, name: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401
            if name == "BatchExecuteStatement":
                return self._insert(partial(whole, connection, name), arguments["Statements"])
            if name == "BatchGetItem" and self._goes_wrong():
                return self._leave_some(partial(whole, connection, name), arguments)
            answer = whole(connection, name, arguments)
            if name == "PutItem":
                self._note_claim(arguments["Item"])
            return answer

        return super().table(call)

    def _goes_wrong(self) -> bool:
        """Draw whether something goes wrong with a call about many items that a worker makes."""
        at_work = getattr(self.local, "worker", None) is not None
        wrong = at_work and bool(self.faulty) and self.chance.random() < _FAULTY
        self.faulty -= wrong
        return wrong

    def _note_claim(self, item: dict[str, Any]) -> None:
        if "claim" in item:
            place = Place(thread=item["pk"]["S"], sort=item["sk"]["S"])
            self._claims[place] = self.step

    def _insert(self, act: Callable[[dict[str, Any]], Any], statements: Statements) -> Any:  # noqa: ANN401 -- DynamoDB's answer
        """Create items, with which something may go wrong."""

        def carried_out(those: Statements) -> Statements:
            answers: Statements = act({"Statements": those})["Responses"]
            for statement, answer in zip(those, answers, strict=True):
                if "Error" not in answer:
                    self._note_claim(inserted(statement)[1])
            return answers

        fault = self.chance.choice([*Fault]) if self._goes_wrong() else None
        hit = {at for at in range(len(statements)) if fault and self.chance.random() < 0.5}
        if fault:
            self.faults[fault] += 1
        return {"Responses": inserting(carried_out, statements, fault, hit)}

    def _leave_some(
        self, act: Callable[[dict[str, Any]], Any], arguments: dict[str, Any]
    ) -> dict[str, Any]:
        """Read many; the table throttles, and leaves some for the next call."""
        ((table, wanted),) = arguments["RequestItems"].items()
        keys = wanted["Keys"]
        now, later = keys[: len(keys) // 2], keys[len(keys) // 2 :]
        if not now:
            raise ClientError(_THROTTLED, "BatchGetItem")  # type: ignore[arg-type]
        answer: dict[str, Any] = act({"RequestItems": {table: {**wanted, "Keys": now}}})
        return {**answer, "UnprocessedKeys": {table: {**wanted, "Keys": later}}}

    def carry(self, credentials: Credentials, outgoing: Outgoing) -> str:
        """Be the provider of texts."""

        def take() -> str:
            return FakeProvider.send(self.provider, credentials, outgoing)

        return self._carry(outgoing.phone, outgoing.status_url, Channel.SMS, take)

    def place(self, credentials: Credentials, outgoing: OutgoingCall) -> str:
        """Be the provider of calls."""

        def take() -> str:
            return FakeVoice.call(self.provider.voice, credentials, outgoing)

        return self._carry(outgoing.phone, outgoing.status_url, Channel.VOICE, take)

    def _carry(self, phone: str, url: str, channel: Channel, take: Callable[[], str]) -> str:
        place = from_reference(url.partition("ref=")[2])
        assert place is not None

        def act() -> str:
            if self.desk.clock.at < self.down_until:
                raise _DOWN
            if "#bc_" in place.sort:
                self._check(phone, place, channel)
                self._count_after_a_halt(place)
                self.given.append(Given(phone, place, channel, self.desk.clock.at))
                self._ends(place, channel)
            return take()

        return str(self._call("provider", act))

    def _check(self, phone: str, place: Place, channel: Channel) -> None:
        worker = self.local.worker
        subject = self.desk.world.pseudonyms.of(phone)
        looked = worker.looked.get(f"{self.desk.world.sender.id}#{subject}")
        stopped = self.ended.get((phone, channel))
        if looked is None or (stopped is not None and stopped < looked):
            self.broken.append(f"{place.sort}: an opt-out could be seen")
        moved = self.renumbered.get(phone)
        if moved is not None and moved < self._claims[place]:
            self.broken.append(f"{place.sort}: claimed for a number that had changed")
        gone = self.erased.get(place.thread)
        if gone is not None and gone < self._claims[place]:
            self.broken.append(f"{place.sort}: claimed for somebody who was erased")

    def _count_after_a_halt(self, place: Place) -> None:
        halted = next((one for one in self._halted if one in place.sort), None)
        if halted and "~" not in place.sort:
            self._halted[halted] += 1
            self.after_a_halt.append(self._halted[halted])

    def _ends(self, place: Place, channel: Channel) -> None:
        """Have the provider say how it ended, now and then twice, or never."""
        state, code = self.chance.choice(_ENDS[channel])
        for _ in range(self.chance.choice([0, 1, 1, 1, 2])):
            receipt = RecordReceipt(
                place=place,
                connection_id=self.desk.world.a.id,
                provider_message_id="SM1",
                state=state,
                code=code,
                received_at=self.desk.clock.at,
            )
            self._put(receipt, timedelta(seconds=self.chance.randrange(1, 90)))


def wish(command: SendMessage) -> Wish:
    """Say whether a broadcast still wants a call that is to be made again."""
    found = definitions.broadcast(command.account_id, command.broadcast_id)
    if found is None or found.state in (State.CANCELLED, State.FAILED):
        return Wish.NO
    return Wish.LATER if found.state == State.PAUSED else Wish.YES


def under_weather(
    desk: Desk, provider: FakeProvider, seed: int, monkeypatch: pytest.MonkeyPatch
) -> Weather:
    """Put the simulation in the place of all queues, the tables' door, provider and clock."""
    weather = Weather(desk, provider, seed)
    weather.steer(desk)
    desk.feed(weather)  # type: ignore[arg-type]
    monkeypatch.setattr(desk.world.queue, "send", weather.send)
    monkeypatch.setattr(desk.world.queue, "send_all", weather.send_all)
    monkeypatch.setattr(desk.world.redialer, "wish", wish)
    monkeypatch.setattr(desk.world.redialer, "count_delivery", note_delivery)
    monkeypatch.setattr(desk.clock, "now", weather.now)
    monkeypatch.setattr(Connection, "_make_api_call", weather.table(Connection._make_api_call))
    monkeypatch.setattr(provider, "send", weather.carry)
    monkeypatch.setattr(provider.voice, "call", weather.place)
    return weather
