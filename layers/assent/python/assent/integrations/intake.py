"""What is made of a lead: a contact, consent on record, and one compliance message.

The consent record and the ledger event are one transaction, which stores the contact and the
message as still to be made. A redelivered lead finds the record and only does what is still to do.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from assent.accounts.model import Account, Sender
from assent.accounts.service import AccountService
from assent.consent import service as consent
from assent.consent import store as consent_store
from assent.consent.ledger import Happening
from assent.consent.model import Channel, Consent, EventType, Source
from assent.consent.policy import Purpose
from assent.contacts import adding, marks
from assent.contacts.model import (
    Compliance,
    ComplianceState,
    Contact,
    EnterQueue,
    QueuePlace,
    QueueState,
    WhyEnter,
)
from assent.integrations import store
from assent.integrations.ingest import disclosed
from assent.integrations.model import Integration, IntegrationState, ProcessLead, Via
from assent.integrations.service import IntegrationService
from assent.integrations.texts import compliance_text
from assent.messaging.model import Place, SendMessage, contact_thread
from assent.platform.clock import Clock, from_stamp, stamp
from assent.platform.errors import AssentError
from assent.platform.ids import new_id
from assent.platform.pseudonyms import Pseudonyms
from assent.platform.queues import Sink
from assent.platform.tables import ConditionFailed, Contention, Transaction
from assent.sms.numbers import InvalidNumber, PhoneNumber, parse

_ATTEMPTS = 5
_SAME_LEAD = timedelta(hours=24)
_NOTE_EVERY = timedelta(seconds=60)
_FIXED_LINE = "fixed_line"
_COMPLIANCE = "compliance"
"""What is still to do, on the consent record: the compliance message is not enqueued yet."""


@dataclass
class LeadService:
    """Processes leads that were accepted at the edge."""

    clock: Clock
    accounts: AccountService
    integrations: IntegrationService
    pseudonyms: Pseudonyms
    outbound: Sink
    commands: Sink

    def __post_init__(self) -> None:
        self._noted: dict[str, datetime] = {}

    def process(self, command: ProcessLead) -> str:
        """Process one lead and return its outcome as a word."""
        try:
            integration = self._integration(command)
            account = self.accounts.account(command.account_id)
            number = parse(command.lead.phone, account.default_region)
        except AssentError as error:
            return f"refused_{error.code}"
        except InvalidNumber:
            store.count_refused(command.account_id, integration.id, "phone", self.clock.now())
            return "refused_phone"
        if integration.state == IntegrationState.PAUSED and not _was_active(command, integration):
            return "refused_integration_paused"
        for _ in range(_ATTEMPTS):
            try:
                return self._apply(command, integration, account, number)
            except (ConditionFailed, Contention):
                continue
        raise Contention

    def _integration(self, command: ProcessLead) -> Integration:
        if command.via == Via.FORM:
            return self.integrations.by_form_key(command.credential)
        key_id, _, key_hash = command.credential.partition("|")
        return self.integrations.by_key_hash(command.account_id, key_id, key_hash)

    def _apply(
        self, command: ProcessLead, integration: Integration, account: Account, number: PhoneNumber
    ) -> str:
        subject = self.pseudonyms.of(number.e164)
        known = consent_store.consent(account.id, subject)
        if known.last_lead.get("receipt") == command.receipt_id:
            self._follow_up(command, integration, account, known, number)
            return "repeated"
        against = consent_store.opt_out(account.sender_id, subject)
        listed = against.opted_out(Channel.SMS, account.id)
        if listed:
            store.count_listed(account.id, integration.id, self.clock.now())
            # The account tried to add it, so from now on its own list says why it could not.
            consent_store.put_listed(
                account.id, account.sender_id, subject, Channel.SMS, listed.effective_at
            )
            return "listed"
        if known.contact_id and self._is_same(known, command, integration):
            return "duplicate"
        made = self._record(command, integration, account, known)
        self._follow_up(command, integration, account, made, number)
        self._note(command, integration)
        return "known_contact" if known.contact_id else "new_contact"

    def _is_same(self, known: Consent, command: ProcessLead, integration: Integration) -> bool:
        """Tell whether this lead says nothing new: same integration and disclosure, same day."""
        at, _, disclosure = known.last_lead.get(integration.id, "").partition(" ")
        return (
            disclosure == disclosed(integration)["disclosure_sha256"]
            and command.received_at - from_stamp(at) < _SAME_LEAD
        )

    def _record(
        self,
        command: ProcessLead,
        integration: Integration,
        account: Account,
        known: Consent,
    ) -> Consent:
        now = self.clock.now()
        new = known.contact_id is None
        contact_id = known.contact_id or new_id("ct", now)
        # Who acted, and by which way, are the event's own fields.
        evidence = {**command.evidence, **disclosed(integration)}
        evidence.pop("integration")
        transaction = Transaction()
        recorded = consent.agree(
            transaction,
            known,
            Happening(
                type=(
                    EventType.CONFIRMATION_REQUESTED
                    if integration.double_opt_in
                    else EventType.LEAD_RECEIVED
                ),
                effective_at=command.received_at,
                recorded_at=now,
                channels=integration.channels,
                sender_id=account.sender_id,
                source=Source.FORM if command.via == Via.FORM else Source.API,
                actor=integration.id,
                evidence=evidence,
            ),
            {
                "contact_id": contact_id,
                "last_lead": {
                    "receipt": command.receipt_id,
                    **{k: v for k, v in known.last_lead.items() if k.startswith("in_")},
                    integration.id: f"{stamp(command.received_at)} {evidence['disclosure_sha256']}",
                    "integration": integration.id,
                    "disclosure_sha256": evidence["disclosure_sha256"],
                    "at": stamp(command.received_at),
                    # One that is still to be sent keeps its place, so that it is sent once.
                    "message": (
                        known.last_lead["message"]
                        if _COMPLIANCE in known.todo
                        else f"{stamp(command.received_at)}#{new_id('ms', now)}"
                    ),
                },
                # A person who is known already is no second contact, and gets no second message.
                "todo": [_COMPLIANCE] if new else known.todo,
            },
        )
        transaction.commit()
        return recorded

    def _contact(
        self,
        command: ProcessLead,
        integration: Integration,
        account: Account,
        recorded: Consent,
        number: PhoneNumber,
    ) -> Contact:
        textable = number.line_type != _FIXED_LINE
        return Contact(
            id=recorded.contact_id or "",
            account_id=account.id,
            phone=number.e164,
            subject=recorded.subject,
            first_name=command.lead.first_name,
            last_name=command.lead.last_name,
            email=command.lead.email,
            custom=command.lead.custom,
            created_at=self.clock.now(),
            integration_id=integration.id,
            line_type=number.line_type.value,
            marks=marks.of(
                recorded, {}, [account.sender_id], account.sender_id, command.received_at
            ),
            compliance=Compliance(
                state=ComplianceState.QUEUED if textable else ComplianceState.NOT_SENT,
                reason="" if textable else "The number is a landline.",
                at=self.clock.now(),
            ),
            queue=QueuePlace(state=QueueState.WAITING),
        )

    def _follow_up(
        self,
        command: ProcessLead,
        integration: Integration,
        account: Account,
        recorded: Consent,
        number: PhoneNumber,
    ) -> None:
        """Make the contact and send what is to be sent, then say so; done twice it is done once."""
        if recorded.contact_id is None:
            return
        if _COMPLIANCE not in recorded.todo:
            marks.refresh(account.id, recorded.contact_id, self.clock)
            return
        # Not in the transaction that records the consent: written by itself it costs half, and
        # whoever comes back after a crash makes the same contact.
        adding.put(self._contact(command, integration, account, recorded, number))
        if number.line_type == _FIXED_LINE:
            self.commands.send(
                EnterQueue(
                    account_id=account.id,
                    contact_id=recorded.contact_id,
                    why=WhyEnter.NOT_TEXTABLE,
                )
            )
        else:
            sender = self.accounts.sender(account.sender_id)
            if sender is None:
                raise LookupError(f"{account.id} has no sender")
            self.outbound.send(self._message(recorded, integration, account, sender, number))
        self._list_what_stands(account, recorded)
        consent_store.clear_todo(account.id, recorded.subject)

    def _list_what_stands(self, account: Account, recorded: Consent) -> None:
        """Put a STOP that came while the lead was recorded on the account's list, and mark it.

        Its effects walk the accounts that know the phone: whichever of the two was committed last
        sees the other.
        """
        against = consent_store.opt_out(account.sender_id, recorded.subject)
        stands = {channel: against.opted_out(channel, account.id) for channel in Channel}
        for channel, entry in stands.items():
            if entry:
                consent_store.put_listed(
                    account.id, account.sender_id, recorded.subject, channel, entry.effective_at
                )
        if recorded.contact_id and any(stands.values()):
            marks.refresh(account.id, recorded.contact_id, self.clock)

    def _message(
        self,
        recorded: Consent,
        integration: Integration,
        account: Account,
        sender: Sender,
        number: PhoneNumber,
    ) -> SendMessage:
        contact_id = recorded.contact_id or ""
        return SendMessage(
            place=Place(
                thread=contact_thread(account.id, contact_id),
                sort=recorded.last_lead["message"],
            ),
            account_id=account.id,
            contact_id=contact_id,
            sender_id=sender.id,
            phone=number.e164,
            subject=recorded.subject,
            purpose=Purpose.COMPLIANCE,
            body=compliance_text(sender, double_opt_in=integration.double_opt_in),
            created_at=self.clock.now(),
        )

    def _note(self, command: ProcessLead, integration: Integration) -> None:
        """Remember the last lead, at most once a minute so that no item grows hot."""
        last = self._noted.get(integration.id)
        if last is None or command.received_at - last >= _NOTE_EVERY:
            store.note_lead(command.account_id, integration.id, command.received_at)
            self._noted[integration.id] = command.received_at


def _was_active(command: ProcessLead, integration: Integration) -> bool:
    """Tell whether the edge saw the integration active: its evidence names the disclosure then.

    A lead accepted before the pause is still processed; one taken blindly is judged here.
    """
    return command.evidence.get("integration") == integration.id
