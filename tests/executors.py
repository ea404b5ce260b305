"""Executors that run what they are given in the thread that gave it, so that a test can be told."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from random import Random
from typing import Any


class InTurn(Executor):
    """Runs each call at once, in turn; when the process ends in one, those after it are not run."""

    def submit(self, fn: Callable[..., Any], /, *args: object, **kwargs: object) -> Future[Any]:
        """Run a call."""
        future: Future[Any] = Future()
        _run(future, lambda: fn(*args, **kwargs))
        return future


def _run(future: Future[Any], call: Callable[[], Any]) -> None:
    try:
        future.set_result(call())
    except Exception as error:  # noqa: BLE001 -- told by the future, as threads do
        future.set_exception(error)


class AnyOrder(Executor):
    """Runs calls once the first is waited for, in an order that is drawn."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._own = threading.local()  # each worker is a thread, and waits for its own

    def submit(self, fn: Callable[..., Any], /, *args: object, **kwargs: object) -> Future[Any]:
        """Take a call."""
        future = _Waited(self)
        self._waiting.append((future, lambda: fn(*args, **kwargs)))
        return future

    @property
    def _waiting(self) -> list[tuple["_Waited", Callable[[], Any]]]:
        if not hasattr(self._own, "waiting"):
            self._own.waiting = []
        waiting: list[tuple[_Waited, Callable[[], Any]]] = self._own.waiting
        return waiting

    def run(self) -> None:
        """Run all that this thread has given."""
        waiting = self._waiting
        while waiting:
            _run(*waiting.pop(self._chance.randrange(len(waiting))))


class _Waited(Future[Any]):
    def __init__(self, executor: AnyOrder) -> None:
        super().__init__()
        self._executor = executor

    def result(self, timeout: float | None = None) -> Any:  # noqa: ANN401 -- what the call returns
        """Run what waits, and return what came of this."""
        self._executor.run()
        return super().result(timeout)
