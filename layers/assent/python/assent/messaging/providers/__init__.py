"""Providers: one module each, and one row here."""

from assent.messaging.providers.base import Cause, Failure, Provider
from assent.messaging.providers.twilio import Twilio

PROVIDERS: dict[str, Provider] = {"twilio": Twilio()}
"""Every provider by the name that stands in webhook paths and in stored credentials."""


def cause_of(code: str) -> Cause | None:
    """Look a provider's code up in the tables of all of them."""
    found = (provider.causes().get(code) for provider in PROVIDERS.values())
    return next((cause for cause in found if cause), None)


def says_landline(code: str) -> bool:
    """Tell whether a provider's code means that the number gets no texts."""
    cause = cause_of(code)
    return cause is not None and cause.failure in (Failure.LANDLINE, Failure.NOT_TEXTABLE)
