"""Looks at calls to AWS as they are made, and makes them fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

Call = tuple[str, str]
"""A service and an operation, such as `("sqs", "SendMessage")`."""

_THROTTLED = {"Error": {"Code": "ProvisionedThroughputExceededException", "Message": "slow down"}}


@contextmanager
def each_call(before: Callable[[Call], None], after: Callable[[Call], None]) -> Iterator[None]:
    """Run something before and after each call that any client makes."""
    really = BaseClient._make_api_call  # type: ignore[attr-defined]

    def watched(self: BaseClient, operation: str, arguments: dict[str, Any]) -> object:
        call = (self.meta.service_model.service_name, operation)
        before(call)
        answer = really(self, operation, arguments)
        after(call)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", watched)
        yield


def ignore(_: Call) -> None:
    """Do nothing."""


@contextmanager
def recorded() -> Iterator[list[Call]]:
    """Keep the calls that are made."""
    calls: list[Call] = []
    with each_call(calls.append, ignore):
        yield calls


@contextmanager
def throttled_tables() -> Iterator[None]:
    """Let every call to a table be refused, after the retries that would take seconds."""

    def refuse(call: Call) -> None:
        service, operation = call
        if service == "dynamodb":
            raise ClientError(_THROTTLED, operation)  # type: ignore[arg-type]

    with each_call(refuse, ignore):
        yield


@contextmanager
def answer_lost(operation: str) -> Iterator[None]:
    """Let the answer to one call be lost on its way: applied, and then repeated by the SDK."""
    really = BaseClient._make_api_call  # type: ignore[attr-defined]
    lost = False

    def repeated(self: BaseClient, name: str, arguments: dict[str, Any]) -> object:
        nonlocal lost
        if name == operation and not lost:
            lost = True
            really(self, name, arguments)
        return really(self, name, arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", repeated)
        yield
    assert lost


class Died(BaseException):
    """The process ended here: no `except` of the product's sees it."""


@contextmanager
def dying(at: int, *, before: bool) -> Iterator[None]:
    """Let the process end, once, just before or after the call number `at`, counted from 0."""
    made = 0

    def count_and_die(_: Call) -> None:
        nonlocal made
        made += 1
        if made == at + 1:
            raise Died

    with each_call(count_and_die if before else ignore, ignore if before else count_and_die):
        yield
