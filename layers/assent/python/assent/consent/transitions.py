"""The consent state machine as two literal tables: what may happen in which state, and what then.

*Standing* is what one account knows of a person's agreement, per sender and channel. *Suppression*
is what stands against sending, per sender, channel and scope, and always wins. The time at which a
thing took effect decides, never the order of arrival. Pure.
"""

from assent.consent.model import EventType, Kind, Standing, Suppression


class IllegalTransition(Exception):
    """This event cannot happen in this state; nothing was changed."""


_NONE, _PENDING, _SUBSCRIBED = Standing.NONE, Standing.PENDING, Standing.SUBSCRIBED
_CLEAR, _HELD, _SOFT, _HARD = (
    Suppression.CLEAR,
    Suppression.HELD,
    Suppression.SOFT,
    Suppression.HARD,
)

STANDINGS: dict[tuple[Standing, EventType], Standing] = {
    (_NONE, EventType.LEAD_RECEIVED): _SUBSCRIBED,
    (_PENDING, EventType.LEAD_RECEIVED): _SUBSCRIBED,
    (_SUBSCRIBED, EventType.LEAD_RECEIVED): _SUBSCRIBED,
    # With proof that somebody of the account attests; without it an import is no event at all.
    (_NONE, EventType.IMPORTED): _SUBSCRIBED,
    (_PENDING, EventType.IMPORTED): _SUBSCRIBED,
    (_SUBSCRIBED, EventType.IMPORTED): _SUBSCRIBED,
    (_NONE, EventType.CONFIRMATION_REQUESTED): _PENDING,
    (_PENDING, EventType.CONFIRMATION_REQUESTED): _PENDING,
    # A repeat request does not take away what was given.
    (_SUBSCRIBED, EventType.CONFIRMATION_REQUESTED): _SUBSCRIBED,
    (_NONE, EventType.JOIN_REQUESTED): _PENDING,
    (_PENDING, EventType.JOIN_REQUESTED): _PENDING,
    (_SUBSCRIBED, EventType.JOIN_REQUESTED): _SUBSCRIBED,
    (_PENDING, EventType.CONFIRMED): _SUBSCRIBED,
    (_SUBSCRIBED, EventType.CONFIRMED): _SUBSCRIBED,
    (_PENDING, EventType.DECLINED): _NONE,
    (_SUBSCRIBED, EventType.DECLINED): _SUBSCRIBED,
    (_PENDING, EventType.EXPIRED): _NONE,
    (_SUBSCRIBED, EventType.EXPIRED): _SUBSCRIBED,
    # Somebody else has the number now, or the person is forgotten: all consent ends.
    (_NONE, EventType.NUMBER_REASSIGNED): _NONE,
    (_PENDING, EventType.NUMBER_REASSIGNED): _NONE,
    (_SUBSCRIBED, EventType.NUMBER_REASSIGNED): _NONE,
    # The contact has another number now, so what was agreed to for this one ends.
    (_NONE, EventType.NUMBER_CHANGED): _NONE,
    (_PENDING, EventType.NUMBER_CHANGED): _NONE,
    (_SUBSCRIBED, EventType.NUMBER_CHANGED): _NONE,
    (_NONE, EventType.ERASED): _NONE,
    (_PENDING, EventType.ERASED): _NONE,
    (_SUBSCRIBED, EventType.ERASED): _NONE,
}

SUPPRESSIONS: dict[tuple[Suppression, EventType], Suppression] = {
    (_CLEAR, EventType.STOPPED): _HARD,
    (_HELD, EventType.STOPPED): _HARD,
    (_SOFT, EventType.STOPPED): _HARD,
    (_HARD, EventType.STOPPED): _HARD,
    (_CLEAR, EventType.OPTED_OUT_ON_REQUEST): _HARD,
    (_SOFT, EventType.OPTED_OUT_ON_REQUEST): _HARD,
    (_HARD, EventType.OPTED_OUT_ON_REQUEST): _HARD,
    (_CLEAR, EventType.PROVIDER_REPORTED): _HARD,
    (_HELD, EventType.PROVIDER_REPORTED): _HARD,
    (_SOFT, EventType.PROVIDER_REPORTED): _HARD,
    (_HARD, EventType.PROVIDER_REPORTED): _HARD,
    (_CLEAR, EventType.OPTED_OUT_BY_USER): _SOFT,
    (_SOFT, EventType.OPTED_OUT_BY_USER): _SOFT,
    (_HARD, EventType.OPTED_OUT_BY_USER): _HARD,
    # Only what a user laid down is lifted by a user.
    (_SOFT, EventType.OPT_OUT_REVERSED): _CLEAR,
    # A doubt stands for all accounts at once, as the STOP would that it may be.
    (_CLEAR, EventType.DOUBTED): _HELD,
    (_HELD, EventType.DOUBTED): _HELD,
    (_HARD, EventType.DOUBTED): _HARD,
    (_HELD, EventType.DOUBT_DISMISSED): _CLEAR,
    # After a JOIN a doubt may stand for one account beside a STOP that stands for the others.
    (_HARD, EventType.DOUBT_DISMISSED): _HARD,
    (_CLEAR, EventType.STARTED): _CLEAR,
    (_HELD, EventType.STARTED): _CLEAR,
    (_SOFT, EventType.STARTED): _CLEAR,
    # Only the contact lifts what the contact laid down: by START, or by YES to an own JOIN.
    (_HARD, EventType.STARTED): _CLEAR,
    (_CLEAR, EventType.REJOINED): _CLEAR,
    (_HELD, EventType.REJOINED): _CLEAR,
    (_SOFT, EventType.REJOINED): _CLEAR,
    (_HARD, EventType.REJOINED): _CLEAR,
}

LAYS: dict[EventType, Kind] = {
    EventType.STOPPED: Kind.HARD,
    EventType.OPTED_OUT_ON_REQUEST: Kind.HARD,
    EventType.PROVIDER_REPORTED: Kind.HARD,
    EventType.OPTED_OUT_BY_USER: Kind.SOFT,
    EventType.DOUBTED: Kind.HELD,
}
"""Events that lay something down against sending, and of which kind."""

WITHDRAWS: dict[EventType, Kind] = {
    EventType.OPT_OUT_REVERSED: Kind.SOFT,
    EventType.DOUBT_DISMISSED: Kind.HELD,
}
"""Events by which a user takes back what is of this kind, and no other."""

LIFTS = frozenset({EventType.STARTED, EventType.REJOINED})
"""Events by which the contact lifts whatever was laid down before them, of every kind."""

ASKS = frozenset({EventType.CONFIRMATION_REQUESTED, EventType.JOIN_REQUESTED})
"""Events after which an answer is awaited."""

ENDS = frozenset(
    {
        EventType.DECLINED,
        EventType.EXPIRED,
        EventType.NUMBER_REASSIGNED,
        EventType.NUMBER_CHANGED,
        EventType.ERASED,
    }
)
"""Events that end a standing; an older event that comes later does not revive it."""


def next_standing(standing: Standing, event: EventType) -> Standing:
    """Look the transition up, or raise `IllegalTransition`."""
    try:
        return STANDINGS[standing, event]
    except KeyError:
        raise IllegalTransition(f"{event} cannot happen to {standing}") from None


def next_suppression(suppression: Suppression, event: EventType) -> Suppression:
    """Look the transition up, or raise `IllegalTransition`."""
    try:
        return SUPPRESSIONS[suppression, event]
    except KeyError:
        raise IllegalTransition(f"{event} cannot happen to {suppression}") from None
