"""What a recipient has to pass before its copy goes out: one list, for the send and the dry run.

What stands against a contact at the sender is read after the claim, just before the provider; all
that can be said before is said here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from assent.broadcasts import timing
from assent.broadcasts.checkpoints import GateName, GateSeen, before, way
from assent.broadcasts.model import Broadcast, Otherwise, place_of
from assent.broadcasts.others import Others
from assent.broadcasts.results import Exclusion
from assent.broadcasts.text import fill_in
from assent.consent import store as consent
from assent.consent.hours import whereabouts
from assent.consent.model import Channel, Standing, Status
from assent.consent.policy import Purpose
from assent.consent.rulebook import Cap
from assent.contacts.model import Recipient, Textable
from assent.contacts.recipients import store as recipients
from assent.messaging import store as messages
from assent.messaging.model import contact_thread
from assent.platform.clock import stamp
from assent.sms import templates

_AT_ONCE = 2
"""Other broadcasts that are always expected to reach a contact at the same moment.

A contact that is further from its cap costs no look after the claim, unless there are more.
"""
_GIVEN_UP = timedelta(days=7)  # since the start, beyond which nobody is deferred


@dataclass(frozen=True, slots=True)
class Ready:
    """It may go out now, as this text.

    `look` is a cap so near that it is looked at once more after the claim: another broadcast may
    reach the contact at the same moment. `had` are the broadcasts that counted towards the cap.
    """

    body: str
    look: Cap | None = None
    had: int = 0


@dataclass(frozen=True, slots=True)
class _Open:
    look: Cap | None = None
    had: int = 0


@dataclass(frozen=True, slots=True)
class Later:
    """It has to wait until a moment, or is only sorted; nothing holds it back then."""

    hold: timing.Hold | None
    until: datetime


@dataclass(frozen=True, slots=True)
class LeftOut:
    """It does not go out, for a reason, with what the closed gate saw."""

    reason: Exclusion
    evidence: dict[str, str]
    had: int = 0


Verdict = Ready | Later | LeftOut


def latest_broadcasts(contact: Recipient, cap: Cap, now: datetime) -> Sequence[datetime]:
    """Say when a contact was sent broadcasts in the time that a cap looks at."""
    thread = contact_thread(contact.account_id, contact.id)
    return messages.recently_sent(thread, Purpose.BROADCAST, now - timedelta(hours=cap.hours))


@dataclass(frozen=True)
class Gates:
    """The gates of one broadcast that began, or would begin, at a moment."""

    broadcast: Broadcast
    template: templates.Template
    began: datetime
    sent: Callable[[Recipient, Cap, datetime], Sequence[datetime]] = latest_broadcasts
    others: Others | None = None  # of a dry run there are none: it claims nothing

    def people(self, contact_ids: Iterable[str]) -> dict[str, Recipient]:
        """Read what these gates ask of recipients, and no more, by their ids."""
        broadcast = self.broadcast
        return recipients.recipients(
            broadcast.account_id, contact_ids, broadcast.channel, self.template.variables
        )

    def judge(self, contact: Recipient | None, now: datetime, *, woken: bool) -> Verdict:
        """Say what becomes of a recipient now. `woken` are those who were deferred to now."""
        channel = self.broadcast.channel
        if contact is None or contact.erased_at:
            return LeftOut(Exclusion.CONTACT_GONE, {})
        if contact.textable == Textable.NO and channel == Channel.SMS:
            return LeftOut(Exclusion.NOT_TEXTABLE, {"line": "landline"})
        left_out = self._without_consent(contact)
        if left_out:
            return left_out
        held = self._held(contact, now, woken=woken)
        return self._filled_in(contact, held) if isinstance(held, _Open) else held

    def passed(
        self, gate: GateName | None, contact: Recipient | None, now: datetime, had: int
    ) -> list[GateSeen] | None:
        """Say what a recipient passed now before it came to a gate, and what each of them saw.

        Asked only of who is left out. Nothing where the gate is none of those on the way.
        """
        if gate is None:
            return None
        evidence = self._evidence(contact, now, had) if contact else {}
        names = before(gate, way(self.broadcast.channel, local=bool(self.broadcast.local_at)))
        return [GateSeen(name=one, passed=True, evidence=evidence.get(one, {})) for one in names]

    def _evidence(
        self, contact: Recipient, now: datetime, had: int
    ) -> dict[GateName, dict[str, str]]:
        broadcast = self.broadcast
        chosen = sorted(contact.groups.intersection(broadcast.groups))
        return {
            GateName.AUDIENCE: {"groups": ", ".join(chosen)} if chosen else {},
            GateName.LINE: {"textable": contact.textable.value},
            GateName.CONSENT: {
                "channel": broadcast.channel.value,
                "standing": Standing.SUBSCRIBED.value,
            },
            **timing.passed(broadcast, whereabouts(contact.phone, contact.zone), now, had),
        }

    def has_room(self, contact: Recipient, cap: Cap, now: datetime) -> bool:
        """Tell whether a cap leaves room for a copy that is claimed, beside all claimed before."""
        place, since = place_of(self.broadcast, contact.id), now - timedelta(hours=cap.hours)
        sent = messages.recently_sent(place.thread, Purpose.BROADCAST, since, beside=place)
        return len(sent) < cap.messages

    def _is_near(self, cap: Cap, sent: int, now: datetime) -> bool:
        """Tell whether others that reach a contact at this moment could pass its cap with this."""
        if sent + _AT_ONCE >= cap.messages:
            return True
        return self.others is not None and sent + self.others.at(now) >= cap.messages

    def _without_consent(self, contact: Recipient) -> LeftOut | None:
        """Leave out whose consent ended since the plan; only who is so marked is looked up."""
        broadcast = self.broadcast
        if contact.mark(broadcast.channel) == Status.SUBSCRIBED:
            return None
        known = consent.consent(broadcast.account_id, contact.subject)
        agreement = known.agreement(broadcast.sender_id, broadcast.channel)
        if agreement.standing == Standing.SUBSCRIBED:
            return None  # what stands against it is read after the claim
        evidence = {"channel": broadcast.channel.value, "standing": agreement.standing.value}
        return LeftOut(Exclusion.NO_CONSENT, evidence | {"sender_id": broadcast.sender_id})

    def _held(self, contact: Recipient, now: datetime, *, woken: bool) -> Later | LeftOut | _Open:
        """Defer or drop a recipient that may not be sent to now."""
        broadcast = self.broadcast
        where = whereabouts(contact.phone, contact.zone)
        # A plan by local times is sorted first, at no pace, and sent when it is woken.
        sorts = bool(broadcast.local_at) and not woken
        cap = where.cap(now) if broadcast.caps != Otherwise.EXEMPT and not sorts else None
        sent = self.sent(contact, cap, now) if cap else []
        wait = timing.wait(broadcast, where, now, sent)
        if wait is None and sorts:
            return Later(None, timing.soonest(now))
        if wait is None:
            near = cap is not None and self._is_near(cap, len(sent), now)
            return _Open(cap if near else None, len(sent))
        drops = {
            timing.Hold.QUIET_HOURS: broadcast.quiet_hours == Otherwise.DROP,
            timing.Hold.CAP_REACHED: broadcast.caps == Otherwise.DROP,
            timing.Hold.LOCAL_TIME: False,
        }
        too_late = wait.until is None or wait.until > self.began + _GIVEN_UP
        if wait.hold != timing.Hold.LOCAL_TIME and (too_late or drops[wait.hold]):
            evidence = wait.evidence | ({"until": stamp(wait.until)} if wait.until else {})
            return LeftOut(Exclusion(wait.hold.value), evidence, len(sent))
        return Later(wait.hold, timing.slot(wait, wait.until or now, now))

    def _filled_in(self, contact: Recipient, found: _Open) -> Ready | LeftOut:
        try:
            return Ready(fill_in(self.template, contact), found.look, found.had)
        except templates.TemplateError as error:
            evidence = {"variable": error.variable or "", "problem": error.code.value}
            return LeftOut(Exclusion.NO_TEXT, evidence, found.had)
