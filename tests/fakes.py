"""Small builders and fakes: a provider that records, and a world in which queues are lists."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from urllib.parse import urlencode, urlsplit

from assent.accounts import store as accounts_store
from assent.accounts.model import Account, Member, Role, Sender, sender_id
from assent.accounts.senders import SenderService
from assent.accounts.service import AccountService
from assent.accounts.team import store as team_store
from assent.broadcasts.progress import note_delivery, note_opt_out
from assent.consent import store as consent_store
from assent.consent.model import Channel, Consent, OptOut
from assent.consent.policy import Purpose
from assent.contacts import store as contacts_store
from assent.contacts.groups import store as group_store
from assent.contacts.groups.model import Group
from assent.contacts.groups.service import create_group
from assent.contacts.model import Contact, EnterQueue
from assent.contacts.queue import service as queue
from assent.contacts.queue import store as queue_store
from assent.integrations.health import store as health_store
from assent.integrations.ingest import Caller, IngestService
from assent.integrations.intake import LeadService
from assent.integrations.model import Health, Integration, ProcessLead
from assent.integrations.service import IntegrationService
from assent.messaging.decisions.service import DecisionService
from assent.messaging.dispatch import Dispatcher, from_reference
from assent.messaging.effects import EffectsService
from assent.messaging.inbound import InboundService
from assent.messaging.model import (
    ApplyEffects,
    HandleInbound,
    KeyOfCall,
    MessageState,
    Place,
    RecordReceipt,
    SendMessage,
    contact_thread,
)
from assent.messaging.providers.base import (
    Credentials,
    Outgoing,
    OutgoingCall,
    Webhook,
)
from assent.messaging.providers.twilio import Twilio
from assent.messaging.providers.twilio_voice import TwilioVoice
from assent.messaging.receipts import ReceiptService
from assent.messaging.redialing import Redialer, Wish
from assent.platform.clock import FixedClock, stamp
from assent.platform.ids import new_id
from assent.platform.pseudonyms import Pseudonyms
from assent.platform.queues import Command, Outbox
from assent.platform.settings import Settings
from assent.platform.tables import Stretch

Line = list[tuple[str, datetime]]
SENDER = "+18885550100"
ANN, BOB, CAT = "+12125550101", "+12125550102", "+12125550103"
DISCLOSURE = "I agree to get texts and calls from Harbor Alerts. Reply STOP to end them."
CALLER = Caller(ip="192.0.2.1", user_agent="test", url="https://example.com/f/x")


@dataclass
class FakeVoice(TwilioVoice):
    """The real adapter for calls, but those it would place are kept, or fail for a phone."""

    placed: list[OutgoingCall] = field(default_factory=list)
    fails: dict[str, Exception] = field(default_factory=dict)

    def call(self, credentials: Credentials, outgoing: OutgoingCall) -> str:
        if outgoing.phone in self.fails:
            raise self.fails[outgoing.phone]
        self.placed.append(outgoing)
        return f"CA{len(self.placed)}"

    def to(self, phone: str) -> list[OutgoingCall]:
        return [outgoing for outgoing in self.placed if outgoing.phone == phone]


@dataclass
class FakeProvider(Twilio):
    """The real adapter, but what it would send is kept, or fails as `fails` says for a phone."""

    voice: FakeVoice = field(default_factory=FakeVoice)
    sent: list[Outgoing] = field(default_factory=list)
    fails: dict[str, Exception] = field(default_factory=dict)

    def credentials(self, account_id: str) -> Credentials:
        return Credentials(
            provider="twilio",
            account_sid=f"AC{account_id}",
            auth_token="secret",
            api_base="https://provider.example",
            webhook_base="https://api.example",
        )

    def send(self, credentials: Credentials, outgoing: Outgoing) -> str:
        if outgoing.phone in self.fails:
            raise self.fails[outgoing.phone]
        self.sent.append(outgoing)
        return f"SM{len(self.sent)}"

    def is_genuine(self, credentials: Credentials, webhook: Webhook) -> bool:
        return webhook.headers.get("x-twilio-signature") == "good"

    def texts_to(self, phone: str) -> list[str]:
        return [outgoing.body for outgoing in self.sent if outgoing.phone == phone]


@dataclass
class FakeFlows:
    """Runs of flows that wait for the pseudonyms in `waiting`, and keep what they are given."""

    waiting: set[str] = field(default_factory=set)
    answers: list[str] = field(default_factory=list)

    def takes(self, sender_id: str, subject: str, body: str, at: datetime) -> bool:
        return subject in self.waiting

    def answer(
        self, sender_id: str, subject: str, message_id: str, body: str, at: datetime
    ) -> None:
        self.answers.append(body)


@dataclass(frozen=True)
class Furniture:
    """What stands in a world before anything happens in it."""

    sender: Sender
    accounts: list[Account]
    integration: Integration
    api_key: str


class World:
    """Accounts A, B and C share one sender; queues are lists that `run` empties."""

    def __init__(
        self,
        settings: Settings,
        provider: FakeProvider,
        made_by: Callable[[Callable[[], Furniture]], Furniture] = lambda make: make(),
    ) -> None:
        self.settings = settings
        self.provider = provider
        self.clock = FixedClock()
        self.queue = Outbox()
        self.pseudonyms = Pseudonyms("0123456789abcdef0123456789abcdef")
        self.accounts = AccountService(self.clock)
        self.integrations = IntegrationService(self.clock)
        self.ingest = IngestService(self.clock, self.accounts, self.integrations, self.queue)
        self.leads = LeadService(
            self.clock,
            self.accounts,
            self.integrations,
            self.pseudonyms,
            outbound=self.queue,
            commands=self.queue,
        )
        self.dispatcher = Dispatcher(
            settings, self.clock, self.accounts, commands=self.queue, effects=self.queue
        )
        self.receipts = ReceiptService(
            self.clock,
            self.accounts,
            commands=self.queue,
            effects=self.queue,
            outbound=self.queue,
            count_delivery=note_delivery,
        )
        self.wish = Wish.YES
        self.counted: list[tuple[str, MessageState]] = []
        self.redialer = Redialer(
            self.clock,
            self.dispatcher,
            outbound=self.queue,
            wish=lambda _: self.wish,
            count_delivery=self._count,
        )
        self.flows = FakeFlows()
        self.inbound = InboundService(
            self.clock,
            self.accounts,
            self.pseudonyms,
            outbound=self.queue,
            effects=self.queue,
            flows=self.flows,
        )
        self.decisions = DecisionService(
            self.clock, self.accounts, outbound=self.queue, effects=self.queue
        )
        self.senders = SenderService(self.clock, self.accounts)
        self.effects = EffectsService(
            self.clock,
            self.accounts,
            self.queue,
            count_opt_out=partial(note_opt_out, clock=self.clock),
        )
        made = made_by(self._furnish)
        self.sender, self.integration, self.api_key = made.sender, made.integration, made.api_key
        self.a, self.b, self.c = made.accounts
        self._texts = 0

    def _furnish(self) -> Furniture:
        """Make what stands in every world."""
        sender = Sender(
            id=sender_id(SENDER),
            address=SENDER,
            owner_id=f"ac_{'A' * 26}",
            program_name="Harbor Alerts",
            help_text="Harbor Alerts: help at example.com. Reply STOP to opt out.",
            stop_text="Harbor Alerts: you are opted out. Reply START to come back.",
            start_text="Harbor Alerts: welcome back. Reply STOP to opt out.",
        )
        accounts_store.put_sender(sender)
        for letter in "ABC":
            account_id = f"ac_{letter * 26}"
            accounts_store.put_account(
                Account(id=account_id, name=f"Account {letter}", sender_id=sender.id)
            )
            accounts_store.share(sender.id, account_id)
            team_store.put_member(
                Member(user_id="user", account_id=account_id, role=Role.OWNER, name="Olga")
            )
        accounts = [self.accounts.account(f"ac_{letter * 26}") for letter in "ABC"]
        integration, api_key = self.integrations.create(
            accounts[0].id, "Website", DISCLOSURE, channels=[Channel.SMS, Channel.VOICE]
        )
        return Furniture(sender, accounts, integration, api_key)

    def handle(self, command: Command) -> str:
        """Give one command to the service that its queue feeds."""
        match command:
            case ProcessLead():
                return self.leads.process(command)
            case SendMessage():
                return self._send(command)
            case HandleInbound():
                return self.inbound.handle(command)
            case ApplyEffects():
                return self.effects.apply(command)
            case EnterQueue():
                return queue.enter(command, self.sender.id, self.clock)
            case RecordReceipt():
                return self.receipts.record(command)
        raise TypeError(type(command))

    def _send(self, command: SendMessage) -> str:
        if command.not_before:
            return self.redialer.call(command, command.not_before)
        return self.dispatcher.send(command).state

    def run(self, also: Callable[[Command], None] | None = None) -> list[str]:
        """Handle what is queued, and what comes of it, until nothing is left but delayed work."""
        outcomes = []
        while due := [(c, d) for c, d in self.queue.sent if not d]:
            self.queue.sent = [(c, d) for c, d in self.queue.sent if d]
            for command, _ in due:
                if also:
                    also(command)
                outcomes.append(self.handle(command))
        return outcomes

    def run_delayed(self) -> list[str]:
        """Handle what was held back, as if its time had come."""
        self.queue.sent = [(command, 0) for command, _ in self.queue.sent]
        return self.run()

    def lead(self, phone: str = ANN, *, key: str | None = None, **fields: str) -> Contact | None:
        """Send a lead through the API and process it; returns the contact, if there is one."""
        body = {"first_name": "Ann", "last_name": "Lee", "phone": phone, **fields}
        self.ingest.from_api(key or self.api_key, body, CALLER)
        self.run()
        return self.contact(phone)

    def deliver(self) -> None:
        """Let the receipt of the latest message come in."""
        ref = self.provider.sent[-1].status_url.partition("ref=")[2]
        self.receipt(ref, MessageState.DELIVERED)

    def receipt(self, ref: str, state: MessageState, code: str = "") -> None:
        """Let a receipt come in."""
        place = from_reference(ref)
        assert place is not None
        self.queue.send(
            RecordReceipt(
                place=place,
                connection_id=self.a.id,
                provider_message_id="SM1",
                state=state,
                code=code,
                received_at=self.clock.now(),
            )
        )
        self.run()

    def queued(self, phone: str = ANN) -> Contact:
        """Make a lead that waits in the opt-in queue."""
        self.lead(phone)
        self.deliver()
        found = self.contact(phone)
        assert found is not None
        return found

    def member(self, phone: str = ANN, group: Group | None = None) -> Contact:
        """Make a contact that was moved to a group."""
        contact = self.queued(phone)
        target = group or self.group()
        assert queue.move(self.a, contact.id, target, "Olga", self.clock) is None
        found = self.contact(phone)
        assert found is not None
        return found

    def group(self, name: str = "News") -> Group:
        """Return account A's group of this name, made when there is none."""
        for one in group_store.groups(self.a.id):
            if one.name == name:
                return one
        return create_group(self.a, name, self.clock)

    def text(
        self,
        body: str,
        phone: str = ANN,
        *,
        at: datetime | None = None,
        message_id: str = "",
        to: str = SENDER,
        connection: str = "",
    ) -> str:
        """Let a phone text the sender, and do what follows; returns the outcome."""
        outcome = self.text_only(
            body, phone, at=at, message_id=message_id, to=to, connection=connection
        )
        self.run()
        return outcome

    def text_only(
        self,
        body: str,
        phone: str = ANN,
        *,
        at: datetime | None = None,
        message_id: str = "",
        to: str = SENDER,
        connection: str = "",
    ) -> str:
        """Let a phone text the sender; what follows from it stays in the queues."""
        self._texts += 1
        command = HandleInbound(
            provider="twilio",
            connection_id=connection or self.a.id,
            message_id=message_id or f"IN{self._texts}",
            sender_address=to,
            phone=phone,
            body=body,
            effective_at=at or self.clock.advance(seconds=1),
            received_at=self.clock.now(),
        )
        return self.inbound.handle(command)

    def calling(self, phone: str = ANN, body: str = "We open at nine.") -> SendMessage:
        """Return the command of a call to a contact, as a broadcast would place it."""
        contact = self.contact(phone)
        assert contact is not None
        now = self.clock.now()
        return SendMessage(
            place=Place(
                thread=contact_thread(contact.account_id, contact.id),
                sort=f"{stamp(now)}#{new_id('ms', now)}",
            ),
            account_id=contact.account_id,
            contact_id=contact.id,
            sender_id=self.sender.id,
            phone=phone,
            subject=contact.subject,
            purpose=Purpose.BROADCAST,
            channel=Channel.VOICE,
            body=body,
            created_at=now,
        )

    def call_ends(self, status: str, phone: str = ANN, **fields: str) -> str:
        """Let the latest call to a phone end; returns the outcome of its receipt."""
        url = urlsplit(self.provider.voice.to(phone)[-1].status_url)
        body = urlencode({"CallSid": "CA1", "CallStatus": status, **fields}).encode()
        receipt = self.provider.receipt(Webhook(url=url.geturl(), headers={}, body=body))
        place = from_reference(url.query.removeprefix("ref="))
        assert receipt is not None
        assert place is not None
        return self.receipts.record(
            RecordReceipt(
                place=place,
                connection_id=self.a.id,
                provider_message_id=receipt.provider_message_id,
                state=receipt.state,
                code=receipt.code,
                received_at=self.clock.now(),
            )
        )

    def _count(self, broadcast_id: str, _: str, state: MessageState, code: str) -> None:
        self.counted.append((broadcast_id, state))

    def press(
        self,
        key: str,
        phone: str = ANN,
        *,
        at: datetime | None = None,
        call: str = "",
        called_in: bool = False,
        connection: str = "",
        to: str = SENDER,
    ) -> str:
        """Let a key be pressed in a call, and do what follows; returns the outcome."""
        self._texts += 1
        call = call or f"CA{self._texts}"
        outcome = self.inbound.handle(
            HandleInbound(
                provider="twilio",
                connection_id=connection or self.a.id,
                message_id=f"{call}-{key}",
                sender_address=to,
                phone=phone,
                body=key,
                call=KeyOfCall(id=call, called_in=called_in),
                effective_at=at or self.clock.advance(seconds=1),
                received_at=self.clock.now(),
            )
        )
        self.run()
        return outcome

    def contact(self, phone: str = ANN, account: Account | None = None) -> Contact | None:
        """Read a contact by its number."""
        account_id = (account or self.a).id
        known = self.consent(phone, account)
        return (
            contacts_store.contact(account_id, known.contact_id, consistent=True)
            if known.contact_id
            else None
        )

    def line(self, account: Account | None = None, *, newest_first: bool = True) -> Line:
        """List who waits in an account's queue, with their arrival, as the table has it."""
        account_id = (account or self.a).id
        found = [
            place.key.partition("#")
            for shard in range(self.settings.queue_shards)
            for place in queue_store.places(account_id, shard, Stretch(1000))
        ]
        ordered = sorted(found, reverse=newest_first)
        return [(contact_id, datetime.fromisoformat(at)) for at, _, contact_id in ordered]

    def health(self) -> Health:
        """Say how the integration fares today."""
        return health_store.health(self.a.id, self.integration.id, self.clock.now().date())

    def consent(self, phone: str = ANN, account: Account | None = None) -> Consent:
        """Read what an account has on record."""
        return consent_store.consent((account or self.a).id, self.pseudonyms.of(phone))

    def opt_out(self, phone: str = ANN) -> OptOut:
        """Read what stands against sending from the shared sender."""
        return consent_store.opt_out(self.sender.id, self.pseudonyms.of(phone))
