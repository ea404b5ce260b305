"""The append-only ledger: chains of events, and the check that finds whatever was done to them.

Every stored item is read, whatever was made of it, and every fault is named. The head is kept
outside the ledger's table, so it says which event is the genuine last one; that one says which is
the genuine one before it, and so on. Walking back from the head, a forged event is told from the
genuine ones around it even when its own hash was made to fit.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain as joined
from typing import Any

from pydantic import BaseModel, ValidationError

from assent.consent.events import BESIDE, Happening, LedgerEvent, append, commit, digest
from assent.consent.model import ALL_ACCOUNTS, Channel, EventType, Kind, Source

__all__ = [
    "Fault",
    "Happening",
    "LedgerEvent",
    "Link",
    "append",
    "commit",
    "faults",
    "read",
    "verify",
]

_KEY = re.compile(r"[0-9]{10}")
_ATTRIBUTES = frozenset({"pk", "sk", "event", "evidence", "salt"})


class Fault(BaseModel):
    """What is wrong with a chain, where, and in which field, as far as that can be known."""

    sequence: int
    code: str  # changed, missing, moved, cut_off, head_differs
    message: str
    field: str = ""


@dataclass(frozen=True)
class Link:
    """One stored item as it was found. `event` is nothing when none can be read from it."""

    position: int  # by the item's key; 0 for a key that no event has
    fields: Mapping[str, Any] = field(default_factory=dict)
    evidence: Any = None
    salt: Any = None
    event: LedgerEvent | None = None
    problem: str = ""  # how it differs from what is written
    problem_field: str = ""

    def covered(self) -> dict[str, Any]:
        """Give the fields that the hash covers, as they were found."""
        return {name: value for name, value in self.fields.items() if name not in BESIDE}


def link(event: LedgerEvent) -> Link:
    """Take an event as it would be stored in its place."""
    fields = event.covered() | {"hash": event.hash}
    return Link(event.sequence, fields, event.evidence, event.salt, event)


def read(item: Mapping[str, object]) -> Link:
    """Read a stored item: its attributes by name, texts as `str`, anything else as it is.

    Never raises: whatever an item was made into, the answer says what is wrong with it.
    """
    key = item.get("sk")
    position = int(key) if isinstance(key, str) and _KEY.fullmatch(key) else 0
    fields = _parsed(item.get("event"))
    if not isinstance(fields, dict):
        return Link(position, problem="cannot be read", problem_field="event")
    evidence = _parsed(item["evidence"]) if "evidence" in item else None
    salt = item.get("salt")
    event, problem, where = _event(fields, evidence, salt)
    if event and not problem:
        problem, where = _spelling(item, event)
    return Link(position, fields, evidence, salt, event, problem, where)


def _parsed(text: object) -> object:
    """Parse JSON; what is none is given back as an object that equals nothing."""
    try:
        return json.loads(text) if isinstance(text, str) else object()
    except (ValueError, RecursionError):
        return object()


def _event(
    fields: dict[str, Any], evidence: object, salt: object
) -> tuple[LedgerEvent | None, str, str]:
    try:
        event = LedgerEvent.model_validate({**fields, "evidence": evidence, "salt": salt})
    except ValidationError as error:
        place = error.errors()[0]["loc"]
        return None, "cannot be read", str(place[0]) if place else "event"
    return event, "", ""


def _spelling(item: Mapping[str, object], event: LedgerEvent) -> tuple[str, str]:
    """Compare an item with what is written for its event, to the byte."""
    strange = sorted(item.keys() - _ATTRIBUTES)
    if strange:
        return "holds something that was not written", strange[0]
    written = event.covered() | {"hash": event.hash}
    unknown = [name for name in written if name not in LedgerEvent.model_fields]
    if unknown:
        return "holds something that was not written", unknown[0]
    found = json.loads(str(item["event"]))
    for name in written:
        if json.dumps(found.get(name)) != json.dumps(written[name]):
            return "is not spelt as it was written", name
    if item["event"] != json.dumps(written):
        return "is not spelt as it was written", "event"
    if event.evidence is not None:
        sorted_evidence = dict(sorted(event.evidence.items()))
        if item["evidence"] != json.dumps(sorted_evidence):
            return "is not spelt as it was written", "evidence"
    return "", ""


def verify(
    owner: str, subject: str, events: Iterable[LedgerEvent | Link], head: tuple[int, str]
) -> Fault | None:
    """Check a chain and name its first fault; `head` is the (sequence, hash) kept elsewhere."""
    found = faults(owner, subject, events, head)
    return found[0] if found else None


def faults(
    owner: str, subject: str, events: Iterable[LedgerEvent | Link], head: tuple[int, str]
) -> list[Fault]:
    """Check a chain and name its faults, first things first.

    Codes: `changed`, `missing` (taken out of the middle), `moved` (belongs to another place or
    another chain), `cut_off` (the chain ends before its head), `head_differs` (the chain and its
    head are not of one another).
    """
    walk = _Walk(owner, subject, head)
    links = [one if isinstance(one, Link) else link(one) for one in events]
    walk.place(links)
    walk.back()
    return sorted(walk.found, key=lambda fault: fault.sequence)


class _Walk:
    """One check of one chain."""

    def __init__(self, owner: str, subject: str, head: tuple[int, str]) -> None:
        self.owner, self.subject = owner, subject
        self.last, self.head = head
        self.placed: dict[int, Link] = {}
        self.found: list[Fault] = []

    def note(self, sequence: int, code: str, message: str, named: str = "") -> None:
        self.found.append(Fault(sequence=sequence, code=code, message=message, field=named))

    def place(self, links: Iterable[Link]) -> None:
        """Put each link in its place; name gaps, and what has no place."""
        at = 0
        for one in links:
            if one.position <= at:
                text = f"After event {at} stands an item that is no event {at + 1}."
                self.note(at + 1, "moved", text, "key")
                continue
            if one.position > at + 1:
                gap = f"Event {at + 1} is missing: event {one.position} stands there."
                self.note(at + 1, "missing", gap)
            at = one.position
            self.placed[at] = one

    def back(self) -> None:
        """Walk back from the head, then compare the chain's end with it."""
        known: str | None = None
        for at in sorted(self.placed, reverse=True):
            if at == self.last:
                known = self.head
            genuine = self.look_at(at, known)
            before = self.placed[at].fields.get("previous")
            known = before if genuine and at - 1 in self.placed else None
        end = max(self.placed, default=0)
        ends = f"The chain ends at event {end}; its head says {self.last}."
        if end < self.last:
            self.note(end + 1, "cut_off", ends)
        elif end > self.last:
            self.note(self.last + 1, "head_differs", ends, "head")

    def look_at(self, at: int, known: str | None) -> bool:
        """Look at one event; `known` is the hash of the genuine one, if that is known.

        Returns whether its fields can be trusted in saying what stands before it.
        """
        one = self.placed[at]
        claimed = one.fields.get("hash")
        own = digest(one.covered()) if one.fields else None
        if own is None or own != (known or claimed):
            if own is not None and own == claimed and own != known:
                self.foreign(at, one)
            else:
                self.changed(at, one, known)
            return False
        if named := self.misplaced(at, one):
            self.note(at, "moved", f"Event {at} belongs to another place or chain.", named)
            return False
        if claimed != own:
            self.note(at, "changed", f"The hash of event {at} was changed.", "hash")
        elif one.problem:
            self.note(at, "changed", f"Event {at} {one.problem}.", one.problem_field)
        else:
            self.beside(at, one)
        return True

    def misplaced(self, at: int, one: Link) -> str:
        """Name the field by which an event belongs elsewhere, if it does."""
        wanted = {"owner": self.owner, "subject": self.subject, "sequence": at}
        if at == 1:
            wanted["previous"] = ""
        return next((name for name in wanted if one.fields.get(name) != wanted[name]), "")

    def foreign(self, at: int, one: Link) -> None:
        """Name an event that is sound in itself, but not the one that should stand here."""
        named = self.misplaced(at, one)
        if named:
            self.note(at, "moved", f"Event {at} belongs to another place or chain.", named)
        elif at == self.last:
            self.note(at, "head_differs", f"Event {at} is not the one that the head is of.", "head")
        else:
            self.note(at, "changed", f"Event {at} was replaced, and its hash made to fit.")

    def changed(self, at: int, one: Link, known: str | None) -> None:
        """Name a changed event, and its field if one value can be found that makes it fit."""
        wanted = known or one.fields.get("hash")
        for named, value in self.guesses(at, one) if one.fields else ():
            if digest(one.covered() | {named: value}) == wanted:
                was = f"its {named} was {json.dumps(value)}"
                text = f"Event {at} was changed after it was written: {was}."
                self.note(at, "changed", text, named)
                return
        for named in one.covered().keys() - LedgerEvent.model_fields.keys():
            if digest({k: v for k, v in one.covered().items() if k != named}) == wanted:
                self.note(at, "changed", f"A field was added to event {at}.", named)
                return
        text = one.problem or "was changed after it was written"
        self.note(at, "changed", f"Event {at} {text}.", one.problem_field)

    def guesses(self, at: int, one: Link) -> Iterator[tuple[str, Any]]:
        """Give the values that fields of this event may have had: all where there are few."""
        before = self.placed.get(at - 1)
        yield "owner", self.owner
        yield "subject", self.subject
        yield "sequence", at
        yield "previous", before.fields.get("hash") if before else ""
        yield from (("type", value.value) for value in EventType)
        yield from (("source", value.value) for value in Source)
        yield from (("kind", value) for value in (None, *(kind.value for kind in Kind)))
        sms, voice = Channel.SMS.value, Channel.VOICE.value
        for channels in ([sms], [voice], [sms, voice], [voice, sms], []):
            yield "channels", channels
        for name in ("scope", "actor", "sender_id"):
            others = (other.fields.get(name) for other in self.placed.values())
            own = (ALL_ACCOUNTS, self.owner, "")
            yield from ((name, value) for value in dict.fromkeys(map(str, joined(own, others))))
        yield "recorded_at", one.fields.get("effective_at")
        yield "effective_at", one.fields.get("recorded_at")
        if isinstance(one.salt, str) and isinstance(one.evidence, dict):
            yield "commitment", commit(one.evidence, one.salt)

    def beside(self, at: int, one: Link) -> None:
        """Compare evidence and salt with the commitment; erased is sound, by halves is not."""
        if one.evidence is None and one.salt is None:
            return
        if one.evidence is None or one.salt is None:
            lost = "evidence" if one.evidence is None else "salt"
            text = f"Event {at} lost its {lost} alone: an erasure takes evidence and salt."
            self.note(at, "changed", text, lost)
        elif commit(one.evidence, one.salt) != one.fields.get("commitment"):
            text = f"The evidence of event {at}, or its salt, was changed."
            self.note(at, "changed", text, "evidence")
