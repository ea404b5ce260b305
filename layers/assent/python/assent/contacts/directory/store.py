"""Entries by which contacts are found, in the `contacts` table beside the contacts themselves.

A contact has an entry in the order of names, one for each further word of its name, one for its
e-mail address, one for the end of its number, one for each label, and one as a favourite.
"""

from collections.abc import Iterable, Iterator
from heapq import merge
from typing import NamedTuple, TypeVar

from pynamodb.attributes import UnicodeAttribute

from assent.contacts.directory import words
from assent.contacts.model import Contact
from assent.platform import settings
from assent.platform.ids import shard_of
from assent.platform.tables import Record, Stretch, Transaction, along, count

_R = TypeVar("_R", bound=Record)


class NameRecord(Record):
    """`<ac>#names#<shard>` / `<name>#<ct>`: a contact in the order of names."""

    class Meta:
        table_name = "contacts_table"


class WordRecord(Record):
    """`<ac>#words#<shard>` / `<word>#<ct>`: a further word of a name, or an e-mail address.

    `name` puts what was found in the order of names.
    """

    class Meta:
        table_name = "contacts_table"

    name = UnicodeAttribute()


class TailRecord(Record):
    """`<ac>#tail#<digits>` / `<number backwards>#<ct>`: a number by its last four digits.

    Backwards, so that however many digits were typed, those who have them lie together.
    """

    class Meta:
        table_name = "contacts_table"


class LabelledRecord(Record):
    """`<ac>#label#<lb>#<shard>` / `<ct>`."""

    class Meta:
        table_name = "contacts_table"


class FavouriteRecord(Record):
    """`<ac>#favourites#<shard>` / `<ct>`."""

    class Meta:
        table_name = "contacts_table"


class Entry(NamedTuple):
    """One entry of a contact, as it is stored."""

    pk: str
    sk: str
    record: type[Record]
    more: tuple[str, str] | None = None  # an attribute and its value

    def stored(self) -> Record:
        """Return it as a record."""
        record = self.record(self.pk, self.sk)
        if self.more:
            setattr(record, *self.more)
        return record


class Match(NamedTuple):
    """A contact that an entry leads to."""

    contact_id: str
    name: str


def entries(contact: Contact) -> set[Entry]:
    """Work out all entries of a contact; one that was erased has none."""
    if contact.erased_at:
        return set()
    account_id, shard = contact.account_id, _shard(contact.id)
    name = words.sorted_by(contact)
    number = words.digits(contact.phone)
    further = {*words.of_name(contact)[1:], words.email(contact.email)} - {""}
    labels = (f"{account_id}#label#{label_id}#{shard}" for label_id in contact.labels)
    favourite = [f"{account_id}#favourites#{shard}"] if contact.favourite else []
    return {
        Entry(f"{account_id}#names#{shard}", f"{name}#{contact.id}", NameRecord),
        *(
            Entry(
                f"{account_id}#words#{shard}",
                f"{word}#{contact.id}",
                WordRecord,
                ("name", name),
            )
            for word in further
        ),
        Entry(
            f"{account_id}#tail#{number[-words.TAIL :]}",
            f"{number[::-1]}#{contact.id}",
            TailRecord,
        ),
        *(Entry(key, contact.id, LabelledRecord) for key in labels),
        *(Entry(key, contact.id, FavouriteRecord) for key in favourite),
    }


def _shard(contact_id: str) -> int:
    return shard_of(contact_id, settings.current().contact_shards)


def put_entries(contacts: Iterable[Contact]) -> None:
    """Write all entries of contacts; doing it again changes nothing."""
    # One batch takes items of the whole table, whichever record they are.
    with NameRecord.batch_write() as batch:
        for contact in contacts:
            for entry in sorted(entries(contact), key=_key):
                batch.save(entry.stored())


def delete_entries(contacts: Iterable[Contact]) -> None:
    """Remove all entries of contacts; doing it again changes nothing."""
    with NameRecord.batch_write() as batch:
        for contact in contacts:
            for entry in sorted(entries(contact), key=_key):
                batch.delete(entry.stored())


def change_entries(before: Contact, after: Contact | None) -> None:
    """Bring the entries from what a contact was to what it is, one by one; safe to repeat."""
    new = entries(after) if after else set()
    kept = {_key(entry) for entry in new}
    with NameRecord.batch_write() as batch:
        for entry in sorted(new, key=_key):
            batch.save(entry.stored())
        for entry in sorted(entries(before), key=_key):
            if _key(entry) not in kept:
                batch.delete(entry.stored())


def add_entries(transaction: Transaction, before: Contact | None, after: Contact) -> None:
    """Bring the entries from what a contact was to what it is, within a transaction."""
    old = entries(before) if before else set()
    new = entries(after)
    kept = {_key(entry) for entry in new}
    for entry in sorted(new - old, key=_key):
        transaction.put("entry", entry.stored())
    for entry in sorted(old - new, key=_key):
        if _key(entry) not in kept:
            transaction.delete("entry", entry.stored())


def _key(entry: Entry) -> tuple[str, str]:
    return entry.pk, entry.sk


def ordered(account_id: str, stretch: Stretch) -> Iterator[str]:
    """Walk the entries in the order of names, `<name>#<ct>`."""
    shards = (
        along(NameRecord, f"{account_id}#names#{number}", stretch)
        for number in range(settings.current().contact_shards)
    )
    return merge(*((record.sk for record in shard) for shard in shards))


def contacts_count(account_id: str, bound: int) -> int:
    """Count an account's contacts, no further than about `bound`, by their entries.

    They take a seventh of what contacts do. Who was erased has none, and is not counted.
    """
    total = 0
    for number in range(settings.current().contact_shards):
        total += count(NameRecord, f"{account_id}#names#{number}", bound - total)
        if total >= bound:
            break
    return total


def beginning(account_id: str, prefix: str, most: int) -> list[Match]:
    """Find contacts of whom a word of the name, or the e-mail, begins like this; up to `most`.

    The names themselves begin with their first word.
    """
    found: list[Match] = []
    for number in range(settings.current().contact_shards):
        names = _beginning(NameRecord, f"{account_id}#names#{number}", prefix, most)
        found += (Match(one.sk.rpartition("#")[2], one.sk.rpartition("#")[0]) for one in names)
        further = _beginning(WordRecord, f"{account_id}#words#{number}", prefix, most)
        found += (Match(one.sk.rpartition("#")[2], one.name) for one in further)
        if len(found) >= most:
            break
    return found[:most]


def _beginning(model: type[_R], pk: str, prefix: str, most: int) -> Iterable[_R]:
    within = model.sk.between(prefix, f"{prefix}\U0010ffff")
    return model.query(pk, within, limit=most, page_size=most)


def ending(account_id: str, endings: Iterable[str], most: int) -> list[Match]:
    """Find contacts whose number ends in one of these, of four digits or more each; up to `most`.

    A whole number leads to its contact, however many others share its last four digits.
    """
    found: set[str] = set()
    for digits in endings:
        pk = f"{account_id}#tail#{digits[-words.TAIL :]}"
        within = TailRecord.sk.startswith(digits[::-1])
        records = TailRecord.query(pk, within, limit=most, page_size=most)
        found |= {record.sk.rpartition("#")[2] for record in records}
    return [Match(contact_id, "") for contact_id in sorted(found)[:most]]


def labelled(account_id: str, label_id: str, shard: int, stretch: Stretch) -> Iterator[str]:
    """Walk one shard of the contacts that have a label, in the order of arrival."""
    found = along(LabelledRecord, f"{account_id}#label#{label_id}#{shard}", stretch)
    return (record.sk for record in found)


def favourites(account_id: str, shard: int, stretch: Stretch) -> Iterator[str]:
    """Walk one shard of the favourites, in the order of arrival."""
    return (
        record.sk for record in along(FavouriteRecord, f"{account_id}#favourites#{shard}", stretch)
    )
