"""What follows from a message received. Each follow-up may be repeated after a crash."""

from dataclasses import dataclass

from assent.accounts.model import Sender
from assent.consent import store as consent
from assent.consent.chains import store as chain_store
from assent.consent.model import Channel, EventType, Standing
from assent.consent.policy import Purpose
from assent.contacts import marks
from assent.contacts.joining import join
from assent.contacts.service import apply_agreement
from assent.messaging import store
from assent.messaging.decisions import store as decisions
from assent.messaging.flows import WaitingFlows
from assent.messaging.incoming import store as incoming
from assent.messaging.incoming.store import InboundRecord
from assent.messaging.model import ApplyEffects, contact_thread
from assent.messaging.replies import account_reply, keyword_reply
from assent.messaging.routing import recipient
from assent.platform.clock import Clock
from assent.platform.queues import Sink


@dataclass
class FollowUps:
    """Does what the record of a message says is still to do, then says that it is done."""

    clock: Clock
    outbound: Sink
    effects: Sink
    flows: WaitingFlows

    def do(self, kept: InboundRecord, sender: Sender | None) -> None:
        """Do all of it, in order."""
        if not kept.todo:
            return
        for item in kept.todo:
            what, _, detail = item.partition(":")
            if what == "effects":
                self.effects.send(ApplyEffects.model_validate_json(detail))
            elif what == "settle":
                decisions.end_doubt(*_thread(kept))
            elif sender:  # nobody answers for an address that nobody owns
                self._do(kept, sender, what, detail)
        incoming.clear_todo(kept)

    def _do(self, kept: InboundRecord, sender: Sender, what: str, detail: str) -> None:
        account_id, _, rest = detail.partition(":")
        match what:
            case "reply":
                self._reply(kept, sender, Purpose(detail))
            case "ask":
                self._answer(kept, sender, Purpose.JOIN_REQUEST, account_id)
            case "confirmed":
                _confirmed(kept, sender, account_id, self.clock)
                self._answer(kept, sender, Purpose.CONFIRMED, account_id)
            case "join":
                _join(kept, account_id, rest, self.clock)
            case "marks":
                _mark(kept, account_id, self.clock)
            case "doubt":
                _put_on_decisions(kept, sender)
            case "flow":
                self._flow(kept, sender)
            case "copy":
                _copy(kept, sender, account_id)
            case "route":
                _copy(kept, sender, recipient(sender, _subject(kept)))
            case _:
                raise ValueError(what)

    def _reply(self, kept: InboundRecord, sender: Sender, purpose: Purpose) -> None:
        message = keyword_reply(
            sender, purpose, kept.phone, _subject(kept), kept.received_at, kept.sk
        )
        if message:
            self.outbound.send(message)

    def _answer(
        self, kept: InboundRecord, sender: Sender, purpose: Purpose, account_id: str
    ) -> None:
        known = consent.consent(account_id, _subject(kept))
        if known.contact_id:
            self.outbound.send(
                account_reply(
                    sender,
                    purpose,
                    account_id=account_id,
                    contact_id=known.contact_id,
                    phone=kept.phone,
                    subject=known.subject,
                    at=kept.received_at,
                    why=kept.sk,
                )
            )

    def _flow(self, kept: InboundRecord, sender: Sender) -> None:
        message_id = kept.sk.removeprefix(incoming.RECEIVED)
        self.flows.answer(sender.id, _subject(kept), message_id, kept.body, kept.effective_at)


def _mark(kept: InboundRecord, account_id: str, clock: Clock) -> None:
    known = consent.consent(account_id, _subject(kept))
    if known.contact_id:
        marks.refresh(account_id, known.contact_id, clock)


def _confirmed(kept: InboundRecord, sender: Sender, account_id: str, clock: Clock) -> None:
    """Let the contact be reached through the groups that it is in already."""
    known = consent.consent(account_id, _subject(kept))
    if known.contact_id:
        for channel in Channel:
            if known.agreement(sender.id, channel).standing == Standing.SUBSCRIBED:
                apply_agreement(account_id, known.contact_id, sender.id, channel, clock)


def _join(kept: InboundRecord, account_id: str, group_id: str, clock: Clock) -> None:
    known = consent.consent(account_id, _subject(kept))
    if known.contact_id:
        join(account_id, known.contact_id, group_id, clock)


def _put_on_decisions(kept: InboundRecord, sender: Sender) -> None:
    """Ask the account whose message it is to decide, unless something has settled it since."""
    subject = _subject(kept)
    against = consent.opt_out(sender.id, subject)
    held = against.open_doubt(Channel.SMS)
    if held is None:
        return
    # Found in the chain, since it need not be this message: a late START brings back an older one.
    doubted = next(
        event
        for event in reversed(chain_store.events(sender.id, subject))
        if event.type == EventType.DOUBTED and event.effective_at == held.effective_at
    )
    evidence = doubted.evidence or {}
    decisions.put_doubt(
        recipient(sender, subject),
        sender.id,
        subject,
        held.effective_at,
        phone=against.phone,
        body=evidence.get("message", ""),
        message_id=evidence.get("message_id", ""),
    )


def _copy(kept: InboundRecord, sender: Sender, account_id: str) -> None:
    """Show the message in the account's conversation, if the account knows the phone."""
    known = consent.consent(account_id, _subject(kept))
    if known.contact_id is None:
        return  # it stays in the sender's own thread, where its owner sees it
    store.put_copy(
        contact_thread(account_id, known.contact_id),
        account_id=account_id,
        contact_id=known.contact_id,
        sender_id=sender.id,
        message_id=kept.sk.removeprefix(incoming.RECEIVED),
        body=kept.body,
        intent=kept.intent,
        at=kept.effective_at,
    )


def _thread(kept: InboundRecord) -> tuple[str, str]:
    sender_id, _, subject = kept.pk.partition("#")
    return sender_id, subject


def _subject(kept: InboundRecord) -> str:
    return _thread(kept)[1]
