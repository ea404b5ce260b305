"""Broadcasts in the small world: people with chosen consent, and workers fed by a list."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from assent.broadcasts import progress
from assent.broadcasts.fanout import Fanout
from assent.broadcasts.model import (
    Broadcast,
    NewBroadcast,
    PlanBroadcast,
    Report,
    SendChunk,
    place_of,
)
from assent.broadcasts.plan import Planner
from assent.broadcasts.service import BroadcastService
from assent.consent import store as consent
from assent.consent.model import Agreement, Channel, Consent, Source, Standing
from assent.contacts import store as contacts
from assent.contacts.groups import store as group_store
from assent.contacts.groups.model import Group, Membership
from assent.contacts.model import Contact, QueuePlace, QueueState
from assent.messaging.model import MessageState, RecordReceipt
from assent.platform.ids import new_id
from assent.platform.queues import Command, Outbox
from assent.platform.tables import Transaction
from tests.fakes import World

AMPLE = 1_000_000
TEXT = 'Harbor Alerts: hello {{ first_name | default: "friend" }}.'


def ample() -> int:
    """All the time that a worker could wish for."""
    return AMPLE


@dataclass
class Calendar:
    """Schedules as a dictionary."""

    kept: dict[tuple[str, str], tuple[datetime, PlanBroadcast]] = field(default_factory=dict)

    def put(self, command: PlanBroadcast, at: datetime) -> None:
        self.kept[command.broadcast_id, command.run] = (at, command)

    def remove(self, broadcast_id: str, run: str) -> None:
        self.kept.pop((broadcast_id, run), None)


class Desk:
    """An operator's desk in account A, with the workers behind it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clock = world.clock
        self.queue = Outbox()
        self.calendar = Calendar()
        self.planner = Planner(world.clock, world.accounts, plans=self.queue, chunks=self.queue)
        self.fanout = Fanout(world.clock, world.dispatcher, chunks=self.queue)
        self.service = BroadcastService(world.clock, world.accounts, self.queue, self.calendar)
        self._people = 0

    def person(
        self,
        *groups: Group,
        standing: Standing = Standing.SUBSCRIBED,
        first_name: str = "Ann",
        channels: frozenset[Channel] | None = None,
    ) -> Contact:
        """Make a contact in some groups, with its consent and what the memberships say of it."""
        self._people += 1
        now = self.clock.now()
        phone = f"+1212556{self._people:04}"
        subject = self.world.pseudonyms.of(phone)
        contact = Contact(
            id=new_id("ct", now),
            account_id=self.world.a.id,
            phone=phone,
            subject=subject,
            first_name=first_name,
            last_name="Lee",
            created_at=now,
            queue=QueuePlace(state=QueueState.MOVED),
        )
        reach = channels
        if reach is None:
            reach = frozenset({Channel.SMS} if standing == Standing.SUBSCRIBED else ())
        transaction = Transaction()
        contacts.add_contact(transaction, contact)
        before = Consent(account_id=contact.account_id, subject=subject)
        agreement = Agreement(standing=standing, effective_at=now, source=Source.FORM)
        after = before.model_copy(
            update={
                "contact_id": contact.id,
                "agreements": {f"{self.world.sender.id}|sms": agreement},
                "sequence": 1,
            }
        )
        consent.add_consent(transaction, before, after)
        for group in groups:
            member = Membership(
                group_id=group.id,
                contact_id=contact.id,
                phone=phone,
                subject=subject,
                channels=reach,
            )
            group_store.add_membership(transaction, contact.account_id, member)
        transaction.commit()
        if groups:
            contacts.ContactRecord(*contacts.contact_key(contact.account_id, contact.id)).update(
                actions=[contacts.ContactRecord.groups.add([group.id for group in groups])]
            )
        return contact

    def draft(self, *groups: Group, minus: tuple[Group, ...] = (), text: str = TEXT) -> Broadcast:
        """Write a broadcast to some groups."""
        wanted = NewBroadcast(
            name="Opening hours",
            groups=[group.id for group in groups],
            minus_groups=[group.id for group in minus],
            template=text,
        )
        return self.service.create(self.world.a, wanted, by="Olga")

    def start(self, *groups: Group, minus: tuple[Group, ...] = (), text: str = TEXT) -> Broadcast:
        """Have a broadcast to some groups sent now; the workers have not seen it yet."""
        made = self.draft(*groups, minus=minus, text=text)
        return self.service.schedule(made.account_id, made.id, None)

    def send(self, *groups: Group, minus: tuple[Group, ...] = (), text: str = TEXT) -> Broadcast:
        """Send a broadcast to some groups, to its end."""
        started = self.start(*groups, minus=minus, text=text)
        self.run()
        return self.fresh(started)

    def fresh(self, broadcast: Broadcast) -> Broadcast:
        """Read a broadcast again."""
        return self.service.get(broadcast.account_id, broadcast.id)

    def report(self, broadcast: Broadcast) -> Report:
        """Read what came of a broadcast."""
        return progress.report(self.fresh(broadcast))

    def handle(self, command: Command, remaining: Callable[[], int] = ample) -> str:
        """Give one command to its worker."""
        match command:
            case PlanBroadcast():
                return self.planner.plan(command, remaining)
            case SendChunk():
                return self.fanout.send(command, remaining)
            case RecordReceipt():
                return self.world.receipts.record(command)
        raise TypeError(type(command))

    def run(self) -> list[str]:
        """Handle commands, letting time pass for those held back, until none is left."""
        outcomes = []
        while self.queue.sent:
            command, delay = self.queue.sent.pop(0)
            self.clock.advance(seconds=delay)
            outcomes.append(self.handle(command))
        return outcomes

    def receipt_for(
        self, broadcast: Broadcast, contact: Contact, state: MessageState, code: str = ""
    ) -> RecordReceipt:
        """Write the receipt of a broadcast's message to a contact."""
        return RecordReceipt(
            place=place_of(self.fresh(broadcast), contact.id),
            connection_id=self.world.a.id,
            provider_message_id="SM1",
            state=state,
            code=code,
            received_at=self.clock.now(),
        )
