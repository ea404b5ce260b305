"""Providers: one module each, and one row here."""

from assent.messaging.providers.base import Provider
from assent.messaging.providers.twilio import Twilio

PROVIDERS: dict[str, Provider] = {"twilio": Twilio()}
"""Every provider by the name that stands in webhook paths and in stored credentials."""
