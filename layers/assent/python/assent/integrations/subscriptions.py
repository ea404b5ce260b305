"""The subscribe API: a program says that somebody wants to join; the person itself is asked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from assent.accounts.model import Account, Sender
from assent.accounts.service import AccountService
from assent.consent import service as consent
from assent.consent import store as consent_store
from assent.consent.ledger import Happening
from assent.consent.listing import store as listing_store
from assent.consent.model import (
    Channel,
    Consent,
    EventType,
    OptOut,
    Source,
    Standing,
    Status,
    Suppression,
)
from assent.consent.policy import Purpose, way_back
from assent.contacts import adding, joining, marks
from assent.contacts.groups import store as group_store
from assent.contacts.groups.model import Group
from assent.contacts.model import Contact, Origin, QueuePlace, QueueState
from assent.contacts.opt_outs import Listed, lines
from assent.integrations.health import store
from assent.integrations.ingest import Caller, agent, disclosed
from assent.integrations.model import Integration, IntegrationState, Subscription
from assent.integrations.texts import confirmation_text
from assent.messaging.model import Place, SendMessage, contact_thread
from assent.platform.clock import Clock, stamp
from assent.platform.errors import Conflict, FieldError, Invalid
from assent.platform.ids import derived_id, new_id
from assent.platform.pseudonyms import Pseudonyms
from assent.platform.queues import Sink
from assent.platform.tables import ConditionFailed, Contention, Transaction
from assent.sms.numbers import InvalidNumber, PhoneNumber, parse

_ATTEMPTS = 5
_FIXED_LINE = "fixed_line"


class Asked(StrEnum):
    """What came of it."""

    CONFIRMATION_REQUESTED = "confirmation_requested"
    SUBSCRIBED = "subscribed"


@dataclass(frozen=True)
class _Wish:
    """Who is to be subscribed to what, checked."""

    integration: Integration
    account: Account
    sender: Sender
    group: Group | None
    number: PhoneNumber
    subject: str
    channels: list[Channel]
    wanted: Subscription
    caller: Caller

    @property
    def group_id(self) -> str:
        return self.group.id if self.group else ""


@dataclass
class SubscriptionService:
    """Asks people for their YES, once, on behalf of an integration."""

    clock: Clock
    accounts: AccountService
    pseudonyms: Pseudonyms
    outbound: Sink

    def subscribe(self, integration: Integration, wanted: Subscription, caller: Caller) -> Asked:
        """Ask a person to confirm; one who is subscribed already joins the group at once.

        While a question is open it is not asked again. Raises `Conflict` for a hard opt-out, with
        the way back, and `Invalid` naming each bad field.
        """
        if not integration.is_open:
            paused = integration.state == IntegrationState.PAUSED
            raise Conflict(
                "integration_paused" if paused else "integration_inactive",
                "This integration is "
                + ("paused" if paused else "switched off")
                + ", so it subscribes nobody. An administrator can change that in the console.",
            )
        wish = self._wish(integration, wanted, caller)
        for _ in range(_ATTEMPTS):
            try:
                return self._subscribe(wish)
            except (ConditionFailed, Contention):
                continue
        raise Contention

    def _wish(self, integration: Integration, wanted: Subscription, caller: Caller) -> _Wish:
        account = self.accounts.account(integration.account_id)
        problems: list[FieldError] = []
        number = _number(wanted.phone, account, problems)
        group = group_store.group(account.id, wanted.group_id) if wanted.group_id else None
        if wanted.group_id and group is None:
            problems.append(_problem("group_id", "unknown_group", "is no group of this account"))
        channels = list(dict.fromkeys(wanted.channels or integration.channels))
        if not set(channels) <= set(integration.channels):
            words = "The integration's disclosure does not cover this channel."
            problems.append(_problem("channels", "not_disclosed", words))
        if problems or number is None:
            raise Invalid(
                "invalid_subscription", "Some fields are not acceptable.", fields=problems
            )
        sender_id = group.sender_id if group else account.sender_id
        return _Wish(
            integration=integration,
            account=account,
            sender=self.accounts.sender_for(account.id, sender_id),
            group=group,
            number=number,
            subject=self.pseudonyms.of(number.e164),
            channels=channels,
            wanted=wanted,
            caller=caller,
        )

    def _subscribe(self, wish: _Wish) -> Asked:
        known = consent_store.consent(wish.account.id, wish.subject)
        against = consent_store.opt_out(wish.sender.id, wish.subject)
        self._refuse_hard(wish, against)
        if _is_subscribed(wish, known, against):
            if wish.group and known.contact_id:
                joining.join(wish.account.id, known.contact_id, wish.group.id, self.clock)
            return Asked.SUBSCRIBED
        asked_at = _asked_at(wish, known, against, self.clock.now())
        if asked_at is None:
            asked_at = self.clock.now()
            known = self._record(wish, known, asked_at)
        if known.contact_id:
            marks.refresh(wish.account.id, known.contact_id, self.clock)
        # The same question has the same place in the conversation, so it is sent once.
        self.outbound.send(_question(wish, known.contact_id or "", asked_at))
        return Asked.CONFIRMATION_REQUESTED

    def _refuse_hard(self, wish: _Wish, against: OptOut) -> None:
        """Refuse what only the contact can undo; the question itself comes by SMS."""
        channels = {Channel.SMS, *wish.channels}
        hard = [
            line
            for line in lines(against, wish.account.id)
            if line.channel in channels and line.entry.suppression == Suppression.HARD
        ]
        if not hard:
            return
        store.count_listed(wish.account.id, wish.integration.id, self.clock.now())
        for line in hard:
            _list(wish.account, line)
        raise Conflict("hard_opt_out", _way_back(hard[0], wish.sender))

    def _record(self, wish: _Wish, known: Consent, now: datetime) -> Consent:
        contact_id = known.contact_id or new_id("ct", now)
        evidence = {
            "ip": wish.caller.ip,
            "user_agent": agent(wish.caller.user_agent),
            "url": wish.caller.url,
            "disclosure_sha256": disclosed(wish.integration)["disclosure_sha256"],
        }
        transaction = Transaction()
        recorded = consent.agree(
            transaction,
            known,
            Happening(
                type=EventType.CONFIRMATION_REQUESTED,
                effective_at=now,
                recorded_at=now,
                channels=wish.channels,
                sender_id=wish.sender.id,
                source=Source.API,
                actor=wish.integration.id,
                evidence=evidence,
            ),
            {"contact_id": contact_id},
            group_id=wish.group_id,
        )
        if known.contact_id is None:
            adding.add(transaction, _contact(wish, contact_id, now))
        transaction.commit()
        return recorded


def _number(phone: str, account: Account, problems: list[FieldError]) -> PhoneNumber | None:
    try:
        number = parse(phone, account.default_region)
    except InvalidNumber as error:
        problems.append(_problem("phone", error.code, str(error)))
        return None
    if number.line_type == _FIXED_LINE:
        words = "This is a landline: it gets no texts, so it cannot be asked to confirm."
        problems.append(_problem("phone", "not_textable", words))
    return number


def _problem(field: str, code: str, message: str) -> FieldError:
    return FieldError(field=field, code=code, message=message)


def _is_subscribed(wish: _Wish, known: Consent, against: OptOut) -> bool:
    return all(
        known.agreement(wish.sender.id, channel).standing == Standing.SUBSCRIBED
        and against.opted_out(channel, wish.account.id) is None
        for channel in wish.channels
    )


def _asked_at(wish: _Wish, known: Consent, against: OptOut, at: datetime) -> datetime | None:
    """Say when this very question was asked, if it is open still."""
    if not set(wish.channels) <= set(consent.answerable(known, against, at)):
        return None
    agreements = [known.agreement(wish.sender.id, channel) for channel in wish.channels]
    asked = {(one.asked_at, one.asked_through, one.group_id) for one in agreements}
    if len(asked) != 1:
        return None
    [(asked_at, through, group_id)] = asked
    same = (through, group_id) == (EventType.CONFIRMATION_REQUESTED, wish.group_id)
    return asked_at if same else None


def _list(account: Account, line: Listed) -> None:
    """Show the account, which tried to add the number, why it could not."""
    at = line.entry.effective_at
    listing_store.put_listed(account.id, line.sender_id, line.subject, line.channel, at)


def _way_back(line: Listed, sender: Sender) -> str:
    if line.channel == Channel.SMS:
        return f"This number opted out. To come back, text START to {sender.address}."
    return f"This number opted out of calls. {way_back(line.channel, sender.address)}"


def _question(wish: _Wish, contact_id: str, asked_at: datetime) -> SendMessage:
    message_id = derived_id("ms", asked_at, wish.account.id, wish.subject, "confirmation")
    return SendMessage(
        place=Place(
            thread=contact_thread(wish.account.id, contact_id),
            sort=f"{stamp(asked_at)}#{message_id}",
        ),
        account_id=wish.account.id,
        contact_id=contact_id,
        sender_id=wish.sender.id,
        phone=wish.number.e164,
        subject=wish.subject,
        purpose=Purpose.CONFIRMATION_REQUEST,
        body=confirmation_text(wish.sender),
        created_at=asked_at,
    )


def _contact(wish: _Wish, contact_id: str, at: datetime) -> Contact:
    return Contact(
        id=contact_id,
        account_id=wish.account.id,
        phone=wish.number.e164,
        subject=wish.subject,
        first_name=wish.wanted.first_name,
        last_name=wish.wanted.last_name,
        created_at=at,
        origin=Origin.SUBSCRIPTION,
        line_type=wish.number.line_type.value,
        marks=dict.fromkeys(wish.channels, Status.PENDING),
        integration_id=wish.integration.id,
        queue=QueuePlace(state=QueueState.OUTSIDE),
    )
