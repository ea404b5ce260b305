"""What may be an opt-out and is not sure: an account's list, and a person's decision.

The record of the decision holds what follows from it until that is done: whoever looks at the list
next, or decides again, does what a crash left.
"""

from dataclasses import dataclass
from datetime import datetime

from assent.accounts.model import Account, Sender
from assent.accounts.service import AccountService
from assent.consent import service as consent
from assent.consent import store as consent_store
from assent.consent.chains import store as chain_store
from assent.consent.events import Happening
from assent.consent.model import (
    ALL_ACCOUNTS,
    Channel,
    Entry,
    EventType,
    Kind,
    OptOut,
    Source,
    Suppression,
)
from assent.consent.policy import Purpose
from assent.messaging.decisions import store
from assent.messaging.decisions.store import DecisionRecord, DoubtRecord
from assent.messaging.effects import effects_of
from assent.messaging.model import ApplyEffects, SendMessage
from assent.messaging.replies import keyword_reply
from assent.platform.clock import Clock, stamp
from assent.platform.errors import Conflict, NotFound
from assent.platform.queues import Sink
from assent.platform.tables import ConditionFailed, Contention, Transaction

_ATTEMPTS = 5
_PROOF = ("message", "message_id", "provider")


@dataclass(frozen=True)
class Doubt:
    """A message that may be an opt-out, until somebody has decided."""

    id: str
    sender_id: str
    subject: str
    phone: str
    body: str
    message_id: str
    at: datetime

    @classmethod
    def of(cls, row: DecisionRecord) -> "Doubt":
        """Read a row of the list."""
        at, sender_id, subject = row.sk.split("#")
        return cls(
            id=f"{at}~{sender_id}~{subject}",
            sender_id=sender_id,
            subject=subject,
            phone=row.phone,
            body=row.body,
            message_id=row.message_id,
            at=datetime.fromisoformat(at),
        )


@dataclass(frozen=True)
class Verdict:
    """What somebody decides about a doubt, and why."""

    opt_out: bool
    actor: str  # the user's id
    by: str  # the name that people see
    reason: str = ""


@dataclass
class DecisionService:
    """Lists doubts and takes decisions."""

    clock: Clock
    accounts: AccountService
    outbound: Sink
    effects: Sink

    def page(
        self, account: Account, cursor: str | None, limit: int
    ) -> tuple[list[Doubt], str | None]:
        """List what the account is to decide, newest first; a page may be short."""
        rows = store.decisions(account.id, before=cursor, limit=limit)
        doubts = [Doubt.of(row) for row in rows]
        records = consent_store.opt_outs(
            ((one.sender_id, one.subject) for one in doubts), consistent=True
        )
        waiting = []
        for one in doubts:
            known = records.get((one.sender_id, one.subject))
            held = _held(known) if known else None
            if held and stamp(held.effective_at) == stamp(one.at):
                waiting.append(one)
            else:
                self._mend(account, one)
        return waiting, rows[-1].sk if len(rows) == limit else None

    @staticmethod
    def count(account: Account) -> int:
        """Count what the account is to decide, no further than one past `COUNT_BOUND`."""
        return store.decisions_count(account.id)

    def decide(self, account: Account, doubt_id: str, verdict: Verdict) -> datetime:
        """Record a decision and what follows from it; returns when it was made.

        Raises `NotFound`, and `Conflict` when the matter is settled or the contact wrote again.
        """
        for _ in range(_ATTEMPTS):
            sender, doubt, at = self._find(account, doubt_id)
            try:
                return self._decide(sender, doubt, at, verdict)
            except (ConditionFailed, Contention):
                continue
        raise Contention

    def _find(self, account: Account, doubt_id: str) -> tuple[Sender, DoubtRecord, str]:
        at, _, rest = doubt_id.partition("~")
        sender_id, _, subject = rest.partition("~")
        senders = {one.id: one for one in self.accounts.senders_of(account.id)}
        found = store.doubt(sender_id, subject) if sender_id in senders else None
        if found is None or found.account_id != account.id:
            raise NotFound("unknown_decision", "This account has no such message to decide about.")
        return senders[sender_id], found, at

    def _decide(self, sender: Sender, doubt: DoubtRecord, at: str, verdict: Verdict) -> datetime:
        subject = doubt.pk.partition("#")[2]
        known = consent_store.opt_out(sender.id, subject)
        held = _held(known)
        if held is None:
            self._settle(doubt)
            raise Conflict("already_decided", _how_settled(known))
        if stamp(held.effective_at) != at and not verdict.opt_out:
            raise Conflict(
                "wrote_again", "The contact has written again since. Read the newer message first."
            )
        transaction = Transaction()
        todo = self._record(transaction, sender, known, held, verdict, doubt.account_id)
        store.add_decided(transaction, doubt, todo)
        transaction.commit()
        doubt.todo = todo
        self._settle(doubt)
        return self.clock.now()

    def _record(
        self,
        transaction: Transaction,
        sender: Sender,
        known: OptOut,
        held: Entry,
        verdict: Verdict,
        account_id: str,
    ) -> list[str]:
        """Put the decision into the transaction; return what follows from it."""
        now = self.clock.now()
        happening = Happening(
            type=EventType.STOPPED if verdict.opt_out else EventType.DOUBT_DISMISSED,
            # Whoever decides has seen what is known, whatever the two clocks say.
            effective_at=max(now, held.effective_at),
            recorded_at=now,
            channels=[Channel.SMS],
            sender_id=sender.id,
            scope=ALL_ACCOUNTS,
            source=Source.ADMIN,
            actor=verdict.actor,
            evidence={
                **self._evidence(known, held, verdict),
                # Whose decision it was: its proof holds it, and no other account's.
                "account": account_id,
            },
        )
        if not verdict.opt_out:
            consent.withdraw(transaction, known, happening)
            return []
        after = consent.lay(transaction, known, happening, known.phone)
        if after is None:
            raise Contention  # what is known has changed since it was read
        # The account that decides lists it, also when it does not know the phone otherwise.
        whose = (effects_of(known, [Channel.SMS], account) for account in ("", account_id))
        todo = [f"effects:{effects.model_dump_json()}" for effects in whose]
        if after.replied_at != known.replied_at:
            reply = keyword_reply(
                sender, Purpose.STOP_REPLY, known.phone, known.subject, now, "decided"
            )
            todo += [f"reply:{reply.model_dump_json()}"] if reply else []
        return todo

    @staticmethod
    def _evidence(known: OptOut, held: Entry, verdict: Verdict) -> dict[str, str]:
        """Take the words from the chain, so that the proof holds them and not what a list says."""
        events = reversed(chain_store.events(known.sender_id, known.subject))
        doubted = next(
            event
            for event in events
            if event.type == EventType.DOUBTED and event.effective_at == held.effective_at
        )
        words = doubted.evidence or {}
        proof = {name: words[name] for name in _PROOF if name in words}
        return {**proof, "user": verdict.by, "reason": verdict.reason}

    def _settle(self, doubt: DoubtRecord) -> None:
        """Do what follows from a decision, and take the doubt off the list."""
        for item in doubt.todo or ():
            what, _, detail = item.partition(":")
            if what == "effects":
                self.effects.send(ApplyEffects.model_validate_json(detail))
            else:
                self.outbound.send(SendMessage.model_validate_json(detail))
        sender_id, _, subject = doubt.pk.partition("#")
        store.end_decision(doubt.account_id, sender_id, subject, doubt.at)
        if doubt.todo:
            store.end_decided(doubt)

    def _mend(self, account: Account, settled: Doubt) -> None:
        """Take a row off the list whose matter is settled, and do what a crash left of it."""
        known = store.doubt(settled.sender_id, settled.subject)
        if known and known.todo:
            self._settle(known)
        store.end_decision(account.id, settled.sender_id, settled.subject, settled.at)


def _held(known: OptOut) -> Entry | None:
    """Return the doubt that stands, unless something worse stands over it."""
    return known.open_doubt(Channel.SMS)


def _how_settled(known: OptOut) -> str:
    """Say what settled the matter, by whom and when, as far as it is known."""
    stands = known.standing(Channel.SMS, ALL_ACCOUNTS)
    doubt = known.entry(Channel.SMS, ALL_ACCOUNTS, Kind.HELD)
    if stands and stands.by:
        return f"{stands.by} decided {_when(stands.effective_at)} that it is an opt-out."
    if stands:
        return f"The contact opted out {_when(stands.effective_at)}."
    if doubt and doubt.suppression == Suppression.CLEAR:
        return f"{doubt.by} decided {_when(doubt.effective_at)} that it is no opt-out."
    lifted = known.lifted_at(Channel.SMS, ALL_ACCOUNTS)
    if lifted:
        return f"The contact came back with START {_when(lifted)}."
    return "It is settled already."


def _when(at: datetime) -> str:
    return f"on {at:%Y-%m-%d} at {at:%H:%M} UTC"
