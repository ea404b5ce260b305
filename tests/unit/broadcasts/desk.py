"""Broadcasts in the small world: people with chosen consent, and workers fed by a list."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from assent.broadcasts import progress
from assent.broadcasts.drafts import DraftService
from assent.broadcasts.fanout import Fanout
from assent.broadcasts.model import (
    Broadcast,
    NewBroadcast,
    PlanBroadcast,
    ReleaseWork,
    SendChunk,
    WakeSlot,
    place_of,
)
from assent.broadcasts.pacing.lanes import Lanes
from assent.broadcasts.pacing.pacer import Pacer
from assent.broadcasts.plan import Planner
from assent.broadcasts.results import Report
from assent.broadcasts.schedules.scheduler import NotedSchedules, name_of
from assent.broadcasts.service import BroadcastService, Schedule
from assent.consent import store as consent
from assent.consent.model import Agreement, Channel, Consent, Source, Standing
from assent.contacts import store as contacts
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Group, Membership
from assent.contacts.model import Contact, QueuePlace, QueueState
from assent.messaging.copies import Copies
from assent.messaging.model import MessageState, RecordReceipt
from assent.platform.ids import new_id
from assent.platform.queues import Command, Outbox
from assent.platform.tables import Transaction
from tests.executors import InTurn
from tests.fakes import World

AMPLE = 1_000_000
TEXT = 'Harbor Alerts: hello {{ first_name | default: "friend" }}.'


def ample() -> int:
    """All the time that a worker could wish for."""
    return AMPLE


@dataclass
class Calendar:
    """Schedules as a dictionary."""

    kept: dict[tuple[str, str], tuple[datetime, Command]] = field(default_factory=dict)

    def put(self, broadcast_id: str, run: str, command: Command, at: datetime) -> None:
        self.kept[broadcast_id, run] = (at, command)

    def remove(self, broadcast_id: str, run: str) -> None:
        self.kept.pop((broadcast_id, run), None)

    def sent(self, name: str) -> str | None:
        found = (one for key, (_, one) in self.kept.items() if name_of(*key) == name)
        command = next(found, None)
        return command.model_dump_json() if command else None


class Desk:
    """An operator's desk in account A, with the workers behind it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clock = world.clock
        self.queue = Outbox()
        self.calendar = Calendar()
        self.pacer = Pacer(world.clock, world.accounts, plans=self.queue, chunks=self.queue)
        self.lanes = Lanes(world.accounts, plans=self.queue)
        self.planner = Planner(
            world.clock,
            world.accounts,
            self.queue,
            self.lanes,
            schedules=NotedSchedules(self.calendar),
        )
        self.fanout = Fanout(
            world.clock, Copies(world.dispatcher, InTurn()), chunks=self.queue, plans=self.queue
        )
        self.drafts = DraftService(world.clock, world.accounts)
        self.service = BroadcastService(
            world.clock, world.accounts, self.queue, NotedSchedules(self.calendar), self.lanes
        )
        self._people = self._handed_out = 0

    def feed(self, queue: Outbox) -> None:
        """Have all commands go to another queue."""
        self.queue = queue
        self.lanes.plans = self.service.plans = self.planner.plans = queue
        self.pacer.plans = self.pacer.chunks = queue
        self.fanout.plans = self.fanout.chunks = queue

    def person(
        self,
        *groups: Group,
        standing: Standing = Standing.SUBSCRIBED,
        first_name: str = "Ann",
        channels: frozenset[Channel] | None = None,
        phone: str = "",
    ) -> Contact:
        """Make a contact in some groups, with its consent and what the memberships say of it."""
        self._people += 1
        now = self.clock.now()
        phone = phone or f"+1212556{self._people:04}"
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
                "agreements": {
                    f"{self.world.sender.id}|{channel}": agreement
                    for channel in {Channel.SMS} | reach
                },
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
            member_store.add_membership(transaction, contact.account_id, member)
        transaction.commit()
        if groups:
            contacts.ContactRecord(*contacts.contact_key(contact.account_id, contact.id)).update(
                actions=[contacts.ContactRecord.groups.add([group.id for group in groups])]
            )
        return contact

    def people(self, group: Group, number: int) -> None:
        """Make many contacts in a group at once, who are subscribed."""
        account_id = self.world.a.id
        with (
            contacts.ContactRecord.batch_write() as found,
            member_store.MembershipRecord.batch_write() as members,
        ):
            for at in range(number):
                contact_id = new_id("ct", self.clock.now())
                phone, subject = f"+1212557{at:04}", f"{group.id}{at}"
                found.save(
                    contacts.ContactRecord(
                        *contacts.contact_key(account_id, contact_id),
                        phone=phone,
                        subject=subject,
                        first_name="Ann",
                        last_name="Lee",
                        created_at=self.clock.now(),
                        compliance_state="delivered",
                        compliance_rank=4,
                        queue_state="moved",
                        sms_mark="subscribed",
                        groups={group.id},
                    )
                )
                key = member_store.member_key(account_id, group.id, contact_id)
                members.save(
                    member_store.MembershipRecord(
                        *key, phone=phone, subject=subject, channels={"sms"}
                    )
                )

    def join(self, contact: Contact, group: Group) -> None:
        """Put a contact into another group, with the channels that it has."""
        transaction = Transaction()
        member = Membership(
            group_id=group.id,
            contact_id=contact.id,
            phone=contact.phone,
            subject=contact.subject,
            channels=frozenset({Channel.SMS}),
        )
        member_store.add_membership(transaction, contact.account_id, member)
        transaction.commit()
        contacts.ContactRecord(*contacts.contact_key(contact.account_id, contact.id)).update(
            actions=[contacts.ContactRecord.groups.add([group.id])]
        )

    def draft(self, *groups: Group, minus: tuple[Group, ...] = (), text: str = TEXT) -> Broadcast:
        """Write a broadcast to some groups."""
        wanted = self.wanted(*groups, minus=minus, text=text)
        return self.drafts.create(self.world.a, wanted, by="Olga")

    @staticmethod
    def wanted(
        *groups: Group, minus: tuple[Group, ...] = (), text: str = TEXT, **choices: str
    ) -> NewBroadcast:
        """Say what a user writes to make a broadcast."""
        chosen = [group.id for group in groups]
        left_out = [group.id for group in minus]
        return NewBroadcast.model_validate(
            {
                "name": "Opening hours",
                "groups": chosen,
                "minus_groups": left_out,
                "template": text,
                **choices,
            }
        )

    def begin(self, made: Broadcast, **when: object) -> Broadcast:
        """Have a draft sent, now or when it is said."""
        return self.service.schedule(self.world.a, made.id, Schedule.model_validate(when))

    def start(self, *groups: Group, minus: tuple[Group, ...] = (), text: str = TEXT) -> Broadcast:
        """Have a broadcast to some groups sent now; the workers have not seen it yet."""
        made = self.draft(*groups, minus=minus, text=text)
        return self.begin(made)

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
            case ReleaseWork():
                return self.pacer.release(command)
            case WakeSlot():
                return self.planner.wake(command)
            case SendChunk():
                return self.fanout.send(command, remaining)
            case RecordReceipt():
                return self.world.receipts.record(command)
            case _:
                return self.world.handle(command)

    def run(self, until: datetime | None = None) -> list[str]:
        """Let time pass from one command to the next, and schedules go off, until none is left."""
        results: list[str] = []
        waiting: list[tuple[datetime, int, Command]] = []
        kept = self.calendar.kept
        while True:
            now = self.clock.now()
            for command, delay in self.queue.sent:
                self._handed_out += 1
                waiting.append((now + timedelta(seconds=delay), self._handed_out, command))
            self.queue.sent.clear()
            waiting.sort(key=lambda one: one[:2])
            next_due = waiting[0][0] if waiting else None
            key = min(kept, key=lambda one: kept[one][0], default=None)
            next_at = kept[key][0] if key else None
            coming = [at for at in (next_due, next_at) if at]
            if not coming or (until and min(coming) > until):
                self.queue.sent = [(c, (due - now).seconds) for due, _, c in waiting]
                return results
            if key and next_at and (next_due is None or next_at < next_due):
                command = kept.pop(key)[1]
            else:
                command = waiting.pop(0)[2]
            self.clock.at = max(min(coming), now)
            results.append(self.handle(command))

    def chunks(self) -> list[SendChunk]:
        """Let the plan and the pacer run until work is let go, and take it from the queue."""
        [plan] = self.queue.take(PlanBroadcast)
        self.handle(plan)
        for release in self.queue.take(ReleaseWork):
            self.handle(release)
        return self.queue.take(SendChunk)

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
