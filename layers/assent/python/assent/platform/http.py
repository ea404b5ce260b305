"""What every HTTP function does: read bodies safely, and answer refusals as problem documents.

Problem documents: RFC 9457.
"""

import base64
import json
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from assent.platform.errors import (
    AssentError,
    Busy,
    FieldError,
    Invalid,
    NotFound,
    TooLarge,
    WrongType,
)
from assent.platform.objects import NotStored
from assent.platform.observability import logger
from assent.platform.queues import NotSent
from assent.platform.tables import Contention, Unavailable

MAX_BODY = 64 * 1024
_PROBLEM = "application/problem+json"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def problem(error: AssentError) -> Response[str]:
    """Answer a refusal: code for programs, plain words for people, every bad field."""
    document: dict[str, Any] = {
        "type": f"urn:assent:problem:{error.code}",
        "title": error.status.phrase,
        "status": error.status.value,
        "detail": error.message,
        "code": error.code,
    }
    if error.fields:
        document["errors"] = [field.model_dump() for field in error.fields]
    document |= error.more
    return Response(
        status_code=error.status.value, content_type=_PROBLEM, body=json.dumps(document)
    )


def raw_body(event: Any, most: int = MAX_BODY) -> bytes:  # noqa: ANN401 -- Powertools' event class is untyped here
    """Return the body as it was received; raises `TooLarge` past `most` bytes."""
    text = event.get("body") or ""
    # Base64 makes four characters of three bytes: no need to decode what is too large anyway.
    if len(text) > most * 4 // 3 + 4:
        raise _too_large(most)
    body = base64.b64decode(text) if event.get("isBase64Encoded") else text.encode()
    if len(body) > most:
        raise _too_large(most)
    return bytes(body)


def _too_large(most: int) -> TooLarge:
    return TooLarge("too_large", f"Send at most {most // 1024} KiB.")


def headers(event: Any) -> dict[str, str]:  # noqa: ANN401 -- as above
    """Return the request's headers with names in lower case."""
    return {name.lower(): value for name, value in (event.get("headers") or {}).items()}


def require_type(event: Any, wanted: str) -> None:  # noqa: ANN401 -- as above
    """Refuse a body of another content type."""
    given = headers(event).get("content-type", "").partition(";")[0].strip().lower()
    if given != wanted:
        raise WrongType("wrong_content_type", f"Send the body as {wanted}.")


def json_body(event: Any) -> object:  # noqa: ANN401 -- as above
    """Parse a JSON body, or say that it is broken."""
    require_type(event, JSON)
    try:
        return json.loads(raw_body(event))
    except (ValueError, RecursionError) as error:
        raise AssentError("broken_json", f"The body is not JSON: {error}.") from error


def answer_refusals(app: APIGatewayHttpResolver) -> None:
    """Make an app answer refusals, unknown routes and bad fields as problem documents."""

    def refused(error: AssentError) -> Response[str]:
        logger.info("refused", extra={"code": error.code})
        return problem(error)

    def unavailable(_: Exception) -> Response[str]:
        answer = problem(
            Busy("busy", "The system is busy at the moment. Try again in a few seconds.")
        )
        answer.headers["Retry-After"] = "5"
        return answer

    def unknown(_: NotFoundError) -> Response[str]:
        return problem(NotFound("unknown_route", "There is nothing at this address."))

    def invalid(error: RequestValidationError) -> Response[str]:
        fields = [
            FieldError(
                field=".".join(str(part) for part in e["loc"] if part != "body") or "body",
                code=str(e["type"]),
                message=str(e["msg"]),
            )
            for e in error.errors()
        ]
        return problem(Invalid("invalid_request", "Some fields are not acceptable.", fields=fields))

    register: Callable[..., Any] = app.exception_handler
    register(AssentError)(refused)
    register([*Unavailable, Contention, NotSent, NotStored])(unavailable)
    register(RequestValidationError)(invalid)
    app.not_found(unknown)
