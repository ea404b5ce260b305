"""The words of a header: which column holds what, as far as its title tells."""

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum


class Known(StrEnum):
    """What a column can hold, beside fields of the account's own."""

    PHONE = "phone"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    FULL_NAME = "full_name"
    EMAIL = "email"
    LABELS = "labels"


CUSTOM = "custom:"
"""Before the name of a field of the account's own."""
ERROR_COLUMNS = ("error_code", "error")
"""Columns that an error file has behind those of the original; dropped when it is used again."""
NEVER_CUSTOM = frozenset({"optin", *(re.sub("_", "", one) for one in ERROR_COLUMNS)})
"""Titles that make no field: what people answered is never imported."""

EXPORTED = frozenset({
    "groups", "favourite", "status", "sms_status", "voice_status", "opt_in", "compliance_message",
    "source", "integration", "line_type", "time_zone", "created_at", "custom", "id",
})  # fmt: skip
"""Columns of an export that are not imported."""
_OF_AN_EXPORT = {"phone", "sms_status", "voice_status", "compliance_message"}
"""Columns by which an export is known again."""

# Words of a header, the surest first; compared without case, accents, spaces and marks.
SURE = (
    "phone", "phonenumber", "mobile", "mobilephone", "mobilenumber", "mobilephonenumber",
    "cell", "cellphone", "cellnumber", "cellphonenumber", "telephone", "telephonenumber",
    "tel", "msisdn", "smsnumber", "phoneno", "phone1", "primaryphone", "celular", "telefon",
    "telefono", "movil", "telefonnummer", "handy", "handynummer", "rufnummer", "mobil",
    "portable", "numerodetelephone", "numerodetelefono",
)  # fmt: skip
# These may as well be something else, so a column full of numbers goes first.
LIKELY = ("number", "contactnumber", "contact", "recipient", "address", "from", "to")
_TITLES: dict[Known, frozenset[str]] = {
    Known.FIRST_NAME: frozenset({
        "firstname", "first", "givenname", "given", "forename", "fname", "vorname", "nombre",
        "nombres", "prenom", "primernombre", "contactfirstname",
    }),
    Known.LAST_NAME: frozenset({
        "lastname", "last", "surname", "familyname", "family", "lname", "nachname", "apellido",
        "apellidos", "nomdefamille", "contactlastname",
    }),
    Known.FULL_NAME: frozenset({
        "name", "fullname", "contactname", "customername", "displayname", "nombrecompleto",
        "nom", "nomcomplet", "vollername",
    }),
    Known.EMAIL: frozenset({
        "email", "emailaddress", "mail", "email1", "primaryemail", "correo",
        "correoelectronico", "courriel", "emailadresse",
    }),
    Known.LABELS: frozenset({
        "labels", "label", "tags", "tag", "etiquetas", "etiqueta", "etiquettes", "etiketten",
        "schlagworte",
    }),
}  # fmt: skip


def plain(title: str) -> str:
    """Fold a title so that its spellings are one: case, accents, spaces and marks."""
    letters = unicodedata.normalize("NFKD", title.casefold())
    return re.sub(r"[^a-z0-9]", "", letters)


def titled(titles: Sequence[str], names: Sequence[str]) -> int | None:
    """Return the column whose plain title is the first of these names that any has."""
    return next((titles.index(name) for name in names if name in titles), None)


def guessed(header: Sequence[str], phone: int, most_custom: int) -> dict[int, str]:
    """Say what each column but the one with the numbers seems to hold.

    Titles that say nothing known make fields of the account's own, as many as it may have.
    """
    found: dict[int, str] = {}
    customs: set[str] = set()
    exported = {title.strip() for title in header} >= _OF_AN_EXPORT
    for place, title in enumerate(header):
        folded = plain(title)
        if place == phone:
            continue
        field = next((one for one, names in _TITLES.items() if folded in names), None)
        if field and field not in found.values():
            found[place] = field.value
            continue
        if exported and title.strip() in EXPORTED:
            continue  # what stands there is worked out, or never imported
        name = custom_name(title)
        # What an export wrote is told by its exact name; what people wrote, by how it reads.
        key = name if title.strip().startswith(CUSTOM) else plain(name) or name.casefold()
        if not name or key in customs or len(customs) == most_custom:
            continue
        customs.add(key)
        found[place] = f"{CUSTOM}{name}"
    if {Known.FIRST_NAME, Known.LAST_NAME} & set(found.values()):
        # A whole name beside its parts says the same again.
        found = {place: field for place, field in found.items() if field != Known.FULL_NAME}
    return found


def custom_name(title: str) -> str:
    """Make a field's name of a title; empty where it must not become one.

    An export puts `custom:` before the names, so that they are told from its other columns.
    """
    name = " ".join(title.split()).removeprefix(CUSTOM).strip()
    if not name or len(name) > LONGEST_NAME or plain(name) in NEVER_CUSTOM:
        return ""
    return name


LONGEST_NAME = 40
"""Characters of the name of a field of the account's own."""
