"""The edge: leads are verified, validated and put in the queue; nothing else happens here."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from assent.accounts.model import Account
from assent.accounts.service import AccountService
from assent.integrations.credentials import Found, hashed, split_api_key, split_form_key
from assent.integrations.health import store
from assent.integrations.model import Integration, IntegrationState, Lead, ProcessLead, Via
from assent.integrations.service import IntegrationService, ended
from assent.platform.clock import Clock
from assent.platform.errors import AssentError, Conflict, FieldError, Forbidden, Invalid
from assent.platform.ids import derived_id, new_id
from assent.platform.queues import Sink
from assent.platform.tables import Unavailable
from assent.sms.numbers import InvalidNumber, parse

_FORM_FIELDS = set(Lead.model_fields) - {"custom"}
CONSENT_FIELD = "consent"
"""The box of the form. No form is taken without it, so source `Form` says that it was ticked."""
DISCLOSURE_FIELD = "disclosure"
"""Names the words that the form shows, by their SHA-256: it may be older than those of today."""
HONEYPOT_FIELD = "website"
UNKNOWN_FIELD = "unknown"
"""What is counted of a field that no lead has: its name could be anything, a person's too."""
_COUNTED = {*Lead.model_fields, CONSENT_FIELD, DISCLOSURE_FIELD, "body"}
_AGENT_LENGTH = 90
_HASH_LENGTH = 64
_SAID_BY_ALL = re.compile(
    r"Mozilla/5\.0 |\s?AppleWebKit/[\d.]+ \(KHTML, like Gecko\)|\s?Safari/537\.36"
)
# The same Idempotency-Key gives the same receipt, whenever it comes.
_NO_TIME = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Caller:
    """Where a request came from, as evidence."""

    ip: str
    user_agent: str
    url: str
    origin: str = ""  # another site's, when the form stands there


@dataclass
class IngestService:
    """Takes leads in. While tables do not answer, leads are taken and checked by the worker."""

    clock: Clock
    accounts: AccountService
    integrations: IntegrationService
    requests: Sink

    def from_form(self, form_key: str, fields: Mapping[str, str], caller: Caller) -> str | None:
        """Take a lead from the hosted or a copied form; returns the receipt's id.

        Nothing comes back when the honeypot was filled: the robot is thanked and forgotten.
        """
        shown = _named(fields)
        integration = self._open(lambda: self.integrations.find_form(form_key), Via.FORM, shown)
        if integration:
            self._check_origin(integration, caller)
        if fields.get(HONEYPOT_FIELD):
            return None
        account_id, _ = split_form_key(form_key)
        given = {k: v for k, v in fields.items() if k in _FORM_FIELDS and v}
        problems = [] if fields.get(CONSENT_FIELD) else [_no_consent()]
        if integration and shown and integration.covered_by(shown) is None:
            problems.append(_unknown_words())
        lead = self._valid(account_id, integration, given, problems)
        evidence = self._evidence(integration, caller, shown)
        return self._accept(account_id, Via.FORM, form_key, lead, evidence)

    def from_api(
        self, api_key: str, body: object, caller: Caller, idempotency_key: str = ""
    ) -> str:
        """Take a lead from the API; the evidence is the integration's registered disclosure."""
        account_id, key_id = split_api_key(api_key)
        key_hash = hashed(api_key)
        integration = self._open(
            lambda: self.integrations.find_key(account_id, key_id, key_hash), Via.API
        )
        lead = self._valid(account_id, integration, body, [])
        return self._accept(
            account_id,
            Via.API,
            f"{key_id}|{key_hash}",
            lead,
            self._evidence(integration, caller),
            idempotency_key,
        )

    def _open(self, find: Callable[[], Found], via: Via, shown: str = "") -> Integration | None:
        """Return the integration that a credential leads to, if it takes leads.

        Nothing comes back while the table does not answer: the worker checks then. Words that
        what is remembered does not know may be new.
        """
        try:
            found = find()
            if shown and found.integration.covered_by(shown) is None:
                self.integrations.forget(found)
                found = find()
        except Unavailable:
            return None
        if not found.is_live:
            refusal: AssentError = ended(found, via)
        elif not found.integration.is_open:
            refusal = _closed(found.integration)
        else:
            return found.integration
        self._note(found.integration, refusal.code)
        raise refusal

    def _check_origin(self, integration: Integration, caller: Caller) -> None:
        allowed = integration.allowed_origins
        if caller.origin and allowed and caller.origin not in (*allowed, "null"):
            self._note(integration, "origin_not_allowed")
            raise Forbidden("origin_not_allowed", "This site may not send this form.")

    def _valid(
        self,
        account_id: str,
        integration: Integration | None,
        given: object,
        problems: list[FieldError],
    ) -> Lead:
        """Check every field at once, so that one answer names all that is wrong."""
        lead: Lead | None = None
        try:
            lead = Lead.model_validate(given)
        except ValidationError as error:
            problems = [*problems, *(_problem(e) for e in error.errors())]
        phone = given.get("phone") if isinstance(given, Mapping) else None
        if isinstance(phone, str) and phone.strip():
            region = self._account(account_id, integration).default_region if integration else "US"
            try:
                parse(phone, region)
            except InvalidNumber as error:
                problems.append(FieldError(field="phone", code=error.code, message=str(error)))
        if problems or lead is None:
            if integration:
                for field in sorted({_counted(problem.field) for problem in problems}):
                    store.count_refused(account_id, integration.id, field, self.clock.now())
                self._note(integration, "fields_refused")
            raise Invalid(
                "invalid_lead", "Some fields are missing or not acceptable.", fields=problems
            )
        return lead

    def _account(self, account_id: str, integration: Integration) -> Account:
        try:
            return self.accounts.account(account_id)
        except Unavailable:
            return Account(id=account_id, name=integration.name, sender_id="")

    def _evidence(
        self, integration: Integration | None, caller: Caller, shown: str = ""
    ) -> dict[str, str]:
        evidence = {"ip": caller.ip, "user_agent": agent(caller.user_agent), "url": caller.url}
        if integration:
            evidence |= disclosed(integration)
        if shown:
            evidence["disclosure_sha256"] = shown
        return evidence

    def _accept(
        self,
        account_id: str,
        via: Via,
        credential: str,
        lead: Lead,
        evidence: dict[str, str],
        idempotency_key: str = "",
    ) -> str:
        now = self.clock.now()
        receipt_id = (
            derived_id("rc", _NO_TIME, account_id, credential, idempotency_key)
            if idempotency_key
            else new_id("rc", now)
        )
        self.requests.send(
            ProcessLead(
                receipt_id=receipt_id,
                account_id=account_id,
                via=via,
                credential=credential,
                lead=lead,
                evidence=evidence,
                received_at=now,
            )
        )
        return receipt_id

    def _note(self, integration: Integration, error: str) -> None:
        store.note_error(integration.account_id, integration.id, error, self.clock.now())


def agent(said: str) -> str:
    """Shorten what a browser says of itself to what tells it from others.

    Evidence has to stay small: an event of more than 1 KB costs twice as much to write.
    """
    return _SAID_BY_ALL.sub("", said)[:_AGENT_LENGTH].strip()


def disclosed(integration: Integration) -> dict[str, str]:
    """Give the disclosure as evidence: the SHA-256 of its words, which are kept under it."""
    return {
        "integration": integration.id,
        "disclosure_sha256": integration.disclosure_sha256,
    }


def explain(error: AssentError) -> dict[str, str]:
    """Give each refused field with its words, for a form to show beside it."""
    return {problem.field: problem.message for problem in error.fields}


def _counted(field: str) -> str:
    """Name a refused field as it is counted: what somebody made up is not kept."""
    return field if field in _COUNTED else UNKNOWN_FIELD


def _named(fields: Mapping[str, str]) -> str:
    """Read which words the form shows, if it says so."""
    given = fields.get(DISCLOSURE_FIELD, "").strip().lower()
    return given[:_HASH_LENGTH]


def _closed(integration: Integration) -> Conflict:
    if integration.state == IntegrationState.PAUSED:
        return Conflict(
            "integration_paused",
            "This integration is paused, so it takes no leads. Resume it in the console.",
        )
    return Conflict(
        "integration_inactive",
        "This integration is switched off, so it takes no leads. Activate it in the console.",
    )


def _unknown_words() -> FieldError:
    return FieldError(
        field=DISCLOSURE_FIELD,
        code="unknown",
        message="This form shows words that are not registered. Load it again.",
    )


def _no_consent() -> FieldError:
    return FieldError(
        field=CONSENT_FIELD, code="missing", message="Tick the box if you want to get messages."
    )


def _problem(error: ErrorDetails) -> FieldError:
    field = str(error["loc"][0]) if error["loc"] else "body"
    messages = {
        "missing": "is required",
        "string_too_short": "is required",
        "extra_forbidden": "is not a field that we know",
    }
    return FieldError(
        field=field,
        code=error["type"],
        message=messages.get(error["type"], error["msg"].removeprefix("Value error, ")),
    )
