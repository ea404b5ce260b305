"""The shapes of imports of contacts: what is asked, and what is answered."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from assent.api.context import services
from assent.contacts.groups import store as groups
from assent.contacts.imports.choices import Choices, Existing, Proof
from assent.contacts.imports.columns import DELIMITERS, MOST_CUSTOM, Reading
from assent.contacts.imports.headings import CUSTOM, LONGEST_NAME, Known, custom_name, plain
from assent.contacts.imports.lines import ENCODINGS, name_of
from assent.contacts.imports.model import (
    PART,
    FileProblem,
    Import,
    ImportState,
    RowOutcome,
    Sample,
)
from assent.contacts.imports.preview import Column, Preview
from assent.contacts.labels.cells import read as read_labels
from assent.platform.errors import FieldError, Invalid

_KEPT = timedelta(days=90)
_OUTCOMES = (
    RowOutcome.ADDED,
    RowOutcome.UPDATED,
    RowOutcome.EXISTING,
    RowOutcome.OPTED_OUT,
    RowOutcome.DUPLICATE,
    RowOutcome.INVALID,
)


class Encoding(StrEnum):
    """An encoding that a file may be in."""

    UTF_8 = "utf-8"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"
    WINDOWS_1252 = "windows-1252"
    WINDOWS_1250 = "windows-1250"
    WINDOWS_1251 = "windows-1251"
    ISO_8859_15 = "iso-8859-15"
    MACINTOSH = "macintosh"


class Delimiter(StrEnum):
    """What stands between two cells."""

    COMMA = "comma"
    SEMICOLON = "semicolon"
    TAB = "tab"
    BAR = "bar"


_MARKS = dict(zip(Delimiter, DELIMITERS, strict=True))


class Holds(StrEnum):
    """What a column holds; one that is ignored is left out."""

    PHONE = "phone"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    FULL_NAME = "full_name"
    EMAIL = "email"
    LABELS = "labels"
    CUSTOM = "custom"
    IGNORED = "ignored"


class NewContactImport(BaseModel):
    """A file of contacts, before it comes."""

    model_config = ConfigDict(extra="forbid")

    file_name: str = Field(min_length=1, max_length=200)
    size: int = Field(ge=1, description="Bytes of the whole file.")


class ColumnChoice(BaseModel):
    """What one column holds."""

    model_config = ConfigDict(extra="forbid")

    position: int = Field(ge=0, lt=500, description="Counted from 0.")
    holds: Holds
    name: str = Field(
        default="", max_length=LONGEST_NAME, description="Of the field, where it is `custom`."
    )


class ContactImportOptions(BaseModel):
    """How a file is read, and what is done with its rows. What is left out is found out."""

    model_config = ConfigDict(extra="forbid")

    encoding: Encoding | None = None
    delimiter: Delimiter | None = None
    skip_first_line: bool | None = None
    columns: list[ColumnChoice] | None = Field(
        default=None,
        max_length=500,
        description="Exactly one holds the phone numbers. Columns that are not named are ignored.",
    )
    region: str = Field(
        default="",
        pattern="^([A-Z]{2})?$",
        description="Where numbers without a country code belong; the account's by default.",
    )
    group_id: str | None = Field(default=None, max_length=100)
    new_group_name: str | None = Field(
        default=None,
        max_length=100,
        description="Instead of a group that is there: made when the import is carried out.",
    )
    existing: Existing = Field(
        default=Existing.SKIP,
        description="Rows whose number is a contact's already: `skip` leaves them out, `join` puts "
        "the contact into the group and records the proof, `update` also takes over names, e-mail "
        "and fields that are not empty.",
    )
    proof: Proof | None = Field(
        default=None,
        description="How these people agreed, and who attests it. Without it they are subscribed "
        "to nothing.",
    )

    def choices(self) -> Choices:
        """Write them down; raises `Invalid` with every field that contradicts itself."""
        fields = [*self._column_errors(), *self._group_errors()]
        if fields:
            raise Invalid("invalid_options", "Correct the marked fields.", fields=fields)
        return Choices(
            reading=Reading(
                encoding=ENCODINGS[self.encoding] if self.encoding else "",
                delimiter=_MARKS[self.delimiter] if self.delimiter else "",
                skip_first_line=self.skip_first_line,
                phone=self._phones()[0] if self.columns is not None else None,
                fields=self._fields() if self.columns is not None else None,
            ),
            group_id=self.group_id or "",
            new_group=" ".join((self.new_group_name or "").split()),
            existing=self.existing,
            proof=self.proof,
        )

    def _phones(self) -> list[int]:
        return [one.position for one in self.columns or () if one.holds == Holds.PHONE]

    def _fields(self) -> dict[int, str]:
        return {
            one.position: f"{CUSTOM}{custom_name(one.name)}"
            if one.holds == Holds.CUSTOM
            else one.holds.value
            for one in self.columns or ()
            if one.holds not in (Holds.PHONE, Holds.IGNORED)
        }

    def _column_errors(self) -> list[FieldError]:
        if self.columns is None:
            return []
        found: list[FieldError] = []
        if len(self._phones()) != 1:
            found.append(_wrong("columns", "phone", "Choose the one column with phone numbers."))
        if len({one.position for one in self.columns}) < len(self.columns):
            found.append(_wrong("columns", "twice", "A column is named twice."))
        customs = [one for one in self.columns if one.holds == Holds.CUSTOM]
        if len(customs) > MOST_CUSTOM:
            words = f"A contact has at most {MOST_CUSTOM} fields of your own."
            found.append(_wrong("columns", "too_many", words))
        for place, one in enumerate(self.columns):
            if one.holds == Holds.CUSTOM and not custom_name(one.name):
                words = "Give the field a name. “opt_in” is none: only contacts answer that."
                found.append(_wrong(f"columns.{place}.name", "name", words))
        once = [
            plain(one.name) or one.name if one.holds == Holds.CUSTOM else one.holds
            for one in self.columns
            if one.holds != Holds.IGNORED
        ]
        if len(set(once)) < len(once):
            found.append(_wrong("columns", "same", "Two columns cannot hold the same."))
        return found

    def _group_errors(self) -> list[FieldError]:
        if self.group_id and self.new_group_name:
            words = "Choose a group, or name a new one."
            return [_wrong("new_group_name", "both", words)]
        if self.new_group_name is not None and not self.new_group_name.strip():
            return [_wrong("new_group_name", "length", "Give the group a name.")]
        return []

    @classmethod
    def of(cls, job: Import) -> "ContactImportOptions":
        """Show what was chosen for an import."""
        kept = Choices.of(job)
        reading = kept.reading
        return cls(
            encoding=Encoding(name_of(reading.encoding)) if reading.encoding else None,
            delimiter=delimiter(reading.delimiter),
            skip_first_line=reading.skip_first_line,
            columns=_columns(reading),
            region=job.region,
            group_id=kept.group_id or None,
            new_group_name=kept.new_group or None,
            existing=kept.existing,
            proof=kept.proof,
        )


def _wrong(field: str, code: str, message: str) -> FieldError:
    return FieldError(field=field, code=code, message=message)


def delimiter(mark: str) -> Delimiter | None:
    """Give the name of a delimiter, if there is one."""
    return next((name for name, known in _MARKS.items() if known == mark), None)


def mark_of(name: Delimiter | None) -> str:
    """Give the delimiter of this name."""
    return _MARKS[name] if name else ""


def _columns(reading: Reading) -> list[ColumnChoice] | None:
    if reading.fields is None or reading.phone is None:
        return None
    fields = reading.fields | {reading.phone: Known.PHONE.value}
    return [
        ColumnChoice(position=place, holds=_holds(field), name=_custom(field))
        for place, field in sorted(fields.items())
    ]


def _holds(field: str) -> Holds:
    if field.startswith(CUSTOM):
        return Holds.CUSTOM
    return Holds(field) if field else Holds.IGNORED


def _custom(field: str) -> str:
    return field.removeprefix(CUSTOM) if field.startswith(CUSTOM) else ""


class ColumnView(BaseModel):
    """A column of the file: its title, some of its cells, and what it is taken for."""

    position: int
    title: str
    samples: list[str]
    holds: Holds
    name: str = Field(description="Of the field, where it is `custom`.")

    @classmethod
    def of(cls, column: Column) -> "ColumnView":
        """Show a column."""
        return cls(
            position=column.position,
            title=column.title,
            samples=column.samples,
            holds=_holds(column.field),
            name=_custom(column.field),
        )


class PreviewRowView(BaseModel):
    """One of the first rows: its cells, and what they would be read as, or why not."""

    line: int
    cells: list[str]
    phone: str = Field(description="In E.164; empty where the row cannot be taken.")
    first_name: str
    last_name: str
    email: str
    labels: list[str]
    custom: dict[str, str]
    error_code: str
    error: str


class PreviewView(BaseModel):
    """How the file would be read, from its beginning alone."""

    encoding: Encoding | None
    delimiter: Delimiter | None
    skip_first_line: bool
    columns: list[ColumnView]
    rows: list[PreviewRowView]
    problems: list[FileProblem]
    samples: list[Sample] = Field(description="Rows with another number of cells: the first 20.")

    @classmethod
    def of(cls, found: Preview) -> "PreviewView":
        """Show a preview."""
        return cls(
            encoding=Encoding(name_of(found.encoding)) if found.encoding else None,
            delimiter=delimiter(found.delimiter),
            skip_first_line=found.skip_first_line,
            columns=[ColumnView.of(column) for column in found.columns],
            rows=[
                PreviewRowView(
                    line=row.line,
                    cells=row.cells,
                    phone=row.phone,
                    first_name=row.values.get(Known.FIRST_NAME, ""),
                    last_name=row.values.get(Known.LAST_NAME, ""),
                    email=row.values.get(Known.EMAIL, ""),
                    labels=read_labels(row.values.get(Known.LABELS, "")),
                    custom=custom_of(row.values),
                    error_code=row.code,
                    error=row.message,
                )
                for row in found.rows
            ],
            problems=found.problems,
            samples=found.samples,
        )


def custom_of(values: dict[str, str]) -> dict[str, str]:
    """Take the account's own fields out of what a row says."""
    return {
        name.removeprefix(CUSTOM): value
        for name, value in values.items()
        if name.startswith(CUSTOM)
    }


class ContactImportView(BaseModel):
    """An import of contacts, and how far it has come."""

    id: str
    state: ImportState
    file_name: str
    size: int
    created_at: datetime
    created_by: str
    committed_at: datetime | None
    finished_at: datetime | None
    files_until: datetime = Field(description="The file and its errors are kept until then.")
    part_size: int
    parts_expected: int
    parts_received: int
    encoding: Encoding | None
    options: ContactImportOptions
    group_name: str = Field(description="Of the group that they join; empty without one.")
    total: int
    done: int
    counts: dict[RowOutcome, int]
    samples: list[Sample]
    has_errors: bool
    problem: FileProblem | None

    @classmethod
    def of(cls, job: Import) -> "ContactImportView":
        """Show an import."""
        progress = services().imports.progress(job)
        chosen = Choices.of(job)
        group = groups.group(job.account_id, chosen.group_id) if chosen.group_id else None
        return cls(
            **job.model_dump(
                include={
                    "id", "state", "file_name", "size", "created_at", "created_by",
                    "committed_at", "finished_at", "total", "samples", "has_errors", "problem",
                }
            ),
            files_until=job.created_at + _KEPT,
            part_size=PART,
            parts_expected=job.parts_expected,
            parts_received=len(job.parts),
            encoding=Encoding(name_of(job.encoding)) if job.encoding else None,
            options=ContactImportOptions.of(job),
            group_name=group.name if group else chosen.new_group,
            done=progress.rows,
            counts={outcome: progress.counts.get(outcome, 0) for outcome in _OUTCOMES},
        )  # fmt: skip
