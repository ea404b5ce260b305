"""Asking a sender's provider what kind of line a number is (Q2)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from assent.accounts.model import Sender
from assent.messaging.credentials import credentials
from assent.messaging.providers.base import Credentials, LookUp, NoAnswer
from assent.messaging.providers.twilio_lookup import TwilioLookUp
from assent.platform.clock import Clock
from assent.platform.errors import NotFound
from assent.platform.settings import Settings
from assent.sms.line_types import LineTypes, NoLineTypes
from assent.sms.numbers import LineType, PhoneNumber

_PAUSE = timedelta(seconds=60)

LOOK_UPS: dict[str, LookUp] = {"twilio": TwilioLookUp()}
"""The look-ups of the providers that have one, by the name in stored credentials."""


class LookUps(Protocol):
    """Where look-ups come from."""

    def of_sender(self, sender: Sender) -> LineTypes:
        """Return the look-up that a sender's provider offers."""
        ...


class NoLookUps:
    """No sender has a look-up."""

    def of_sender(self, sender: Sender) -> LineTypes:  # noqa: ARG002 - a port's implementation
        """Return the look-up that says nothing."""
        return NoLineTypes()


@dataclass
class ProviderLookUps:
    """Look-ups of the providers by which senders send."""

    settings: Settings
    clock: Clock
    # Told why a provider gave no answer.
    unanswered: Callable[[str], object]
    # Until when a provider is left alone that did not answer: a batch of leads must not wait for
    # each of its own.
    _quiet_until: dict[str, datetime] = field(default_factory=dict)

    def of_sender(self, sender: Sender) -> LineTypes:
        """Return the look-up of the sender's owner, or one that says nothing."""
        quiet_until = self._quiet_until.get(sender.owner_id)
        if quiet_until and self.clock.now() < quiet_until:
            return NoLineTypes()
        try:
            secret = credentials(self.settings, sender.owner_id)
        except NotFound:
            return NoLineTypes()
        look_up = LOOK_UPS.get(secret.provider)
        return _Bound(self, sender.owner_id, look_up, secret) if look_up else NoLineTypes()

    def leave_alone(self, owner_id: str, why: str) -> None:
        """Do not ask for a while."""
        self.unanswered(why)
        self._quiet_until[owner_id] = self.clock.now() + _PAUSE


@dataclass(frozen=True)
class _Bound:
    """One provider's look-up with the credentials that it is asked with."""

    look_ups: ProviderLookUps
    owner_id: str
    look_up: LookUp
    secret: Credentials

    def of(self, number: PhoneNumber) -> LineType:
        """Ask; no answer is as good as none, since the provider's error says the rest later."""
        try:
            return self.look_up.line_type(self.secret, number.e164)
        except NoAnswer as silence:
            self.look_ups.leave_alone(self.owner_id, str(silence))
            return LineType.unknown
