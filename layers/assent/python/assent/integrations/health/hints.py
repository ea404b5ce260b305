"""What may keep leads from arriving, told from what is stored (Q12)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from assent.integrations.model import Health, Integration, IntegrationState

_QUIET = timedelta(days=2)
_RECENT = timedelta(days=7)


@dataclass(frozen=True)
class Said:
    """A cause in plain words, and what to do about it.

    `count` and `field` are what the words are about, for those who say it in another language.
    """

    code: str
    text: str
    next_step: str
    count: int = 0
    field: str = ""


_ERRORS: dict[str, Said] = {
    "origin_not_allowed": Said(
        "origin_not_allowed",
        "A site that is not among the allowed ones sent the form, and was refused.",
        "Add the site's origin to the allowed origins, if it is yours.",
    ),
    "key_replaced": Said(
        "key_replaced",
        "A program still sends leads with an API key that was replaced.",
        "Put the new key into the program.",
    ),
    "form_replaced": Said(
        "form_replaced",
        "Somebody still uses the form's former address.",
        "Put the new address into the links and the copied forms.",
    ),
    "integration_paused": Said(
        "refused_while_paused",
        "Leads were sent while this integration was paused, and were refused.",
        "Resume it, and ask those who sent them to send them again.",
    ),
    "integration_inactive": Said(
        "refused_while_inactive",
        "Leads were sent while this integration was switched off, and were refused.",
        "Activate it, and ask those who sent them to send them again.",
    ),
}
_FIELDS: dict[str, str] = {
    "consent": "The box was not ticked, or a copied form does not send it as consent=yes.",
    "disclosure": "A form shows words that are not registered here.",
    "phone": "Phone numbers were missing, or none that can be reached.",
    "first_name": "First names were missing; a copied form may name the field differently.",
    "last_name": "Last names were missing; a copied form may name the field differently.",
    "email": "E-mail addresses could not be read.",
    "custom": "Further fields were too many or too long.",
    "unknown": "Fields were sent that a lead does not have; others belong into custom.",
    "body": "What was sent is no JSON object.",
}


def hints(
    integration: Integration, health: Health, at: datetime, *, sender_registered: bool
) -> list[Said]:
    """Say what may keep leads from arriving, the surest first; nothing when all is well."""
    return [
        *_state(integration),
        *_sender(sender_registered=sender_registered),
        *_error(health, at),
        *_refusals(health),
        *_listed(health),
        *_silence(integration, health, at),
    ]


def _state(integration: Integration) -> list[Said]:
    if integration.is_open:
        return []
    paused = integration.state == IntegrationState.PAUSED
    return [
        Said(
            "paused" if paused else "inactive",
            f"This integration is {'paused' if paused else 'switched off'} and takes no leads.",
            "Resume it." if paused else "Activate it.",
        )
    ]


def _sender(*, sender_registered: bool) -> list[Said]:
    if sender_registered:
        return []
    return [
        Said(
            "sender_not_registered",
            "The sender is not registered with the carriers, so compliance messages are not sent "
            "and leads do not enter the queue.",
            "Register the sender, then mark it as registered.",
        )
    ]


def _error(health: Health, at: datetime) -> list[Said]:
    said = _ERRORS.get(health.last_error)
    since = health.last_error_at
    if said is None or since is None or at - since > _RECENT:
        return []
    if health.last_lead_at and health.last_lead_at > since:
        return []  # it came right since
    return [said]


def _refusals(health: Health) -> list[Said]:
    refused = sum(day.refused for day in health.days)
    leads = sum(day.leads for day in health.days)
    if refused <= leads or not health.refusals:
        return []
    field = max(sorted(health.refusals), key=lambda one: health.refusals[one])
    why = _FIELDS.get(field, _FIELDS["unknown"])
    text = f"More was refused than accepted in 14 days, mostly for the field {field}. {why}"
    return [
        Said(
            "fields_refused",
            text,
            "Compare what your form or program sends with the API's description.",
            count=refused,
            field=field,
        )
    ]


def _listed(health: Health) -> list[Said]:
    listed = sum(day.listed for day in health.days)
    if not listed:
        return []
    return [
        Said(
            "listed",
            "1 lead in 14 days came from a number on the opt-out list: nothing is sent to it, and "
            "it does not enter the queue."
            if listed == 1
            else f"{listed} leads in 14 days came from numbers on the opt-out list: nothing is "
            "sent to them, and they do not enter the queue.",
            "These people can come back by texting START.",
            count=listed,
        )
    ]


def _silence(integration: Integration, health: Health, at: datetime) -> list[Said]:
    tried = health.last_error_at is not None
    if health.last_lead_at is None:
        text = "No lead was ever accepted." if tried else "Nothing has ever been sent here."
        return [
            Said("never", text, "Send a lead from the form's own address to see whether it works.")
        ]
    if integration.is_open and at - health.last_lead_at > _QUIET:
        return [
            Said(
                "quiet",
                "No lead has come for more than two days.",
                "Open the form, and check that links, copied forms and programs lead here.",
            )
        ]
    return []
