"""Where a timeline's items come from; each source walks back from a position or from a time."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from assent.broadcasts.explanations.why import settled
from assent.consent.chains import store as chain_store
from assent.consent.ledger import LedgerEvent
from assent.consent.model import ALL_ACCOUNTS, Channel, EventType, Source
from assent.contacts.groups.model import Membership
from assent.contacts.history import service as history
from assent.contacts.history import store as history_store
from assent.contacts.history.model import Entry, What
from assent.contacts.model import Contact, Former
from assent.integrations import store as integrations
from assent.messaging import store as messages
from assent.messaging.dispatch import explain
from assent.messaging.incoming import store as incoming
from assent.messaging.model import Message, contact_thread, sender_thread
from assent.platform.clock import from_stamp, stamp
from assent.platform.tables import Stretch
from assent.timeline import words
from assent.timeline.model import Item, Kind, Step, Told, spoilt

PAGE = 25
"""Items that a source reads at a time."""
_STAMP = len("2026-01-05T15:00:00.000Z")
_SHOWN = (
    "message", "key", "call", "url", "ip", "user_agent", "user", "reason", "provider", "code",
    "attested_by", "file", "line",
)  # fmt: skip
"""What a timeline shows of an event's evidence; the proof holds all of it."""
_BY_TEXT = {EventType.STOPPED, EventType.STARTED}
"""What a text to the sender did for all accounts; its words stand in each one's conversation."""
_OWN = ("user", "reason")
"""Who decided and why: of what holds for all accounts it may be another one's user."""
_KINDS = {
    What.NOTE: Kind.NOTE,
    What.EDITED: Kind.EDIT,
    What.NUMBER_CHANGED: Kind.EDIT,
    What.GROUP_JOINED: Kind.GROUP,
    What.GROUP_LEFT: Kind.GROUP,
    What.GROUP_DELETED: Kind.GROUP,
    What.QUEUE_LEFT: Kind.QUEUE,
    What.QUEUE_BACK: Kind.QUEUE,
    What.IMPORTED: Kind.IMPORT,
}
_AFTER_ALL = "~"
_CHAIN_POSITION = re.compile(r"\d{10}\.[01]", re.ASCII)

Walk = Callable[[str | None, str | None], Iterator[Step]]
"""Walks back from beyond a position, or from a time (a stamp) on, or from the newest."""


@dataclass(frozen=True)
class Scene:
    """What is known of a contact before its sources are read."""

    contact: Contact
    senders: tuple[str, ...]
    memberships: tuple[Membership, ...]
    groups: Mapping[str, str]  # names by id
    arrived_by: str  # the name of the integration or file that it came in by


def sources(scene: Scene) -> dict[str, Walk]:
    """Name the sources of a contact's timeline."""
    contact = scene.contact
    account_id = contact.account_id
    found: dict[str, Walk] = {
        "state": partial(_state, scene),
        "history": partial(_history, scene),
        "thread": partial(_thread, contact_thread(account_id, contact.id), ""),
    }
    # Counted from the first number on: they keep their names when another one is added.
    numbers: list[tuple[str, Former | None]] = [(one.subject, one) for one in contact.former]
    for number, (subject, former) in enumerate([*numbers, (contact.subject, None)]):
        found[f"c{number}"] = partial(_chain, account_id, account_id, subject, former)
        for sender_id in scene.senders:
            thread = sender_thread(sender_id, subject)
            found[f"s{number}{sender_id}"] = partial(_chain, sender_id, account_id, subject, former)
            found[f"t{number}{sender_id}"] = partial(
                _answers, thread, stamp(former.until) if former else None
            )
    return found


def _below(position: str | None, since: str | None) -> str | None:
    """Say from beyond which key a source ordered by `<time>#<id>` is to be read."""
    return position if position is not None else (f"{since}{_AFTER_ALL}" if since else None)


# Messages


def _thread(key: str, most: str, position: str | None, since: str | None) -> Iterator[Step]:
    """Walk messages of a thread: in the order of the moments for which they were meant."""
    below = _below(position, since) or most or None
    for message in messages.walk_back(key, below, PAGE):
        sort = message.place.sort
        yield Step(sort[:_STAMP], sort, _message(message))


def _answers(
    key: str, until: str | None, position: str | None, since: str | None
) -> Iterator[Step]:
    """Walk what a sender answered to a phone's keywords; not what it was asked."""
    most = f"{until}{_AFTER_ALL}" if until else incoming.RECEIVED
    below = min(_below(position, since) or most, most)
    return _thread(key, below, None, None)


def _message(message: Message) -> Item:
    at = from_stamp(message.place.sort[:_STAMP])
    detail = {"purpose": message.purpose}
    state = settled(message)
    if state:
        detail["state"] = state
    if message.reason:
        detail["code"] = message.reason
        detail["reason"] = explain(message.reason, message.channel)
    if message.broadcast_id:
        detail["broadcast_id"] = message.broadcast_id
    if stamp(message.at) != stamp(at):
        detail["handled_at"] = stamp(message.at)
    outgoing = Kind.CALL_OUT if message.channel == Channel.VOICE else Kind.MESSAGE_OUT
    kind = Kind.MESSAGE_IN if message.inbound else outgoing
    return Item(message.place.sort.partition("#")[2], at, kind, message.body, detail)


# Consent


def _chain(
    owner: str,
    account_id: str,
    subject: str,
    former: Former | None,
    position: str | None,
    since: str | None,
) -> Iterator[Step]:
    """Walk a chain, the account's own or a sender's, in the order in which it was written.

    What was texted is shown as the message that it was, beside what followed from it.
    """
    if position is not None and not _CHAIN_POSITION.fullmatch(position):
        raise spoilt()
    before = int(position.partition(".")[0]) + 1 if position else None
    if former and owner == account_id:
        before = min(before or former.through + 1, former.through + 1)
    begun, last = position is not None, since or _AFTER_ALL
    for event in chain_store.events_back(owner, subject, before, PAGE):
        begun = begun or since is None or stamp(event.recorded_at) <= since
        if begun:
            # By the clocks of those who wrote it, which may differ a little.
            last = min(last, stamp(event.recorded_at))
            for step in _steps(event, account_id, former, last):
                if position is None or step.position < position:
                    yield step


def _steps(event: LedgerEvent, account_id: str, former: Former | None, at: str) -> Iterator[Step]:
    place = f"{event.sequence:010d}"
    ours = event.scope in (ALL_ACCOUNTS, account_id)
    if not ours or (former and event.recorded_at > former.until):
        # What another account laid down is its own affair, and what came after it had the number.
        yield Step(at, f"{place}.0")
        return
    shown = from_stamp(at)
    detail = _how(event, account_id)
    by = detail.pop("user", "")
    if stamp(event.effective_at) != at:
        detail["effective_at"] = stamp(event.effective_at)
    owner = f"{event.owner}.{event.sequence}"
    yield Step(
        at, f"{place}.1", Item(owner, shown, Kind.CONSENT, words.of_consent(event), detail, by)
    )
    if _was_texted(event):
        text = (event.evidence or {})["message"]
        said = Item(f"{owner}.text", shown, Kind.MESSAGE_IN, text, {"purpose": event.type})
        yield Step(at, f"{place}.0", said)


def _was_texted(event: LedgerEvent) -> bool:
    """Tell whether a text did it by itself; of one that a user decided about it stands already."""
    by_itself = event.type in _BY_TEXT and event.source == Source.KEYWORD
    return by_itself and "message" in (event.evidence or {})


def _how(event: LedgerEvent, account_id: str) -> dict[str, str]:
    detail = {
        "event": event.type,
        "channels": ", ".join(event.channels),
        "source": event.source,
        "sender_id": event.sender_id,
        "sequence": str(event.sequence),
        "hash": event.hash,
    }
    if event.kind:
        detail["kind"] = event.kind
    evidence = event.evidence or {}
    shown = {key: evidence[key] for key in _SHOWN if evidence.get(key)}
    if event.scope == ALL_ACCOUNTS:
        detail["scope"] = "all_accounts"
        shown = {key: value for key, value in shown.items() if key not in _OWN}
    if "disclosure_sha256" in evidence:
        # The words are kept once, under their hash.
        said = integrations.disclosure(account_id, evidence["disclosure_sha256"])
        shown |= {"disclosure": said or evidence.get("disclosure", "")}
    return detail | shown


# The contact itself: what its history keeps, and what its record and memberships tell


def _history(scene: Scene, position: str | None, since: str | None) -> Iterator[Step]:
    stretch = Stretch(page_size=PAGE, newest_first=True, after=_below(position, since))
    contact = scene.contact
    for entry in history_store.entries(contact.account_id, contact.id, stretch):
        yield Step(stamp(entry.at), entry.position, _entry(entry, scene))


def _entry(entry: Entry, scene: Scene) -> Item:
    detail = dict(entry.detail)
    if group := scene.groups.get(detail.get("group_id", "")):
        detail["group"] = group
    detail["what"] = entry.what
    return Item(
        id=entry.id,
        at=entry.at,
        kind=_KINDS[entry.what],
        text=words.of_history(entry, scene.groups),
        detail=detail,
        by=entry.by,
        edited_at=entry.edited_at,
    )


def _state(scene: Scene, position: str | None, since: str | None) -> Iterator[Step]:
    """Give what the contact's record and its memberships tell: few things, all read already."""
    below = _below(position, since)
    found = ((f"{stamp(item.at)}#{item.id}", item) for item in _told(scene))
    for place, item in sorted(found, key=lambda one: one[0], reverse=True):
        if below is None or place < below:
            yield Step(stamp(item.at), place, item)


def _told(scene: Scene) -> Iterable[Item]:
    contact, place = scene.contact, scene.contact.queue
    said = words.of_arrival(contact, scene.arrived_by)
    detail = {"what": Told.ARRIVED.value, "origin": contact.origin.value}
    if scene.arrived_by:
        detail["arrived_by"] = scene.arrived_by
    for name in ("integration_id", "import_id"):
        if value := getattr(contact, name):
            detail[name] = value
    yield Item("created", contact.created_at, Kind.CREATED, said, detail, contact.made_by)
    if place.arrived_at:
        entered = {"what": Told.QUEUE_ENTERED.value}
        yield Item("entered", place.arrived_at, Kind.QUEUE, words.ENTERED, entered)
    left = history.left_queue(contact)
    if left:
        shown = _entry(left, scene)
        yield Item(
            left.id,
            left.at,
            shown.kind,
            shown.text,
            {**shown.detail, **({"by": left.by} if left.by else {})},
            left.by,
        )
    for member in scene.memberships:
        name = scene.groups.get(member.group_id, "a group")
        for channel, ended in member.ended.items():
            yield Item(
                f"{member.group_id}.{channel}",
                ended.at,
                Kind.GROUP,
                words.of_ended(channel, ended.why, name),
                {
                    "what": Told.CHANNEL_ENDED,
                    "group": name,
                    "channels": channel,
                    "why": ended.why,
                },
            )
