"""Numbers that several slices have: the first row is taken, wherever the file is cut."""

from collections.abc import Iterator

from assent.contacts.imports import errors
from assent.contacts.imports.files import Files, MissingFile
from assent.contacts.imports.lines import Records, decoded
from assent.contacts.imports.model import Phase, RowOutcome
from assent.contacts.imports.rows import REFUSALS, BadRow, Parsed

CHECKED = "checked"
"""The name under which the numbers of checked slices are kept."""


def compared(files: Files, slices: int) -> Iterator[tuple[int, list[int], list[RowOutcome]]]:
    """Go through all slices in order and say of each what repeats earlier ones.

    Gives the slice's number, the lines whose numbers an earlier slice has, and what becomes of all
    its rows with that.

    Only the numbers are held, as integers: a million of them take less than 100 MB.
    """
    seen: set[int] = set()
    for number in range(slices):
        kept = files.numbers(CHECKED, number)
        if kept is None:
            raise MissingFile("numbers of a slice")
        repeats: list[int] = []
        outcomes: list[RowOutcome] = []
        for phone, outcome, line in zip(kept.phones, kept.outcomes, kept.lines, strict=True):
            digits = int(phone)
            if digits in seen:
                repeats.append(line)
                outcomes.append(RowOutcome.DUPLICATE)
                continue
            seen.add(digits)
            outcomes.append(outcome)
        yield number, repeats, outcomes


def note_repeats(files: Files, number: int, repeats: list[int], *, refuses: bool) -> int:
    """Keep which rows of a slice repeat earlier ones; safe to repeat.

    Puts them into the slice's errors, where this kind of import `refuses` them. Returns the bytes
    of the errors since then.
    """
    files.put_repeats(number, repeats)
    known = dict(files.errors(Phase.CHECK, number, or_none=True))
    for line in repeats:
        known.pop(line, None)  # it may stand there for another reason
    if refuses:
        plan = files.plan()
        layout, part, wanted = plan.layout, plan.slices[number], set(repeats)
        text = "".join(decoded(files.read(part.start, part.end), layout.encoding, part.line))
        records = Records([text], layout.delimiter, layout.encoding, part.line)
        bad = [
            BadRow(line, cells, *REFUSALS[RowOutcome.DUPLICATE])
            for line, cells in records
            if line in wanted
        ]
        known |= dict(errors.lines(bad, layout))
    written = sorted(known.items())
    files.put_errors(Phase.CHECK, number, written)
    return errors.size(written)


def without(parsed: Parsed, repeats: list[int]) -> Parsed:
    """Take the rows that repeat earlier slices out of those that are taken."""
    later = set(repeats)
    return Parsed(
        [row for row in parsed.taken if row.line not in later],
        [*parsed.repeated, *(row for row in parsed.taken if row.line in later)],
        parsed.bad,
    )
