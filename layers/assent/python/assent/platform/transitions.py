"""State machines as literal tables: state and event give the next state, or there is no row."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

_S = TypeVar("_S", bound=StrEnum)
_E = TypeVar("_E", bound=StrEnum)


class IllegalTransition(Exception):
    """The table has no row for this state and event; nothing was changed."""


def following(table: Mapping[tuple[_S, _E], _S], state: _S, event: _E, what: str) -> _S:
    """Look the next state of `what` up in its table, or raise `IllegalTransition`."""
    if (state, event) not in table:
        raise IllegalTransition(f"{event} does not happen to {what} that is {state}")
    return table[state, event]
