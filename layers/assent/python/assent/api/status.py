"""What people see of consent: the status of each channel of a contact, on all of its senders."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from assent.accounts.model import Account, Sender
from assent.api.views import ChannelStatus, ComplianceView, SenderStatus
from assent.consent import store as consent_store
from assent.consent.model import (
    Agreement,
    Channel,
    Consent,
    OptOut,
    Standing,
    Status,
    status_of,
)
from assent.consent.policy import way_back
from assent.contacts.marks import says_something, severity
from assent.contacts.model import Contact
from assent.contacts.opt_outs import Listed, line_of

_PLAIN = {Status.NONE, Status.SUBSCRIBED}
"""Marks that are not outdated by time or by the end of an opt-out."""


def sender_status(
    channel: Channel,
    account: Account,
    sender: Sender,
    known: Consent,
    against: OptOut,
    at: datetime,
) -> SenderStatus:
    """Show the effective status of one channel at a moment, and the way back from an opt-out."""
    agreement = known.agreement(sender.id, channel)
    standing = against.standing_against(channel, account.id)
    line = line_of(against, channel, account.id)
    shown = SenderStatus(
        status=status_of(agreement, standing, at),
        sender_id=sender.id,
        sender_address=sender.address,
        source=agreement.source,
        at=agreement.effective_at,
        held=standing is not None and line is None,
        asked_at=agreement.asked_at if agreement.is_open(at) else None,
    )
    if line is None:
        return shown
    return shown.model_copy(
        update={
            "kind": line.kind,
            "source": line.entry.source,
            "at": line.entry.effective_at,
            **who(line),
            "scope": scope_of(line),
            "opt_out_id": line.id,
            "removable": line.removable,
            "way_back": way_back_of(line, sender),
        }
    )


def who(line: Listed) -> dict[str, str]:
    """Say who opted out and why; of what covers all accounts it may be another one's user."""
    if not line.is_own:
        return {"by": "", "reason": ""}
    return {"by": line.entry.by, "reason": line.entry.reason}


def way_back_of(line: Listed, sender: Sender) -> str:
    """Say how an opt-out is undone, and by whom."""
    if line.removable:
        return "A user of this account can undo it."
    return way_back(line.channel, sender.address)


def scope_of(line: Listed) -> str:
    """Say whom an opt-out concerns, without naming another account."""
    return "this_account" if line.is_own else "all_accounts"


def channel_status(
    channel: Channel,
    account: Account,
    senders: Sequence[Sender],
    known: Consent,
    against: dict[str, OptOut],
    at: datetime,
) -> ChannelStatus:
    """Show one channel on all senders, the account's own first: the worst, and each."""
    stands = {
        sender.id: against.get(sender.id) or OptOut(sender_id=sender.id, subject=known.subject)
        for sender in senders
    }
    shown = [
        sender_status(channel, account, sender, known, stands[sender.id], at) for sender in senders
    ]
    telling = [
        one
        for one in shown
        if says_something(one.sender_id, account.sender_id, known, stands[one.sender_id], channel)
    ]
    worst = max(telling or shown, key=lambda one: severity(one.status))
    differ = telling if len(telling) > 1 else []
    return ChannelStatus(**worst.model_dump(), by_sender=differ)


def senders(account: Account, of_account: Iterable[Sender]) -> list[Sender]:
    """Put the account's own sender first."""
    return sorted(of_account, key=lambda one: (one.id != account.sender_id, one.id))


def statuses(
    subject: str, account: Account, of_account: Sequence[Sender], at: datetime
) -> dict[Channel, ChannelStatus]:
    """Show both channels of a phone, by its pseudonym, as they stand at a moment."""
    known = consent_store.consent(account.id, subject)
    keys = [(sender.id, subject) for sender in of_account]
    found = consent_store.opt_outs(keys, consistent=True)
    return _both(account, of_account, known, {one.sender_id: one for one in found.values()}, at)


def statuses_of_many(
    contacts: Sequence[Contact], account: Account, of_account: Sequence[Sender], at: datetime
) -> dict[str, dict[Channel, ChannelStatus]]:
    """Show both channels of a page of contacts by their ids, eventually consistent.

    What stands against each is always read. What it agreed to is read where its marks do not say
    it plainly: a page of people who agreed costs half of what it would otherwise.
    """
    subjects = {contact.subject for contact in contacts}
    unclear = {c.subject for c in contacts if len(of_account) > 1 or not _is_plain(c)}
    known = consent_store.consents(account.id, unclear)
    found = consent_store.opt_outs((s.id, subject) for s in of_account for subject in subjects)
    return {
        contact.id: _both(
            account,
            of_account,
            known.get(contact.subject) or _as_marked(account, contact),
            {s.id: one for s in of_account if (one := found.get((s.id, contact.subject)))},
            at,
        )
        for contact in contacts
    }


def _is_plain(contact: Contact) -> bool:
    return all(contact.mark(channel) in _PLAIN for channel in Channel)


def _as_marked(account: Account, contact: Contact) -> Consent:
    """Say what an account has on record as the contact's plain marks tell it."""
    agreements = {
        f"{account.sender_id}|{channel}": Agreement(standing=Standing(contact.mark(channel).value))
        for channel in Channel
        if contact.mark(channel) in _PLAIN
    }
    return Consent(account_id=account.id, subject=contact.subject, agreements=agreements)


def _both(
    account: Account,
    of_account: Sequence[Sender],
    known: Consent,
    against: dict[str, OptOut],
    at: datetime,
) -> dict[Channel, ChannelStatus]:
    return {
        channel: channel_status(channel, account, of_account, known, against, at)
        for channel in Channel
    }


def compliance(contact: Contact) -> ComplianceView:
    """Show the compliance message of a contact."""
    return ComplianceView(**contact.compliance.model_dump())
