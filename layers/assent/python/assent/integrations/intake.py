"""What is made of a lead: a contact, consent on record, and one compliance message.

The consent record and the ledger event are one transaction, which stores the contact and the
message as still to be made. A redelivered lead finds the record and only does what is still to do.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from time import sleep

from assent.accounts.model import Account, Sender
from assent.accounts.service import AccountService
from assent.consent import service as consent
from assent.consent import store as consent_store
from assent.consent.ledger import Happening
from assent.consent.listing import store as listing_store
from assent.consent.model import Channel, Consent, EventType, Source
from assent.consent.policy import Purpose
from assent.contacts import adding, marks
from assent.contacts import store as contacts
from assent.contacts.being_made import BeingMade, wait_for_contact
from assent.contacts.model import (
    Compliance,
    ComplianceState,
    Contact,
    EnterQueue,
    QueuePlace,
    QueueState,
    WhyEnter,
)
from assent.contacts.queue import store as queue_store
from assent.contacts.service import apply_agreement
from assent.integrations.acceptance import found_for, was_accepted, words_of
from assent.integrations.health import store
from assent.integrations.health.tally import Tally
from assent.integrations.ingest import DISCLOSURE_FIELD
from assent.integrations.model import Integration, ProcessLead, Via
from assent.integrations.service import IntegrationService
from assent.integrations.texts import compliance_text
from assent.messaging.look_ups import LookUps, NoLookUps
from assent.messaging.model import Place, SendMessage, contact_thread
from assent.platform.clock import Clock, from_stamp, stamp
from assent.platform.errors import AssentError
from assent.platform.ids import new_id
from assent.platform.pseudonyms import Pseudonyms
from assent.platform.queues import Sink
from assent.platform.tables import ConditionFailed, Contention, Transaction
from assent.sms.line_types import line_type
from assent.sms.numbers import InvalidNumber, LineType, PhoneNumber, parse

_ATTEMPTS, _MOMENT = 5, 0.1  # seconds
_SAME_LEAD = timedelta(hours=24)
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
    look_ups: LookUps = field(default_factory=NoLookUps)

    def __post_init__(self) -> None:
        self._tally = Tally()

    def process(self, command: ProcessLead) -> str:
        """Process one lead and return its outcome as a word."""
        try:
            found = found_for(command, self.integrations)
            account = self.accounts.account(command.account_id)
            number = parse(command.lead.phone, account.default_region)
        except AssentError as error:
            return f"refused_{error.code}"
        except InvalidNumber:
            store.count_refused(command.account_id, found.integration.id, "phone", self.clock.now())
            return "refused_phone"
        integration = found.integration
        if not was_accepted(command, found):
            return f"refused_integration_{integration.state}"
        if integration.covered_by(words_of(command, integration)) is None:
            store.count_refused(account.id, integration.id, DISCLOSURE_FIELD, self.clock.now())
            return "refused_unknown_words"
        if command.via == Via.API:
            self._tally.used(integration, self.clock.now())
        for attempt in range(_ATTEMPTS):
            try:
                return self._apply(command, integration, account, number)
            except BeingMade:
                sleep(_MOMENT * attempt)
            except (ConditionFailed, Contention):
                continue
        raise Contention

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
            listing_store.put_listed(
                account.id, account.sender_id, subject, Channel.SMS, listed.effective_at
            )
            return "listed"
        wait_for_contact(known, self.clock.now())
        if known.contact_id and self._is_same(known, command, integration):
            return "duplicate"
        made = self._record(
            command, integration, account, known, is_first=_is_first(account.id, known)
        )
        self._follow_up(command, integration, account, made, number)
        self._tally.came(integration, command.received_at)
        return "known_contact" if known.contact_id else "new_contact"

    def _is_same(self, known: Consent, command: ProcessLead, integration: Integration) -> bool:
        """Tell whether this lead says nothing new: same integration and disclosure, same day."""
        at, _, disclosure = known.last_lead.get(integration.id, "").partition(" ")
        return (
            disclosure == words_of(command, integration)
            and command.received_at - from_stamp(at) < _SAME_LEAD
        )

    def _record(
        self,
        command: ProcessLead,
        integration: Integration,
        account: Account,
        known: Consent,
        *,
        is_first: bool,
    ) -> Consent:
        now = self.clock.now()
        contact_id = known.contact_id or new_id("ct", now)
        words = words_of(command, integration)
        # Who acted, and by which way, are the event's own fields.
        evidence = {**command.evidence, "disclosure_sha256": words}
        evidence.pop("integration", None)
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
                # What the words covered that this person saw.
                channels=integration.covered_by(words) or integration.channels,
                sender_id=account.sender_id,
                source=Source.FORM if command.via == Via.FORM else Source.API,
                actor=integration.id,
                evidence=evidence,
            ),
            {
                "contact_id": contact_id,
                "last_lead": {
                    "receipt": command.receipt_id,
                    **{
                        name: kept
                        for name, kept in known.last_lead.items()
                        if name.startswith(("in_", "im_"))
                    },
                    integration.id: f"{stamp(command.received_at)} {words}",
                    "integration": integration.id,
                    "disclosure_sha256": words,
                    "at": stamp(command.received_at),
                    # One that is still to be sent keeps its place, so that it is sent once.
                    "message": (
                        known.last_lead["message"]
                        if _COMPLIANCE in known.todo
                        else f"{stamp(command.received_at)}#{new_id('ms', now)}"
                    ),
                },
                # Who was a lead before, or is in a group, gets no second message (Q13).
                "todo": [_COMPLIANCE] if is_first else known.todo,
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
        kind: LineType,
    ) -> Contact:
        textable = kind != LineType.fixed_line
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
            line_type=kind.value,
            marks=marks.of(
                recorded, {}, [account.sender_id], account.sender_id, command.received_at
            ),
            compliance=Compliance(
                state=ComplianceState.QUEUED if textable else ComplianceState.NOT_TEXTABLE,
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
            self._apply_to_groups(integration, account, recorded.contact_id)
            return
        # Not in the transaction that records the consent: written by itself it costs half, and
        # whoever comes back after a crash makes the same contact.
        sender = self.accounts.sender(account.sender_id)
        if sender is None:
            raise LookupError(f"{account.id} has no sender")
        kind = self._line_type(integration, recorded, sender, number)
        lead = self._contact(command, integration, account, recorded, number, kind)
        if not adding.put(lead):
            adding.complete(lead)
            queue_store.begin_waiting(lead)
            marks.refresh(account.id, lead.id, self.clock)
        if kind == LineType.fixed_line:
            self.commands.send(
                EnterQueue(
                    account_id=account.id,
                    contact_id=recorded.contact_id,
                    why=WhyEnter.NOT_TEXTABLE,
                )
            )
        else:
            self.outbound.send(self._message(recorded, integration, account, sender, number))
        self._list_what_stands(account, recorded)
        consent_store.clear_todo(account.id, recorded.subject)

    def _line_type(
        self, integration: Integration, recorded: Consent, sender: Sender, number: PhoneNumber
    ) -> LineType:
        """Say what kind of line it is; the carrier is asked once, and only if it is to be."""
        if not integration.line_look_up:
            return number.line_type
        made = contacts.contact(recorded.account_id, recorded.contact_id or "")
        if made:  # by a worker that ended after it had asked
            return LineType(made.line_type)
        return line_type(number, self.look_ups.of_sender(sender))

    def _apply_to_groups(self, integration: Integration, account: Account, contact_id: str) -> None:
        """Let somebody who was in a group before agreeing to anything be reached there now."""
        if integration.double_opt_in:
            return
        for channel in integration.channels:
            apply_agreement(account.id, contact_id, account.sender_id, channel, self.clock)

    def _list_what_stands(self, account: Account, recorded: Consent) -> None:
        """Put a STOP that came while the lead was recorded on the account's list, and mark it.

        Its effects walk the accounts that know the phone: whichever of the two was committed last
        sees the other.
        """
        against = consent_store.opt_out(account.sender_id, recorded.subject)
        stands = {channel: against.opted_out(channel, account.id) for channel in Channel}
        for channel, entry in stands.items():
            if entry:
                listing_store.put_listed(
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


def _is_first(account_id: str, known: Consent) -> bool:
    """Tell whether a person is a lead for the first time, and in no group that says who it is.

    A contact that was made by hand or by an import has been told nothing yet, nor has one that is
    not there: the import that took its number ended before it wrote it.
    """
    if known.contact_id is None:
        return True
    found = contacts.contact(account_id, known.contact_id, consistent=True)
    return found is None or (
        found.queue.state == QueueState.OUTSIDE
        and found.compliance.state == ComplianceState.NOT_SENT
        and not found.groups
        and not found.erased_at
    )
