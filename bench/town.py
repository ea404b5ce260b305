"""An account of a chosen size, written straight into `bench.tables`, and a small group in it.

At size 1 it has 100 contacts; a thousand times that is 100,000. A fifth of them waits in the opt-in
queue; all others are in the group "Everybody", and each in one of the account's further groups; one
in ten has a label, one in fifty is a favourite. Groups and past broadcasts grow along. What is
measured is done to "Regulars", who are as many in every town, and to people who come by.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from unittest.mock import patch

from ulid import ULID

from assent.broadcasts.definitions import store as definitions
from assent.contacts.directory import service as directory
from assent.contacts.directory import store as entries
from assent.contacts.directory.model import Filter, Sort
from assent.contacts.groups import store as group_store
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Group
from assent.contacts.groups.service import create_group
from assent.contacts.labels.model import Label
from assent.contacts.model import Contact, QueuePlace, QueueState
from assent.contacts.queue.store import place_in_line
from assent.contacts.store import ContactRecord, contact_key
from assent.platform import settings
from assent.platform.clock import FixedClock
from assent.platform.queues import Command, Outbox
from assent.platform.tables import Record
from bench import doors
from bench.doors import Watch
from bench.expressions import Item
from bench.tables import Tables
from tests.conftest import environment
from tests.fakes import FakeProvider, World
from tests.unit.broadcasts.desk import Desk

PEOPLE = 100
GROUPS = 3
REGULARS = 48
LABEL = Label(
    id=f"lb_{'0' * 26}", account_id=f"ac_{'A' * 26}", name="VIP", created_at=FixedClock().now()
)
_FIRST = ("Ann", "Bob", "Carla", "David", "Elena", "Frank", "Grace", "Hugo", "Ines", "Jonas")
_LAST = (
    "Featherstonehaugh",
    "Lee",
    "Okonkwo",
    "Marín",
    "Castellano",
    "Nakamura",
    "Oduya",
    "Petrov",
)
_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru")


@dataclass
class Meter:
    """What was used while it was on."""

    write_units: float = 0
    read_units: float = 0
    calls: int = 0
    messages: int = 0
    cpu_seconds: float = 0


class Town:
    """A world at one size."""

    def __init__(self, size: int, tables: Tables, watch: Watch) -> None:
        self.size, self.tables, self._watch = size, tables, watch
        self.world = World(settings.current(), FakeProvider())
        self.desk = Desk(self.world)
        self.account = self.world.a
        self.everybody = create_group(self.account, "Everybody", self.world.clock)
        self.regulars = create_group(self.account, "Regulars", self.world.clock)
        self._groups = [self._group(number) for number in range(GROUPS * size)]
        self._settle(PEOPLE * size)
        self._broadcast(size)
        self.world.clock.advance(days=1)

    @contextmanager
    def measured(self) -> Iterator[Meter]:
        """Count what is used inside."""
        meter, tables = Meter(), self.tables
        tables.forget()
        began = self._watch.now()
        with _messages(meter):
            yield meter
        meter.cpu_seconds = self._watch.now() - began
        meter.write_units, meter.read_units = tables.write_units, tables.read_units
        meter.calls = tables.calls.total()

    @property
    def email(self) -> str:
        """Return the e-mail address of somebody who lives here."""
        return self._person(11).email

    def regular(self) -> Contact:
        """Return one of the regulars."""
        asked = Filter(group_id=self.regulars.id)
        return directory.page(self.account, asked, Sort.NEWEST, None, 1).contacts[0]

    def _group(self, number: int) -> Group:
        made = self.everybody.model_copy(
            update={"id": f"gr_{ULID.from_bytes(number.to_bytes(16, 'big'))}", "name": f"G{number}"}
        )
        record = group_store.GroupRecord(
            f"{made.account_id}#groups",
            made.id,
            name=made.name,
            sender_id=made.sender_id,
            created_at=made.created_at,
        )
        self._put([record])
        return made

    def _settle(self, people: int) -> None:
        """Write contacts and all that they are found by."""
        names = settings.current()
        items: dict[str, list[tuple[str, Item]]] = {}
        shared: dict[str, dict[str, str]] = {}
        plain = self._item(self._record(self._person(0)))

        def put(item: Item) -> None:
            pk = item["pk"]["S"]
            item["pk"] = shared.setdefault(pk, item["pk"])  # as many would need much room
            items.setdefault(pk, []).append((item["sk"]["S"], item))

        for number in range(people):
            person = self._person(number)
            put(plain | self._own(person))
            for entry in entries.entries(person):
                item: Item = {"pk": {"S": entry.pk}, "sk": {"S": entry.sk}}
                if entry.more:
                    item[entry.more[0]] = {"S": entry.more[1]}
                put(item)
            for group_id in person.groups:
                pk, sk = member_store.member_key(self.account.id, group_id, person.id)
                put(
                    {
                        "pk": {"S": pk},
                        "sk": {"S": sk},
                        "phone": {"S": person.phone},
                        "subject": {"S": person.subject},
                        "channels": {"SS": ["sms"]},
                    }
                )
            if person.queue.arrived_at:
                put(self._item(place_in_line(person, person.queue.arrived_at)))
        for pk, found in items.items():
            self.tables.partition(names.contacts_table, pk).fill(found)
        self.desk.people(self.regulars, REGULARS)

    def _person(self, number: int) -> Contact:
        at = self.world.clock.now() - timedelta(days=30) + timedelta(milliseconds=number)
        raw = int(at.timestamp() * 1000).to_bytes(6, "big") + number.to_bytes(10, "big")
        waits = number % 5 == 0
        groups = {self.everybody.id, self._groups[number % len(self._groups)].id}
        last = (
            _LAST[number % len(_LAST)]
            + _SYLLABLES[number // 8 % 10]
            + _SYLLABLES[number // 80 % 10]
        )
        state = QueueState.QUEUED if waits else QueueState.MOVED
        return Contact(
            id=f"ct_{ULID.from_bytes(raw)}",
            account_id=self.account.id,
            phone=f"+1415{2_000_000 + number * 7 % 7_999_999:07}",
            subject=f"{number:032x}",
            first_name=_FIRST[number % len(_FIRST)],
            last_name=last,
            email=f"{last.lower()}.{number}@example.com",
            created_at=at,
            integration_id=self.world.integration.id,
            labels=frozenset({LABEL.id} if number % 10 == 1 else ()),
            favourite=number % 50 == 2,  # noqa: PLR2004 -- as said above
            groups=frozenset(() if waits else groups),
            queue=QueuePlace(state=state, arrived_at=at if waits else None),
        )

    def _record(self, person: Contact) -> ContactRecord:
        return ContactRecord(
            *contact_key(person.account_id, person.id),
            phone=person.phone,
            subject=person.subject,
            first_name=person.first_name,
            last_name=person.last_name,
            created_at=person.created_at,
            integration_id=person.integration_id,
            sms_mark="subscribed",
            voice_mark="subscribed",
            compliance_state="delivered",
            compliance_rank=4,
            queue_state=person.queue.state.value,
        )

    def _own(self, person: Contact) -> Item:
        """Return what sets a person's item apart from others'."""
        pk, sk = contact_key(person.account_id, person.id)
        texts = {
            "pk": pk,
            "sk": sk,
            "phone": person.phone,
            "subject": person.subject,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": person.email,
            "queue_state": person.queue.state.value,
        }
        item: Item = {name: {"S": text} for name, text in texts.items()}
        item["favourite"] = {"BOOL": person.favourite}
        if person.groups:
            item["groups"] = {"SS": sorted(person.groups)}
        if person.labels:
            item["labels"] = {"SS": sorted(person.labels)}
        if person.queue.arrived_at:
            item["arrived_at"] = {"S": f"{person.queue.arrived_at:%Y-%m-%dT%H:%M:%S.%f%z}"}
        return item

    def _broadcast(self, times: int) -> None:
        """Have sent so many broadcasts to the regulars: one for real, the others by its record."""
        sent = self.desk.send(self.regulars)
        for number in range(times - 1):
            raw = (1_700_000_000_000).to_bytes(6, "big") + number.to_bytes(10, "big")
            definitions.put_broadcast(sent.model_copy(update={"id": f"bc_{ULID.from_bytes(raw)}"}))

    @staticmethod
    def _item(record: Record) -> Item:
        return dict(record.serialize())

    def _put(self, records: list[Record]) -> None:
        table = settings.current().contacts_table
        for record in records:
            self.tables.partition(table, record.pk).put(record.sk, self._item(record))


@contextmanager
def _messages(meter: Meter) -> Iterator[None]:
    """Count what is put into queues inside."""
    send, send_all = Outbox.send, Outbox.send_all

    def one(queue: Outbox, command: Command, delay: int = 0) -> None:
        meter.messages += 1
        send(queue, command, delay)

    def many(queue: Outbox, commands: Iterable[tuple[Command, int]]) -> None:
        listed = list(commands)
        meter.messages += len(listed)
        send_all(queue, listed)

    with patch.object(Outbox, "send", one), patch.object(Outbox, "send_all", many):
        yield


@contextmanager
def town(size: int, *, whole: bool = False) -> Iterator[Town]:
    """Give an account of a size, in which everything has been set up; `whole` runs botocore too."""
    tables, provider, watch = Tables(), FakeProvider(), Watch()
    variables = environment() | {"AWS_DEFAULT_REGION": "us-east-1"}
    variables |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
    with (
        patch.dict("os.environ", variables),
        patch.dict("assent.messaging.dispatch.PROVIDERS", {"twilio": provider}),
        patch(
            "assent.messaging.dispatch.credentials",
            lambda _settings, account: provider.credentials(account),
        ),
        doors.between(tables, watch, whole=whole),
    ):
        made = Town(size, tables, watch)
        made.world.provider = provider
        yield made
