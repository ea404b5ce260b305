"""A number that belongs to somebody else now: all consent ends, opt-outs stay."""

from assent.accounts.model import Account
from assent.consent import service as consent
from assent.consent import store as consent_store
from assent.consent.ledger import Happening
from assent.consent.model import Channel, Consent, EventType, Source, Standing
from assent.contacts import marks, store
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Ended, EndedBy
from assent.contacts.model import Contact
from assent.contacts.queue import store as queue_store
from assent.contacts.refusals import erased
from assent.contacts.service import contact as find
from assent.platform.clock import Clock
from assent.platform.tables import ConditionFailed, Contention, Transaction

REASON = "number_reassigned"
_ATTEMPTS = 5
_TODO = "reassigned"


def reassign(account: Account, contact_id: str, actor: str, by: str, clock: Clock) -> Contact:
    """End all consent of a contact, take it out of the queue and off the air in its groups."""
    for _ in range(_ATTEMPTS):
        found = find(account.id, contact_id)
        if found.erased_at:
            raise erased()
        known = consent_store.consent(account.id, found.subject)
        if not _agreed(known):
            break  # it was reported already
        now = clock.now()
        transaction = Transaction()
        consent.end_all(
            transaction,
            known,
            Happening(
                type=EventType.NUMBER_REASSIGNED,
                effective_at=now,
                recorded_at=now,
                channels=list(Channel),
                sender_id=account.sender_id,
                source=Source.ADMIN,
                actor=actor,
                evidence={"user": by},
            ),
            {"todo": [_TODO]},
        )
        try:
            transaction.commit()
        except (ConditionFailed, Contention):
            continue
        break
    else:
        raise Contention
    finish(account.id, contact_id, clock)
    return find(account.id, contact_id)


def _agreed(known: Consent) -> bool:
    """Tell whether there is any consent, or an open question, left to end."""
    return any(one.standing != Standing.NONE or one.asked_at for one in known.agreements.values())


def finish(account_id: str, contact_id: str, clock: Clock) -> str:
    """Do what is still to do after a report; safe to repeat, and nothing without one."""
    found = store.contact(account_id, contact_id, consistent=True)
    known = consent_store.consent(account_id, found.subject) if found else None
    if found is None or known is None or _TODO not in known.todo:
        return "nothing_to_do"
    ended = Ended(why=EndedBy.REASSIGNED, at=clock.now())
    for group_id in sorted(found.groups):
        for channel in Channel:
            member_store.end_channel(account_id, group_id, contact_id, channel, ended)
    queue_store.leave_queue(found, REASON, clock.now())
    marks.refresh(account_id, contact_id, clock)
    consent_store.clear_todo(account_id, found.subject)
    return "finished"
