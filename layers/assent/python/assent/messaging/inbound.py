"""What people text, and press in calls: one place decides what it means, in one order.

Each message is kept once, together with what it changes and with what follows from it still to
do; a redelivery finds it there and only repeats the follow-ups, each of which is safe to repeat.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from assent.accounts.model import sender_id
from assent.accounts.senders import word_in
from assent.accounts.service import AccountService
from assent.consent import service as consent
from assent.consent import store as consent_store
from assent.consent.model import ALL_ACCOUNTS, Channel, EventType, Kind, OptOut
from assent.messaging.answers import answer
from assent.messaging.effects import effects_of
from assent.messaging.flows import NoFlows, WaitingFlows
from assent.messaging.followups import FollowUps
from assent.messaging.incoming import store as incoming
from assent.messaging.joining import ask
from assent.messaging.keys import intent_of
from assent.messaging.model import HandleInbound, sender_thread
from assent.messaging.received import Meaning, Received
from assent.platform.clock import Clock
from assent.platform.pseudonyms import Pseudonyms
from assent.platform.queues import Sink
from assent.platform.tables import ConditionFailed, Contention, Transaction
from assent.sms.keywords import Intent, classify

_ATTEMPTS = 5
_SMS = [Channel.SMS]


@dataclass
class InboundService:
    """Handles messages received, each exactly once."""

    clock: Clock
    accounts: AccountService
    pseudonyms: Pseudonyms
    outbound: Sink
    effects: Sink
    flows: WaitingFlows = field(default_factory=NoFlows)

    def __post_init__(self) -> None:
        self._follow_ups = FollowUps(self.clock, self.outbound, self.effects, self.flows)

    def rules(self) -> tuple[Callable[[Transaction, Received], Meaning | None], ...]:
        """Return the meanings that a message may have, the first that fits wins.

        What may be an opt-out comes before a waiting flow, so that no flow swallows it. A key
        pressed in a call means STOP, or START, or nothing.
        """
        return (_stop, answer, _start, _help, _doubt, self._flow, self._join)

    def handle(self, command: HandleInbound) -> str:
        """Handle one message and return its outcome as a word."""
        address = sender_id(command.sender_address)
        message = Received(
            command=command,
            sender=self.accounts.sender(address),
            sender_id=address,
            subject=self.pseudonyms.of(command.phone),
            intent=intent_of(command.body, command.call)
            if command.call
            else classify(command.body),
            now=self.clock.now(),
        )
        if message.sender and message.sender.owner_id != command.connection_id:
            # Signed, but by somebody whom this sender does not belong to: kept, and no more.
            return self._keep(message, f"{command.connection_id}#unrouted#{message.subject}")
        thread = sender_thread(address, message.subject)
        kept = incoming.inbound(thread, command.message_id) or self._commit(message, thread)
        self._follow_ups.do(kept, message.sender)
        return kept.outcome

    def _keep(self, message: Received, thread: str) -> str:
        transaction = Transaction()
        incoming.add_inbound(transaction, thread, message.command, "unrouted", "unrouted", [])
        with suppress(ConditionFailed):  # it is kept already
            transaction.commit()
        return "unrouted"

    def _commit(self, message: Received, thread: str) -> incoming.InboundRecord:
        """Commit the message with what it changes; tries again when somebody else wrote first."""
        for _ in range(_ATTEMPTS):
            transaction = Transaction()
            meaning = self._meaning(transaction, message)
            kept = incoming.add_inbound(
                transaction,
                thread,
                message.command,
                message.intent.value,
                meaning.outcome,
                meaning.todo,
            )
            try:
                transaction.commit()
            except (ConditionFailed, Contention):
                repeated = incoming.inbound(thread, message.command.message_id)
                if repeated:
                    return repeated
                continue
            return kept
        raise Contention

    def _meaning(self, transaction: Transaction, message: Received) -> Meaning:
        """Put what the message changes into the transaction; say what it means."""
        for rule in (_stop, _start) if message.command.call else self.rules():
            meaning = rule(transaction, message)
            if meaning:
                return meaning
        if message.command.call:
            return Meaning("key_without_meaning")
        if message.sender is None:
            return Meaning("unrouted")
        return Meaning(f"inbox_{message.intent}", ["route"])

    def _flow(self, _: Transaction, message: Received) -> Meaning | None:
        if message.sender is None:
            return None
        at, body = message.command.effective_at, message.command.body
        waits = self.flows.takes(message.sender_id, message.subject, body, at)
        return Meaning("flow", ["flow", "route"]) if waits else None

    def _join(self, transaction: Transaction, message: Received) -> Meaning | None:
        if message.sender is None or message.intent != Intent.other:
            return None
        folded = word_in(message.command.body)
        word = self.accounts.join_word(message.sender_id, folded) if folded else None
        return ask(transaction, message, word) if word else None


def _stop(transaction: Transaction, message: Received) -> Meaning | None:
    if message.intent != Intent.opt_out:
        return None
    before = consent_store.opt_out(message.sender_id, message.subject)
    happening = message.happening(EventType.STOPPED, [message.command.channel])
    after = consent.lay(transaction, before, happening, message.command.phone)
    if after is None:
        return Meaning("outdated_stop", _routed(message))
    if message.command.call:  # confirmed in the call itself
        return Meaning("stopped", [_effects(before, message)])
    first = after.replied_at != before.replied_at
    reply = ["reply:stop_reply"] if first else []
    return Meaning("stopped", [_effects(before, message), *reply, *_settled(before, after)])


def _start(transaction: Transaction, message: Received) -> Meaning | None:
    if message.intent != Intent.opt_in:
        return None
    before = consent_store.opt_out(message.sender_id, message.subject)
    happening = message.happening(EventType.STARTED, [message.command.channel])
    after = consent.lift(transaction, before, happening, message.command.phone)
    if after is None:
        return Meaning("outdated_start", _routed(message))
    if message.command.call:
        return Meaning("started", [_effects(before, message)])
    settled = _settled(before, after)
    return Meaning("started", [_effects(before, message), "reply:start_reply", *settled])


def _help(_: Transaction, message: Received) -> Meaning | None:
    if message.intent != Intent.help or message.sender is None:
        return None
    return Meaning("help", ["reply:help_reply", "route"])


def _doubt(transaction: Transaction, message: Received) -> Meaning | None:
    """Hold broadcasts to a number that may have opted out, until a person has decided."""
    if message.intent != Intent.maybe_opt_out or message.sender is None:
        return None
    before = consent_store.opt_out(message.sender_id, message.subject)
    happening = message.happening(EventType.DOUBTED, _SMS)
    if consent.lay(transaction, before, happening, message.command.phone) is None:
        return Meaning("outdated_doubt", ["route"])
    return Meaning("doubted", ["doubt", "route"])


def _effects(before: OptOut, message: Received) -> str:
    return f"effects:{effects_of(before, [message.command.channel]).model_dump_json()}"


def _routed(message: Received) -> list[str]:
    """Show a text in a conversation; a key is no text."""
    return [] if message.command.call else ["route"]


def _settled(before: OptOut, after: OptOut) -> list[str]:
    """Say what a STOP or START means for the decision that waits, or waits again."""
    if before.entry(Channel.SMS, ALL_ACCOUNTS, Kind.HELD) is None:
        return []
    return ["doubt"] if after.open_doubt(Channel.SMS) else ["settle"]
