"""Imports of contacts of account A, led as an operator does, and what is there afterwards."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import boto3

from assent.consent.chains import store as chain_store
from assent.consent.model import Channel, EventType
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Group, Membership
from assent.contacts.imports.choices import Choices, Proof
from assent.contacts.imports.effects import Effect
from assent.contacts.imports.leading import ContactImportService
from assent.contacts.imports.model import PART, Import, ImportState, Purpose, WorkOnImport
from assent.contacts.imports.people import ContactImports
from assent.contacts.imports.service import ImportService, Upload
from assent.contacts.imports.work import ImportWorker
from assent.platform import settings
from assent.platform.objects import Shelf
from assent.platform.queues import Outbox
from tests.fakes import World

TEXT = "They ticked a box on our paper form in 2025."


def proof(*channels: Channel) -> Proof:
    """Give a proof for these channels, or for text messages."""
    return Proof(text=TEXT, attested_by="Olga Moreno", channels=list(channels or (Channel.SMS,)))


class PeopleDesk:
    """Imports contacts, with files on a shelf and commands in a list."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.account = world.a
        self.shelf = Shelf()
        self.queue = Outbox()
        self.imports = ImportService(world.clock, self.shelf, self.queue)
        self.leading = ContactImportService(world.clock, self.imports)
        self.use(ContactImports(world.clock, world.accounts, world.pseudonyms))

    def use(self, effect: Effect) -> None:
        self.effect = effect
        self.worker = ImportWorker(
            self.world.clock,
            self.world.accounts,
            self.shelf,
            self.queue,
            {Purpose.CONTACTS: effect},
        )

    def made(self, content: bytes, **chosen: object) -> Import:
        """Make an import, send its file, choose."""
        job = self.imports.create(
            self.account,
            Purpose.CONTACTS,
            Upload("people.csv", len(content)),
            Choices().kept(),
            actor="user",
            by="Olga",
        )
        for number in range(1, job.parts_expected + 1):
            job = self.imports.put_part(job, number, content[(number - 1) * PART : number * PART])
        return self.imports.choose(job, "US", Choices.model_validate(chosen).kept())

    def checked(self, content: bytes, **chosen: object) -> Import:
        """Make an import and check it."""
        job = self.made(content, **chosen)
        self.imports.check(job)
        self.run()
        return self.again(job)

    def committed(self, content: bytes, **chosen: object) -> Import:
        """Make an import, check it, and begin its real run."""
        job = self.checked(content, **chosen)
        assert job.state == ImportState.CHECKED, job.problem
        return self.leading.commit(self.account, job)

    def finished(self, content: bytes, **chosen: object) -> Import:
        """Make an import, check and commit it."""
        job = self.committed(content, **chosen)
        self.run()
        return self.again(job)

    def run(self) -> list[str]:
        """Do what is in the queue, and what comes of it, until it is empty."""
        outcomes = []
        while commands := self.queue.take(WorkOnImport):
            outcomes += [self.worker.do(one, lambda: 60_000) for one in commands]
        return outcomes

    def again(self, job: Import) -> Import:
        return self.imports.find(job.account_id, Purpose.CONTACTS, job.id)

    def errors(self, job: Import) -> list[list[str]]:
        """Read the whole error file, without its header."""
        text, parts = self.imports.error_file(self.again(job), 1)
        assert parts == 1
        return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))[1:]

    def membership(self, phone: str, group: Group) -> Membership | None:
        contact = self.world.contact(phone)
        if contact is None:
            return None
        found = member_store.memberships(self.account.id, contact)
        return next((one for one in found if one.group_id == group.id), None)

    def events(self, phone: str) -> list[EventType]:
        subject = self.world.pseudonyms.of(phone)
        return [event.type for event in chain_store.events(self.account.id, subject)]


def rows(*cells: Sequence[str], header: str = "phone,first name,last name,e-mail") -> bytes:
    """Write a file of these rows."""
    return "\n".join([header, *(",".join(one) for one in cells)]).encode()


_PASSING = {"recorded_at", "edited_at", "hash", "commitment", "salt", "head", "previous"}
"""What differs between runs that end the same: times of writing, and what covers them."""


_OWN = ("#imports ", "#progress ", "#slices#")


def keys() -> set[str]:
    """Name the items of the contacts table, `<pk> <sk>`."""
    client = boto3.client("dynamodb")
    pages = client.get_paginator("scan").paginate(TableName=settings.current().contacts_table)
    return {f"{item['pk']['S']} {item['sk']['S']}" for page in pages for item in page["Items"]}


def everything() -> dict[str, Any]:
    """Read all of contacts, consent and ledger, but for what passes and the imports' records."""
    client, names = boto3.client("dynamodb"), settings.current()
    found: dict[str, Any] = {}
    for table in (names.contacts_table, names.consent_table, names.ledger_table):
        for page in client.get_paginator("scan").paginate(TableName=table):
            for item in page["Items"]:
                key = f"{item['pk']['S']} {item['sk']['S']}"
                if not any(one in key for one in _OWN):
                    found[f"{table} {key}"] = _lasting(item)
    return found


def _lasting(item: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in item.items() if name not in _PASSING}
    if "event" in kept:
        event = json.loads(kept["event"]["S"])
        kept["event"] = {name: value for name, value in event.items() if name not in _PASSING}
    return {name: sorted(value["SS"]) if "SS" in value else value for name, value in kept.items()}
