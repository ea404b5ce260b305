"""Refusals that belong to the business, each with a code, plain words and what to do next.

Raising anything else means: try again, then dead-letter.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar

from pydantic import BaseModel


class FieldError(BaseModel):
    """What is wrong with one field of a request."""

    field: str
    code: str
    message: str


class AssentError(Exception):
    """A refusal: `code` for programs, the message for people, `status` for HTTP.

    `more` is what programs can act on besides: members of the answer's problem document.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST

    def __init__(
        self,
        code: str,
        message: str,
        *,
        fields: list[FieldError] | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fields = fields or []
        self.more = dict(more or {})


class Unauthorised(AssentError):
    """Nobody we know: the key or token is missing, wrong or revoked."""

    status = HTTPStatus.UNAUTHORIZED


class Forbidden(AssentError):
    """Somebody we know, who may not do this."""

    status = HTTPStatus.FORBIDDEN


class NotFound(AssentError):
    """Nothing by that id in this account."""

    status = HTTPStatus.NOT_FOUND


class Gone(AssentError):
    """It was there once, and was replaced or removed."""

    status = HTTPStatus.GONE


class Conflict(AssentError):
    """It cannot be done as things stand, or somebody else was faster."""

    status = HTTPStatus.CONFLICT


class TooLarge(AssentError):
    """More than we take at once."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class WrongType(AssentError):
    """A content type that this route does not read."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class Invalid(AssentError):
    """Well-formed, but one or more fields are not acceptable; `fields` names each of them."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class Busy(AssentError):
    """Our own tables do not answer at the moment; trying again helps."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
