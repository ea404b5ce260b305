"""The present state as a fold of the chains, by the time at which each event took effect.

Stored records are kept up to date event by event, in whatever order events arrive. Here the same
state is made again from nothing but the ledger and the two tables of `assent.consent.model`, so
that a check can compare the two.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from assent.consent.events import LedgerEvent
from assent.consent.model import (
    ALL_ACCOUNTS,
    SEVERITY,
    Channel,
    Consent,
    EventType,
    Kind,
    OptOut,
    Standing,
    Suppression,
)
from assent.consent.transitions import ENDS, LAYS, LIFTS, STANDINGS, SUPPRESSIONS, WITHDRAWS

_CLEAR = Suppression.CLEAR
Line = tuple[Channel, str, Kind]


def rebuild_standings(events: Iterable[LedgerEvent]) -> dict[tuple[str, Channel], Standing]:
    """Make an account's standings again from its chain, per sender and channel."""
    found: dict[tuple[str, Channel], Standing] = {}
    by_place: dict[tuple[str, Channel], list[LedgerEvent]] = defaultdict(list)
    for event in sorted(events, key=lambda event: event.sequence):
        for channel in event.channels:
            by_place[event.sender_id, channel].append(event)
    for place, recorded in by_place.items():
        standing = Standing.NONE
        for event in sorted(_in_force(recorded), key=_ends_last):
            # What cannot happen in this state changes nothing.
            standing = STANDINGS.get((standing, event.type), standing)
        found[place] = standing
    return found


def _in_force(recorded: Iterable[LedgerEvent]) -> Iterator[LedgerEvent]:
    """Leave out what came late: when it was recorded, consent had ended since."""
    ended: datetime | None = None
    for event in recorded:
        if ended and event.effective_at <= ended:
            continue
        yield event
        if event.type in ENDS:
            ended = event.effective_at


def _ends_last(event: LedgerEvent) -> tuple[datetime, bool]:
    return event.effective_at, event.type in ENDS


def rebuild_suppressions(
    events: Iterable[LedgerEvent],
) -> dict[tuple[Channel, str], Suppression]:
    """Make what stands against sending again from a sender's chain, per channel and scope.

    For an account it is the worst that concerns it, what was laid down for all accounts included.
    """
    recorded = sorted(events, key=lambda event: event.sequence)
    places = {(channel, event.scope) for event in recorded for channel in event.channels}
    return {
        (channel, scope): max(
            _lines(recorded, channel, scope).values(), key=SEVERITY.__getitem__, default=_CLEAR
        )
        for channel, scope in places
    }


def _lines(events: list[LedgerEvent], channel: Channel, account_id: str) -> dict[Line, Suppression]:
    """Fold the events that concern an account (or all of them, for `*`) into what each line is."""
    lines: dict[Line, Suppression] = defaultdict(lambda: _CLEAR)
    concerning = [
        event
        for event in events
        if channel in event.channels and event.scope in (ALL_ACCOUNTS, account_id)
    ]
    for event in sorted(concerning, key=_opt_outs_last):
        if event.type in LIFTS:
            lines |= {line: _next(state, event.type) for line, state in lines.items()}
        elif kind := LAYS.get(event.type) or WITHDRAWS.get(event.type):
            line = (channel, event.scope, kind)
            lines[line] = _next(lines[line], event.type)
    return lines


def _next(state: Suppression, event: EventType) -> Suppression:
    return SUPPRESSIONS.get((state, event), state)


def _opt_outs_last(event: LedgerEvent) -> tuple[datetime, bool]:
    # Of what happened at the same moment, the opt-out wins.
    return event.effective_at, event.type in LAYS


def differences_of_consent(events: Iterable[LedgerEvent], stored: Consent) -> list[str]:
    """Name every standing in which an account's record differs from its chain."""
    rebuilt = rebuild_standings(events)
    kept = {
        (sender_id, Channel(channel)): agreement.standing
        for key, agreement in stored.agreements.items()
        for sender_id, _, channel in [key.partition("|")]
    }
    return [
        f"{place[1]} of {place[0]}: the record says {was}, the chain says {should}"
        for place in sorted(rebuilt.keys() | kept.keys())
        if (was := kept.get(place, Standing.NONE)) != (should := rebuilt.get(place, Standing.NONE))
    ]


def differences_of_opt_out(events: Iterable[LedgerEvent], stored: OptOut) -> list[str]:
    """Name everything in which an opt-out record differs from its chain.

    Compared are what stands per channel and scope, each line with its source and time, and the
    times of the contact's own returns.
    """
    recorded = sorted(events, key=lambda event: event.sequence)
    return [
        *_of_states(recorded, stored),
        *_of_lines(recorded, stored),
        *_of_lifts(recorded, stored),
    ]


def _of_states(events: list[LedgerEvent], stored: OptOut) -> Iterator[str]:
    rebuilt = rebuild_suppressions(events)
    scopes = {(channel, scope) for channel in Channel for scope in stored.scopes(channel)}
    for channel, scope in sorted(rebuilt.keys() | scopes):
        entry = (
            stored.standing(channel, ALL_ACCOUNTS)
            if scope == ALL_ACCOUNTS
            else stored.standing_against(channel, scope)
        )
        was = entry.suppression if entry else _CLEAR
        should = rebuilt.get((channel, scope), _CLEAR)
        if was != should:
            yield f"{channel} for {scope}: the record says {was}, the chain says {should}"


def _of_lines(events: list[LedgerEvent], stored: OptOut) -> Iterator[str]:
    latest: dict[str, LedgerEvent] = {}
    for event in sorted(events, key=_opt_outs_last):
        kind = LAYS.get(event.type) or WITHDRAWS.get(event.type)
        if kind:
            latest |= {f"{channel}|{event.scope}|{kind}": event for channel in event.channels}
    for key in sorted(latest.keys() | stored.entries.keys()):
        event_of, entry = latest.get(key), stored.entries.get(key)
        if event_of is None or entry is None:
            yield f"line {key}: only the {'record' if entry else 'chain'} has it"
            continue
        laid = LAYS.get(event_of.type)
        should = Suppression(laid.value) if laid else _CLEAR
        found = (entry.suppression, entry.source, entry.effective_at)
        if found != (should, event_of.source, event_of.effective_at):
            yield f"line {key}: the record is not of event {event_of.sequence}"


def _of_lifts(events: list[LedgerEvent], stored: OptOut) -> Iterator[str]:
    latest: dict[str, datetime] = {}
    for event in sorted(events, key=lambda event: event.effective_at):
        if event.type in LIFTS:
            latest |= {f"{channel}|{event.scope}": event.effective_at for channel in event.channels}
    for key in sorted(latest.keys() | stored.lifts.keys()):
        if latest.get(key) != stored.lifts.get(key):
            yield f"return {key}: the record and the chain differ in its time"
