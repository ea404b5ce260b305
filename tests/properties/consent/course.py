"""The course of a history: commands are given to their services, and what must come of it is noted.

Commands lie in `world.queue` until something takes them out. A command in which the process ended
goes back there, as a queue gives it out again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine

from assent.consent import store as consent_store
from assent.consent.model import Channel, Consent, OptOut, status_of
from assent.consent.policy import Purpose
from assent.contacts.model import EnterQueue
from assent.integrations.model import ProcessLead
from assent.messaging.model import (
    ApplyEffects,
    HandleInbound,
    RecordReceipt,
    SendMessage,
    contact_thread,
    sender_thread,
)
from assent.messaging.providers.base import Outgoing
from assent.platform.errors import AssentError
from assent.platform.queues import Command
from assent.sms.keywords import Intent, classify
from tests.calls import Died
from tests.fakes import ANN, BOB, SENDER
from tests.properties.consent.door import Fate, Turn, Work
from tests.properties.consent.expected import EVERYBODY, Expected
from tests.properties.consent.scene import Scene

PHONES = (ANN, BOB)
MAY_BE_OVERTAKEN = (SendMessage, ApplyEffects, EnterQueue, ProcessLead)
"""What has to cope with a STOP between any two of its calls, without reading twice."""
_ANSWERS = {Purpose.STOP_REPLY, Purpose.START_REPLY, Purpose.HELP_REPLY, Purpose.JOIN_REQUEST}
_NEEDS_CONSENT = {Purpose.BROADCAST, Purpose.CONFIRMED}


class Course(RuleBasedStateMachine):
    """What a history consists of, without what may happen in it."""

    scene: ClassVar[Scene]

    def __init__(self) -> None:
        super().__init__()
        self.world = self.scene.world
        self.scene.restore()
        self.scene.provider.watch = self.sending
        self.subjects = {phone: self.world.pseudonyms.of(phone) for phone in PHONES}
        self.expected = {phone: Expected() for phone in PHONES}
        self.handled: list[Command] = []
        self.aside: list[Command] = []
        self.known: set[str] = set()  # texts and leads that are recorded
        self.read: dict[str, tuple[str, str]] = {}
        self.claimed: dict[str, datetime] = {}
        self.number = 0
        self.sound = True

    @contextmanager
    def step(self) -> Iterator[datetime]:
        """A second passes, something happens, and then everything is as expected."""
        self.sound = False
        yield self.world.clock.advance(seconds=1)
        self.check()
        self.sound = True

    def work(self, act: Callable[[], Any], work: Work) -> Any:  # noqa: ANN401 -- whatever comes of it
        """Do a piece of work; nothing when the process ended in it."""
        with self.scene.door.working(work):
            try:
                return act()
            except Died:
                return None
            except AssentError as refusal:
                return refusal

    def give(self, command: Command, fate: Fate | None = None) -> None:
        """Give a command to its service."""
        if fate and fate.turn == Turn.OVERTAKEN and not isinstance(command, MAY_BE_OVERTAKEN):
            fate = None
        began = self.world.clock.now()
        work = Work(command, fate)
        work.committed = partial(self.committed, work, began)
        work.reading = partial(self.reading, command)
        work.meanwhile = partial(self.stop_meanwhile, command)
        if isinstance(command, SendMessage):
            self.claimed.setdefault(command.place.sort, began)
        outcome = self.work(lambda: self.world.handle(command), work)
        if outcome is None:
            self.world.queue.sent.append((command, 0))
        elif isinstance(command, ProcessLead) and outcome == "listed":
            # Nothing is kept of it but that the account tried, so it is not the same lead again
            # when it comes once more after a START.
            self.expected[command.lead.phone].tried.add(command.account_id)
        else:
            self.handled.append(command)

    def take(self, pick: int) -> Command | None:
        """Take one of the waiting commands out of the queue."""
        waiting = self.world.queue.sent
        return waiting.pop(pick % len(waiting))[0] if waiting else None

    def run(self, fate: Fate | None = None) -> None:
        """Handle all that waits, in the order in which it came; the first is fated."""
        while command := self.take(0):
            self.give(command, fate)
            fate = None

    def text(self, phone: str, body: str, late: int = 0) -> HandleInbound:
        """Let a phone have texted some seconds ago."""
        self.number += 1
        now = self.world.clock.now()
        return HandleInbound(
            provider="twilio",
            connection_id=self.world.a.id,
            message_id=f"IN{self.number}",
            sender_address=SENDER,
            phone=phone,
            body=body,
            effective_at=now - timedelta(seconds=late),
            received_at=now,
        )

    def stop_meanwhile(self, command: Command) -> None:
        """While a command is in hand, its phone texts STOP, and all that follows is handled."""
        match command:
            case ProcessLead():
                phone = command.lead.phone
            case SendMessage():
                phone = command.phone
            case ApplyEffects():
                phone = next(one for one in PHONES if self.subjects[one] == command.subject)
            case _:
                phone = PHONES[0]
        waiting = len(self.world.queue.sent)
        self.give(self.text(phone, "STOP"))
        while len(self.world.queue.sent) > waiting:
            self.give(self.world.queue.sent.pop(waiting)[0])

    # What must come of it

    def committed(self, work: Work, began: datetime) -> None:
        """The transaction of what is in hand is in force: say what must have changed by it."""
        match work.about:
            case HandleInbound() as command if command.message_id not in self.known:
                self.known.add(command.message_id)
                self.said(self.expected[command.phone], command)
            case ProcessLead() as command:
                self.lead_recorded(command, work)
            case SendMessage() as command:  # the provider said that the number opted out
                self.expected[command.phone].lay("hard", EVERYBODY, "sms", began)
            case RecordReceipt() as command:
                phone = next(one for one in PHONES if command.place.thread in self.threads(one))
                at = self.claimed[command.place.sort]
                self.expected[phone].lay("hard", EVERYBODY, "sms", at)

    def said(self, expected: Expected, command: HandleInbound) -> None:
        """Say what a text must have changed."""
        at = command.effective_at
        match classify(command.body):
            case Intent.opt_out:
                expected.lay("hard", EVERYBODY, "sms", at)
            case Intent.opt_in:
                expected.lift(EVERYBODY, "sms", at)
            case Intent.maybe_opt_out:
                expected.lay("held", EVERYBODY, "sms", at)
            case (Intent.yes | Intent.no) as intent:
                accounts = [one for one in self.scene.accounts if expected.knows(one)]
                expected.answer(accounts, at, yes=intent == Intent.yes)
            case Intent.other if command.body in self.scene.words:
                expected.join(*self.scene.words[command.body], at)

    def lead_recorded(self, command: ProcessLead, work: Work) -> None:
        """Say what a lead must have changed: once, and only where nothing stood against it."""
        assert command.receipt_id not in self.known, "a lead was recorded twice"
        self.known.add(command.receipt_id)
        id_ = command.evidence["integration"]
        source = next(one for one in self.scene.sources if one.id == id_)
        expected, account = self.expected[command.lead.phone], source.account_id
        assert work.overtaken or not expected.opted_out(account, "sms")
        assert not expected.is_repeat(account, source.id, command.received_at)
        expected.last_lead[account, source.id] = command.received_at
        expected.lead(account, source.channels, command.received_at, ask=source.asks)

    def reading(self, command: Command, key: str) -> None:
        """An item is about to be read: of the opt-out record, note how things stand now."""
        if key == "optout" and isinstance(command, SendMessage):
            expected, account = self.expected[command.phone], command.account_id
            status = expected.status(account, "sms", self.world.clock.now())
            self.read[command.place.sort] = (expected.worst(account, "sms"), status)

    def sending(self, outgoing: Outgoing) -> None:
        """B8, K4, S6: nothing but answers goes past what stood when the record was read."""
        command = self.scene.door.works[-1].about
        assert isinstance(command, SendMessage)
        assert command.phone == outgoing.phone
        if command.purpose in _ANSWERS:
            return
        worst, status = self.read[command.place.sort]
        assert worst not in ("hard", "soft"), f"{command.purpose} went out past {worst}"
        assert worst != "held" or command.purpose != Purpose.BROADCAST
        assert status == "subscribed" or command.purpose not in _NEEDS_CONSENT

    # How things are

    def threads(self, phone: str) -> list[str]:
        """Name the threads of a phone."""
        own = [
            contact_thread(account, known.contact_id or "")
            for account, known in self.on_record(phone)
        ]
        return [sender_thread(self.world.sender.id, self.subjects[phone]), *own]

    def on_record(self, phone: str) -> list[tuple[str, Consent]]:
        """List the accounts that have a contact of this phone, with what is on record."""
        found = (
            (one, consent_store.consent(one, self.subjects[phone])) for one in self.scene.accounts
        )
        return [(account, known) for account, known in found if known.contact_id]

    def stored(self) -> tuple[dict[str, dict[str, Consent]], dict[str, OptOut]]:
        """Read everything on record: per account and phone, and per phone what stands."""
        known = {
            account: consent_store.consents(account, self.subjects.values())
            for account in self.scene.accounts
        }
        keys = [(self.world.sender.id, subject) for subject in self.subjects.values()]
        against = {
            one.subject: one for one in consent_store.opt_outs(keys, consistent=True).values()
        }
        return known, against

    def check(self) -> None:
        """Compare every status with what is expected."""
        now, sender = self.world.clock.now(), self.world.sender.id
        known, against = self.stored()
        for phone, expected in self.expected.items():
            subject = self.subjects[phone]
            record = against.get(subject) or OptOut(sender_id=sender, subject=subject)
            for account in self.scene.accounts:
                kept = known[account].get(subject) or Consent(account_id=account, subject=subject)
                for channel in Channel:
                    entry = record.standing_against(channel, account)
                    found = status_of(kept.agreement(sender, channel), entry, now)
                    wanted = expected.status(account, channel, now)
                    assert found == wanted, f"{phone} {account} {channel}: {found}, not {wanted}"
                    worst = entry.suppression.value if entry else ""
                    assert worst == expected.worst(account, channel)
