"""What can go wrong with one call that creates many items."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Any

from botocore.exceptions import ReadTimeoutError


class Fault(StrEnum):
    """Those that name a code go with single statements."""

    THROTTLED = "ThrottlingError"  # some of them were not created
    CONFLICT = "TransactionConflict"
    UNSURE = "InternalServerError"  # some were created, or not, and it is not said
    REPEATED = "repeated"  # the SDK repeats the whole call, which was carried out
    LOST = "lost"  # it was carried out, and there is no answer
    CUT_OFF = "cut off"  # of some, and there is no answer


REFUSED = (Fault.THROTTLED, Fault.CONFLICT)
PARTIAL = (*REFUSED, Fault.CUT_OFF)

Statements = list[dict[str, Any]]


def inserting(
    act: Callable[[Statements], Statements],
    statements: Statements,
    fault: Fault | None,
    hit: AbstractSet[int] = frozenset(),
) -> Statements:
    """Carry statements out by `act`, but for what goes wrong with those that are hit.

    Returns the answers to them, or raises when there is none.
    """
    left_out = hit if fault in PARTIAL else frozenset[int]()
    done = [one for at, one in enumerate(statements) if at not in left_out]
    answers = act(done) if done else []
    if fault == Fault.REPEATED:
        answers = act(done)
    if fault in (Fault.LOST, Fault.CUT_OFF):
        raise ReadTimeoutError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com")
    told, waiting = [], iter(answers)
    for at in range(len(statements)):
        answer = {} if at in left_out else next(waiting)
        wrong = fault is not None and at in hit and fault != Fault.REPEATED
        told.append({"Error": {"Code": str(fault)}} if wrong else answer)
    return told
