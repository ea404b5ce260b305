"""The columns of exported files, safe to open in a spreadsheet and fit to be imported again."""

import json
import re
from collections.abc import Mapping, Sequence

from assent.consent.model import Channel
from assent.contacts.directory.model import overall
from assent.contacts.imports.headings import CUSTOM
from assent.contacts.labels.cells import written
from assent.contacts.listed import Listed
from assent.contacts.model import Contact
from assent.platform.clock import stamp

CONTACTS = (
    "phone", "first_name", "last_name", "email", "groups", "labels", "favourite", "status",
    "sms_status", "voice_status", "opt_in", "compliance_message", "source", "integration",
    "line_type", "time_zone", "created_at", "custom", "id",
)  # fmt: skip
"""What every export of contacts holds; the account's own fields follow, a column for each."""
MOST_FIELDS = 200
"""Fields of the account's own that get a column; `custom` holds the others, as JSON."""
OPT_OUTS = (
    "phone", "sender", "channel", "kind", "source", "scope", "at", "recorded_at", "by", "reason",
)  # fmt: skip

# What a spreadsheet would run as a formula; a phone number with its plus sign is none.
# Apostrophes before it are doubled, so that whoever reads the file takes away what was put there.
_FORMULA = re.compile(r"'+[=+\-@\t\r]|[=+\-@\t\r](?!\d+$)", re.ASCII)


def safe(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula; numbers stay."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def header(fields: Sequence[str]) -> list[str]:
    """Name the columns; fields of the account's own are told from all others by what is before."""
    return [*CONTACTS, *(f"{CUSTOM}{name}" for name in fields)]


def contact_row(
    one: Contact,
    fields: Sequence[str],
    groups: Mapping[str, str],
    labels: Mapping[str, str],
    integrations: Mapping[str, str],
) -> list[str]:
    """Write a contact as a row; the mappings name what it has by its ids. Times are UTC."""
    others = {name: value for name, value in one.custom.items() if name not in set(fields)}
    cells = [
        one.phone,
        one.first_name,
        one.last_name,
        one.email,
        _names(one.groups, groups),
        _names(one.labels, labels),
        "yes" if one.favourite else "no",
        overall(one).value,
        one.mark(Channel.SMS).value,
        one.mark(Channel.VOICE).value,
        one.opt_in,
        one.compliance.state.value,
        one.origin.value,
        integrations.get(one.integration_id, ""),
        one.line_type,
        one.zone,
        stamp(one.created_at),
        json.dumps(others, ensure_ascii=False, sort_keys=True) if others else "",
        one.id,
        *(one.custom.get(name, "") for name in fields),
    ]
    return [safe(cell) for cell in cells]


def _names(ids: frozenset[str], names: Mapping[str, str]) -> str:
    """Name several things in one cell, by semicolons; what has no name any more is left out."""
    return written(sorted(names[one] for one in ids if one in names))


def opt_out_row(one: Listed, sender_address: str, *, is_forgotten: bool) -> list[str]:
    """Write a line of the opt-out list as a row; an erased person's number is not shown.

    Of what covers all accounts, who decided and why may be another one's affair.
    """
    cells = [
        "" if is_forgotten else one.phone,
        sender_address,
        one.channel.value,
        one.kind.value,
        one.entry.source.value,
        "this_account" if one.is_own else "all_accounts",
        stamp(one.entry.effective_at),
        stamp(one.entry.recorded_at),
        one.entry.by if one.is_own else "",
        one.entry.reason if one.is_own else "",
    ]
    return [safe(cell) for cell in cells]
