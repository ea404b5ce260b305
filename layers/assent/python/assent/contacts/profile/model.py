"""What a profile may hold, and what an edit changes of it; no input or output.

The bounds are those of leads and imports, so that whatever came in can be edited.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from assent.contacts.model import Contact
from assent.platform.errors import FieldError, Invalid

MOST_CUSTOM = 20
_LONGEST_NAME, _LONGEST_EMAIL, _LONGEST_KEY, _LONGEST_VALUE = 100, 254, 100, 200
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+")


def _one_line(text: str) -> str:
    """Leave out what cannot be seen, and let white space be single spaces."""
    seen = (c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return " ".join("".join(seen).split())


def _email(text: str) -> str:
    text = _one_line(text)
    if text and not _EMAIL.fullmatch(text):
        raise ValueError("is not an e-mail address")
    return text


def _zone(text: str) -> str:
    if text and text not in available_timezones():
        raise ValueError("is not a time zone; use a name such as America/Chicago")
    return text


Name = Annotated[str, StringConstraints(max_length=_LONGEST_NAME), AfterValidator(_one_line)]
Email = Annotated[str, StringConstraints(max_length=_LONGEST_EMAIL), AfterValidator(_email)]
Zone = Annotated[str, StringConstraints(max_length=60), AfterValidator(_zone)]
Phone = Annotated[str, StringConstraints(max_length=100)]
Key = Annotated[
    str,
    StringConstraints(max_length=_LONGEST_KEY),
    AfterValidator(_one_line),
    StringConstraints(min_length=1),
]
Value = Annotated[str, StringConstraints(max_length=_LONGEST_VALUE), AfterValidator(_one_line)]


class NewContact(BaseModel):
    """Somebody who is made a contact by hand; the number is all that it takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    phone: Phone = Field(description="In any notation; without a country code, of the account's.")
    first_name: Name = ""
    last_name: Name = ""
    email: Email = ""
    custom: dict[Key, Value] = Field(default={}, max_length=MOST_CUSTOM)
    zone: Zone = Field(default="", description="IANA time zone; empty: by the number.")
    favourite: bool = False
    group_id: str | None = Field(default=None, max_length=100)


class ProfileChange(BaseModel):
    """An edit of a profile that was read at `version`; what is left out stays as it is.

    Of `custom`, each named field is set, or removed by null.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = Field(ge=1)
    phone: Phone | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    email: Email | None = None
    custom: dict[Key, Value | None] | None = Field(default=None, max_length=2 * MOST_CUSTOM)
    zone: Zone | None = None


PLAIN = ("first_name", "last_name", "email", "zone")
"""Fields that are simply one text."""


def edited(contact: Contact, change: ProfileChange) -> Contact:
    """Return the contact with the edit in it; its number is another matter.

    Raises `Invalid` when it would have too many fields of the account's own.
    """
    given = {name: getattr(change, name) for name in PLAIN}
    changes: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    if change.custom is not None:
        changes["custom"] = _custom(contact.custom, change.custom)
    return contact.model_copy(update=changes)


def _custom(before: Mapping[str, str], change: Mapping[str, str | None]) -> dict[str, str]:
    merged = {**before, **change}
    after = {name: value for name, value in merged.items() if value is not None}
    if len(after) > max(MOST_CUSTOM, len(before)):
        message = f"A contact has at most {MOST_CUSTOM} fields of your own. Remove one first."
        field = FieldError(field="custom", code="too_many", message=message)
        raise Invalid("too_many_fields", message, fields=[field])
    return after


def changed_fields(before: Contact, after: Contact) -> list[str]:
    """Name the fields in which two states of a profile differ; custom ones as `custom:<name>`."""
    found = [name for name in PLAIN if getattr(before, name) != getattr(after, name)]
    names = sorted({*before.custom, *after.custom})
    custom = (name for name in names if before.custom.get(name) != after.custom.get(name))
    return found + [f"custom:{name}" for name in custom]


def shown(contact: Contact) -> dict[str, object]:
    """Show what can be edited, as it stands: what somebody who was too late goes on from."""
    return contact.model_dump(include={"phone", "custom", "version", *PLAIN})
