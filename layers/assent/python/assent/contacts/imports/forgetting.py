"""Bad lines that imports show: those of a person who is to be forgotten are blanked.

The first lines that were wrong with an import stay in the history of imports. Each slice keeps
some too, and is gone after 90 days, as the files are.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import product

from assent.contacts.imports import store
from assent.contacts.imports.model import Import, Phase, Purpose, Sample
from assent.contacts.model import Contact

_PAGE = 100
_TELLING = 7  # last digits of a number, by which a line is taken for somebody's


Names = Callable[[str], bool]


def forget(contact: Contact, now: datetime) -> None:
    """Blank the lines that name a contact, as far as its account's imports keep them.

    Safe to repeat. A line too many does no harm: its place in the file and its reason stay.
    """
    names = _naming(contact)
    for job in _imports(contact.account_id):
        if any(names(one.value) for one in job.samples):
            store.put_samples(job, _blanked(job.samples, names))
        if job.created_at > now - store.KEPT:
            _forget_slices(job, names)


def _imports(account_id: str) -> Iterator[Import]:
    for purpose in Purpose:
        after: str | None = None
        while page := store.imports(account_id, purpose, after, _PAGE):
            yield from page
            after = page[-1].id


def _forget_slices(job: Import, names: Names) -> None:
    attempts = (job.model_copy(update={"attempt": one}) for one in range(job.attempt + 1))
    for attempt, phase in product(attempts, Phase):
        for result in store.slices(attempt, phase):
            if any(names(one.value) for one in result.samples):
                kept = _blanked(result.samples, names)
                store.put_slice_samples(attempt, phase, result.number, kept)


def _blanked(samples: Iterable[Sample], names: Names) -> list[Sample]:
    return [one.model_copy(update={"value": ""}) if names(one.value) else one for one in samples]


def _naming(contact: Contact) -> Names:
    """Return what tells whether a line names a contact: by number, address or name."""
    number = re.sub(r"\D", "", contact.phone)[-_TELLING:]
    email = contact.email.casefold()
    # The first of the first names and the last of the last, whatever stands between.
    words = [*contact.first_name.casefold().split()[:1], *contact.last_name.casefold().split()[-1:]]

    def names(line: str) -> bool:
        text = line.casefold()
        by_number = bool(number) and number in re.sub(r"\D", "", text)
        by_email = bool(email) and email in text
        return by_number or by_email or (bool(words) and all(word in text for word in words))

    return names
