"""The emulator's process, corrected in two places (ministack 1.5.33).

- An answer without a body is a valid answer: AWS accepts a function's answer that has no `body`, or
  `null` there; the emulator fails on it with a server error.
- Schedules are looked at every second instead of every ten, so that a schedule a few seconds ahead
  is worth watching. AWS promises the minute, so nothing may rely on either.
"""

from __future__ import annotations

from typing import Any

from ministack import app
from ministack.services import scheduler

_send_response = app._send_response  # noqa: SLF001 - there is no other place to correct it


async def _send_with_body(
    send: Any,  # noqa: ANN401
    status: int,
    headers: dict[str, Any],
    body: Any,  # noqa: ANN401
    *,
    head: bool = False,
) -> None:
    await _send_response(send, status, headers, b"" if body is None else body, head=head)


if __name__ == "__main__":
    app._send_response = _send_with_body  # noqa: SLF001
    scheduler._SCHEDULE_TICK_INTERVAL = 1  # noqa: SLF001
    app.main()
