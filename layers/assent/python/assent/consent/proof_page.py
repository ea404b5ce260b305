"""The page of a proof pack: what stands, what happened, and how to check it, for any reader."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from liquid import BoundTemplate, Environment

from assent.accounts.model import Account, Sender
from assent.consent.ledger import Fault
from assent.consent.model import (
    ALL_ACCOUNTS,
    Agreement,
    Channel,
    Consent,
    Entry,
    EventType,
    OptOut,
    Source,
    Status,
    Suppression,
    status_of,
)

HAPPENED: dict[EventType, str] = {
    EventType.LEAD_RECEIVED: "Agreed to be contacted",
    EventType.IMPORTED: "Was imported with proof of consent",
    EventType.CONFIRMATION_REQUESTED: "Was asked to confirm",
    EventType.JOIN_REQUESTED: "Asked to join, and was asked to confirm",
    EventType.CONFIRMED: "Confirmed with YES",
    EventType.DECLINED: "Declined with NO",
    EventType.EXPIRED: "Did not answer in time",
    EventType.NUMBER_CHANGED: "The contact has another number now: all consent ended for this one",
    EventType.NUMBER_REASSIGNED: "The number belongs to somebody else now: all consent ended",
    EventType.ERASED: "Personal data was erased",
    EventType.STOPPED: "Opted out with STOP",
    EventType.OPTED_OUT_ON_REQUEST: "Asked to be opted out, as a user recorded",
    EventType.PROVIDER_REPORTED: "The provider reported an opt-out",
    EventType.OPTED_OUT_BY_USER: "Was opted out by a user of the account",
    EventType.OPT_OUT_REVERSED: "A user of the account took the opt-out back",
    EventType.DOUBTED: "Wrote something that may be an opt-out",
    EventType.DOUBT_DISMISSED: "A user decided that it was no opt-out",
    EventType.STARTED: "Opted in again with START",
    EventType.REJOINED: "Came back by confirming an own request to join",
}
_CHANNELS = {Channel.SMS: "Text messages", Channel.VOICE: "Calls and voicemails"}
_STATUS = {
    Status.NONE: "No consent on record",
    Status.PENDING: "Asked to confirm; no answer yet",
    Status.SUBSCRIBED: "Subscribed",
    Status.SOFT_OPT_OUT: "Opted out by the account",
    Status.HARD_OPT_OUT: "Opted out by the contact",
}
_SOURCES = {
    Source.KEYWORD: "text message",
    Source.KEYPRESS: "key pressed in a call",
    Source.API: "API",
    Source.ADMIN: "console",
    Source.PROVIDER: "provider",
    Source.FORM: "form",
    Source.IMPORT: "import",
}
_EVIDENCE = {
    "message": "The contact’s words",
    "message_id": "Message id",
    "key": "Key pressed",
    "call": "Call",
    "call_id": "Call id",
    "attestation": "Caller’s number vouched for",
    "disclosure": "Text that was agreed to",
    "disclosure_sha256": "SHA-256 of that text",
    "url": "Address of the form",
    "ip": "IP address",
    "user_agent": "Browser",
    "user": "User",
    "reason": "Reason",
    "received_at": "Received",
    "attested_by": "Attested by",
    "import": "Import",
    "file": "File",
    "line": "Line of the file",
}
_NO_USER = {"", "system", "provider"}
_OWN_ACTS = {Source.KEYWORD, Source.KEYPRESS}
_CONTACT = "the contact"
_KINDS = {
    "hard": "the contact’s own will",
    "soft": "the account’s decision",
    "held": "held until somebody decides",
}


@cache
def _template() -> BoundTemplate:
    source = files("assent.consent").joinpath("pack", "proof.html").read_text(encoding="utf-8")
    return Environment(autoescape=True).from_string(source)


def page(
    account: Account,
    senders: list[Sender],
    records: list[Consent | OptOut],
    faults: list[tuple[str, Fault | None]],
    proof: dict[str, Any],
    at: datetime,
) -> str:
    """Render the page from what `proof` shows, so that it tells no more than that does."""
    names = {sender.id: f"{sender.program_name}, {sender.address}" for sender in senders}
    names[account.id] = account.name
    names |= {one["integration"]: f"“{one['name']}”" for one in proof["disclosures"]}
    found = dict(faults)
    chains = [
        {
            "name": names.get(chain["owner"], chain["owner"]),
            "owner": chain["owner"],
            "events": str(len(chain["events"])),
            "withheld": sum("withheld" in event for event in chain["events"]),
            "head": chain["head"]["hash"],
            "fault": fault.message if (fault := found.get(chain["owner"])) else "",
        }
        for chain in proof["chains"]
    ]
    return _template().render(
        proof=proof,
        exported_at=_utc(at),
        status=[row for sender in senders for row in _status(account, sender, records, at)],
        events=_chronology(proof["chains"], account, names),
        chains=chains,
    )


def _status(
    account: Account, sender: Sender, records: Iterable[Consent | OptOut], at: datetime
) -> Iterator[dict[str, str]]:
    known = Consent(account_id=account.id, subject="")
    against = OptOut(sender_id=sender.id, subject="")
    for record in records:
        if isinstance(record, Consent):
            known = record
        elif record.sender_id == sender.id:
            against = record
    for channel in Channel:
        agreement = known.agreement(sender.id, channel)
        entry = against.standing_against(channel, account.id)
        status = status_of(agreement, entry, at)
        # What stands for all accounts may be another account's doing: no names then.
        own = entry is not None and entry == against.standing(channel, account.id, account.id)
        yield {
            "sender": f"{sender.program_name}, {sender.address}",
            "channel": _CHANNELS[channel],
            "mark": status.value,
            "status": _STATUS[status],
            **_why(entry if entry and own else None, entry, agreement),
        }


def _why(own: Entry | None, entry: Entry | None, agreement: Agreement) -> dict[str, str]:
    if entry is None:
        since, source = agreement.effective_at, agreement.source
    else:
        since, source = entry.effective_at, entry.source
    held = entry is not None and entry.suppression == Suppression.HELD
    doubt = "A message may be an opt-out; nobody has decided yet." if held else ""
    return {
        "since": _utc(since) if since else "",
        "how": _SOURCES[source] if source else "",
        "by": own.by if own and own.by else _CONTACT if source in _OWN_ACTS else "",
        "why": own.reason if own else doubt,
    }


def _chronology(
    chains: Iterable[dict[str, Any]], account: Account, names: dict[str, str]
) -> list[dict[str, Any]]:
    events = [
        (chain, event)
        for chain in chains
        for event in chain["events"]
        if event.get("type") in set(EventType) and "withheld" not in event
    ]
    events.sort(key=lambda pair: (str(pair[1].get("effective_at")), pair[1].get("sequence")))
    return [_row(chain, event, account, names) for chain, event in events]


def _row(
    chain: dict[str, Any], event: dict[str, Any], account: Account, names: dict[str, str]
) -> dict[str, Any]:
    evidence = event.get("evidence")
    said = evidence if isinstance(evidence, dict) else {}
    actor = str(event.get("actor"))
    sources = {source.value: words for source, words in _SOURCES.items()}
    channels = event.get("channels")
    listed = channels if isinstance(channels, list) else []
    shared = event.get("scope") == ALL_ACCOUNTS
    return {
        "at": _moment(event.get("effective_at")),
        "recorded_at": _moment(event.get("recorded_at")),
        "what": HAPPENED[EventType(event["type"])],
        "channels": ", ".join(_CHANNELS.get(one, str(one)) for one in listed),
        "sender": names.get(str(event.get("sender_id")), str(event.get("sender_id"))),
        "scope": "all accounts of this sender" if shared else account.name,
        "how": sources.get(str(event.get("source")), str(event.get("source"))),
        "who": str(
            said.get("user") or names.get(actor) or (_CONTACT if actor in _NO_USER else actor)
        ),
        "kind": _KINDS.get(str(event.get("kind")), ""),
        "evidence": [
            {"name": _EVIDENCE.get(str(name), str(name)), "value": str(value)}
            for name, value in said.items()
        ],
        "place": f"{chain['owner']}, event {event.get('sequence')}",
        "hash": str(event.get("hash")),
    }


def _moment(text: object) -> str:
    try:
        return _utc(datetime.fromisoformat(str(text)))
    except ValueError:
        return str(text)


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
