"""Profiles of the small world: making and editing them, and what must hold of their entries."""

import boto3

from assent.broadcasts.renumbered import take_places
from assent.contacts import store
from assent.contacts.directory import store as directory
from assent.contacts.history.model import Person
from assent.contacts.model import Contact
from assent.contacts.profile.model import NewContact, ProfileChange
from assent.contacts.profile.service import ProfileService
from tests.fakes import World

OLGA, OMAR = Person(id="user-1", name="Olga"), Person(id="user-2", name="Omar")
_PARTS = ("names", "words", "tail", "label", "favourites")


class Profiles:
    """Contacts of account A as its users make and edit them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.service = ProfileService(world.clock, world.accounts, world.pseudonyms, take_places)

    def create(self, phone: str, by: Person = OLGA, **fields: object) -> Contact:
        """Let somebody make a contact, a second after whatever was before."""
        self.world.clock.advance(seconds=1)
        new = NewContact.model_validate({"phone": phone, **fields})
        return self.service.create(self.world.a, new, by)

    def edit(
        self, contact: Contact, by: Person = OLGA, version: int | None = None, **fields: object
    ) -> Contact:
        """Let somebody edit a contact as they read it."""
        self.world.clock.advance(seconds=1)
        values = {"version": version or contact.version, **fields}
        change = ProfileChange.model_validate(values)
        return self.service.edit(self.world.a, contact.id, change, by)

    def read(self, contact: Contact) -> Contact:
        found = store.contact(self.world.a.id, contact.id, consistent=True)
        assert found is not None
        return found


def contacts_and_entries(account_id: str) -> tuple[list[Contact], set[tuple[str, str]]]:
    """Read all contacts of an account, and the keys of all entries that lead to any."""
    client = boto3.client("dynamodb")
    keys = []
    for page in client.get_paginator("scan").paginate(TableName="assent-test-contacts"):
        keys += [(item["pk"]["S"], item["sk"]["S"]) for item in page["Items"]]
    mine = [(pk, sk) for pk, sk in keys if pk.startswith(f"{account_id}#")]
    ids = [sk for pk, sk in mine if pk.split("#")[1] == "contacts"]
    found = [one for id_ in ids if (one := store.contact(account_id, id_, consistent=True))]
    return found, {(pk, sk) for pk, sk in mine if pk.split("#")[1] in _PARTS}


def differences(account_id: str) -> set[tuple[str, str]]:
    """Name the entries that lead nowhere, and those that are missing."""
    found, stored = contacts_and_entries(account_id)
    wanted = {(entry.pk, entry.sk) for one in found for entry in directory.entries(one)}
    return stored ^ wanted
