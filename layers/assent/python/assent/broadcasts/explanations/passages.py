"""The gates that one contact's copy came to, from what was stored when it did, years later too.

What the gates before a closed one saw is kept with the exclusion. A copy that went out has one row
and no room for that: what its gates saw is read from what else was stored by then, which is the
ledger, the contact's other messages and the dated rules. Where nothing was stored, a gate only says
that it was passed: there is no way to the provider around it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from assent.broadcasts import timing
from assent.broadcasts.checkpoints import GateName, GateSeen, before, way
from assent.broadcasts.model import Broadcast, place_of
from assent.broadcasts.results import CLOSES, Excluded, Exclusion
from assent.consent.chains import store as chains
from assent.consent.events import LedgerEvent
from assent.consent.history import rebuild_standings, rebuild_suppressions
from assent.consent.hours import whereabouts
from assent.consent.model import ALL_ACCOUNTS, Standing, Suppression
from assent.consent.policy import Purpose
from assent.consent.transitions import LAYS, LIFTS, STANDINGS, WITHDRAWS
from assent.contacts.model import Contact
from assent.messaging import store as messages
from assent.messaging.model import contact_thread
from assent.platform.clock import stamp

_GIVES = frozenset(
    event
    for (was, event), then in STANDINGS.items()
    if then == Standing.SUBSCRIBED and was != Standing.SUBSCRIBED
)
"""Events by which somebody becomes subscribed."""


def of_excluded(broadcast: Broadcast, kept: Excluded) -> list[GateSeen]:
    """Return the gates of a contact that was left out: those before, and the closed one."""
    gate = CLOSES.get(kept.reason)
    if gate is None:
        return []
    passed = kept.passed
    if passed is None:
        passed = [
            GateSeen(name=name, passed=True, evidence={})
            for name in _surely_before(broadcast, gate)
        ]
    return [*passed, GateSeen(name=gate, passed=False, evidence=kept.evidence)]


def of_held_back(
    broadcast: Broadcast, reason: Exclusion, evidence: dict[str, str], at: datetime
) -> list[GateSeen]:
    """Return the gates of a copy that was claimed and held back then, from its row alone."""
    gate = CLOSES.get(reason)
    if gate is None:
        return []
    passed = [
        GateSeen(name=name, passed=True, evidence={}) for name in before(gate, _way(broadcast))
    ]
    seen = {**evidence, "decided_at": stamp(at)}
    return [*passed, GateSeen(name=gate, passed=False, evidence=seen)]


def _way(broadcast: Broadcast) -> tuple[GateName, ...]:
    return way(broadcast.channel, local=bool(broadcast.local_at))


def _surely_before(broadcast: Broadcast, gate: GateName) -> list[GateName]:
    """Name the gates before one whose exclusion says neither what was before it nor when.

    It may have been closed when the recipients were chosen or just before the send.
    """
    if gate in (GateName.SENDER, GateName.OPT_OUT, GateName.CONSENT, GateName.MEMBERSHIP):
        return [GateName.AUDIENCE]
    return before(gate, _way(broadcast))


@dataclass(frozen=True)
class Sent:
    """A copy that reached the provider's gate, at the moment of its claim."""

    broadcast: Broadcast
    contact: Contact
    at: datetime
    body: str

    def gates(self, provider: GateSeen) -> list[GateSeen]:
        """Return all gates of the copy, with what was stored of each; the provider's is last."""
        evidence = self._evidence()
        names = before(GateName.PROVIDER, _way(self.broadcast))
        passed = [GateSeen(name=one, passed=True, evidence=evidence.get(one, {})) for one in names]
        return [*passed, provider]

    def _evidence(self) -> dict[GateName, dict[str, str]]:
        broadcast = self.broadcast
        consent = self._consent()
        found = {
            GateName.AUDIENCE: {"groups": ", ".join(broadcast.groups)},
            GateName.TEXT: {"body": self.body},
            GateName.SENDER: {"sender_id": broadcast.sender_id},
            GateName.CONSENT: consent,
        }
        # Only where this number was the contact's then: the row does not hold the number.
        return found | ({GateName.OPT_OUT: self._opt_out()} | self._times() if consent else {})

    def _times(self) -> dict[GateName, dict[str, str]]:
        where = whereabouts(self.contact.phone, self.contact.zone)
        cap = where.cap(self.at)
        had = 0
        if cap:
            thread = contact_thread(self.broadcast.account_id, self.contact.id)
            since = self.at - timedelta(hours=cap.hours)
            own = place_of(self.broadcast, self.contact.id)
            sent = messages.recently_sent(
                thread, Purpose.BROADCAST, since, until=self.at, beside=own
            )
            had = len(sent)
        found = timing.passed(self.broadcast, where, self.at, had)
        # A zone of its own may have been given to the contact since: then only what was not asked.
        of_then = not self.contact.zone
        return {name: seen for name, seen in found.items() if of_then or "otherwise" in seen}

    def _consent(self) -> dict[str, str]:
        """Name the event by which consent was on record at the time, if the ledger has it."""
        sender_id, channel = self.broadcast.sender_id, self.broadcast.channel
        chain = self._by_then(chains.events(self.broadcast.account_id, self.contact.subject))
        about = [one for one in chain if one.sender_id == sender_id]
        if rebuild_standings(about).get((sender_id, channel)) != Standing.SUBSCRIBED:
            return {}
        last = max((one for one in about if one.type in _GIVES), key=_when)
        return {
            "standing": Standing.SUBSCRIBED.value,
            "event": last.type.value,
            "effective_at": last.effective_at.isoformat(),
            "source": last.source.value,
        }

    def _opt_out(self) -> dict[str, str]:
        """Say what the ledger had by then: no opt-out, or one that was lifted, and when."""
        account_id, channel = self.broadcast.account_id, self.broadcast.channel
        chain = self._by_then(chains.events(self.broadcast.sender_id, self.contact.subject))
        mine = [one for one in chain if one.scope in (ALL_ACCOUNTS, account_id)]
        states = rebuild_suppressions(mine)
        scopes = (ALL_ACCOUNTS, account_id)
        if any(states.get((channel, one)) not in (None, Suppression.CLEAR) for one in scopes):
            return {}
        laid = [one for one in mine if one.type in LAYS]
        lifted = [one for one in mine if one.type in LIFTS or one.type in WITHDRAWS]
        if not laid:
            return {"on_record": "none", "looked_at": self.at.isoformat()}
        seen = {
            "on_record": "lifted",
            "effective_at": max(laid, key=_when).effective_at.isoformat(),
        }
        return seen | (
            {"lifted_at": max(lifted, key=_when).effective_at.isoformat()} if lifted else {}
        )

    def _by_then(self, chain: Iterable[LedgerEvent]) -> list[LedgerEvent]:
        channel = self.broadcast.channel
        return [one for one in chain if one.recorded_at <= self.at and channel in one.channels]


def _when(event: LedgerEvent) -> datetime:
    return event.effective_at
