"""The emulator's process, corrected in three places (ministack 1.5.33).

- An answer without a body is a valid answer: AWS accepts a function's answer that has no `body`, or
  `null` there; the emulator fails on it with a server error.
- Schedules are looked at every second instead of every ten, so that a schedule a few seconds ahead
  is worth watching. AWS promises the minute, so nothing may rely on either.
- Where roles are enforced (`AUTH=true`, in tests), they mean what they mean on AWS: the ARN of a
  schedule names its group (the emulator puts every schedule into `default`), `sqs:SendMessage`
  covers sending a batch (there is no `sqs:SendMessageBatch` in IAM), and a batch of PartiQL
  statements is looked at statement by statement (there is no `dynamodb:BatchExecuteStatement`, but
  `dynamodb:PartiQLInsert` and others, on the statement's table).
"""

from __future__ import annotations

import json
import re
from typing import Any

from ministack import app
from ministack.core import iam_actions
from ministack.services import scheduler

_send_response = app._send_response  # noqa: SLF001 - there is no other place to correct it
_resource_arn = iam_actions.extract_resource_arn
_iam_action = iam_actions.extract_iam_action
_checks = iam_actions.dynamodb_transaction_checks
_STATEMENT = re.compile(r"""\s*(insert|update|delete|select)\b[^"]*"([^"]+)\"""", re.IGNORECASE)


async def _send_with_body(
    send: Any,  # noqa: ANN401
    status: int,
    headers: dict[str, Any],
    body: Any,  # noqa: ANN401
    *,
    head: bool = False,
) -> None:
    await _send_response(send, status, headers, b"" if body is None else body, head=head)


def _action_of_iam(service: str, *request: Any) -> str | None:  # noqa: ANN401
    action: str | None = _iam_action(service, *request)
    return action.removesuffix("Batch") if action and service == "sqs" else action


def _arn_with_group(
    service: str,
    method: str,
    path: str,
    headers: dict[str, Any],
    body: bytes,
    query: dict[str, Any],
    *rest: Any,  # noqa: ANN401
) -> str:
    arn: str = _resource_arn(service, method, path, headers, body, query, *rest)
    before, default, name = arn.partition(":schedule/default/")
    if not default:
        return arn
    asked = query.get("groupName") or json.loads(body or b"{}").get("GroupName") or "default"
    return f"{before}:schedule/{asked[0] if isinstance(asked, list) else asked}/{name}"


def _checks_of_statements(
    action: str, body: bytes, region: str, account_id: str
) -> list[tuple[str, str]]:
    if action != "dynamodb:BatchExecuteStatement":
        checks: list[tuple[str, str]] = _checks(action, body, region, account_id)
        return checks
    found = [_STATEMENT.match(one["Statement"]) for one in json.loads(body)["Statements"]]
    return [
        (
            f"dynamodb:PartiQL{one[1].capitalize()}",
            f"arn:aws:dynamodb:{region}:{account_id}:table/{one[2]}",
        )
        for one in found
        if one
    ]


if __name__ == "__main__":
    iam_actions.extract_iam_action = _action_of_iam
    iam_actions.extract_resource_arn = _arn_with_group
    iam_actions.dynamodb_transaction_checks = _checks_of_statements
    app._send_response = _send_with_body  # noqa: SLF001
    scheduler._SCHEDULE_TICK_INTERVAL = 1  # noqa: SLF001
    app.main()
