"""What the worker does with an import, one message at a time.

Every step can be given again, or end anywhere: what it has found is an object that is the same
each time, what it has done is safe to repeat, and a slice is counted once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assent.accounts.model import Account
from assent.accounts.service import AccountService
from assent.contacts.imports import gather, store
from assent.contacts.imports.cutting import Refused, cut
from assent.contacts.imports.files import Files, MissingFile, Numbers
from assent.contacts.imports.lines import decoded
from assent.contacts.imports.model import (
    CHANGES,
    MOST_SAMPLES,
    Counts,
    Effect,
    Event,
    Import,
    ImportState,
    Phase,
    Purpose,
    RowOutcome,
    SliceResult,
    Step,
    WorkOnImport,
)
from assent.contacts.imports.rows import error_lines, parse_rows, samples
from assent.contacts.imports.service import added_up
from assent.platform.clock import Clock
from assent.platform.objects import Objects
from assent.platform.queues import Sink

RESERVE = 20_000
"""Milliseconds that must be left for another piece of work; with less, a step hands itself on."""

_LOOK = 10  # batches between two looks at whether the import was cancelled
_CHECKED, _UNIQUE, _DECIDED = "checked", "unique", "decided"
Remaining = Callable[[], int]
_Cut = tuple[str, Import | None]


@dataclass
class ImportWorker:
    """Moves imports on."""

    clock: Clock
    accounts: AccountService
    objects: Objects
    queue: Sink
    effects: Mapping[Purpose, Effect]

    def do(self, command: WorkOnImport, remaining: Remaining) -> str:
        """Do one step, or as much of it as `remaining` milliseconds allow; says how it ended."""
        job = store.find(command.account_id, command.import_id)
        if job is None:
            return "no_import"
        if job.state not in (ImportState.CHECKING, ImportState.RUNNING):
            return f"already_{job.state}"
        if command.step == Step.START:
            return self._start(job, command, remaining)
        return self._work_on(job, command, remaining) if command.phase == job.phase else "outdated"

    def _work_on(self, job: Import, command: WorkOnImport, remaining: Remaining) -> str:
        if command.step == Step.COMPARE:
            return self._compare(job)
        if store.has_slice(job, job.phase, command.number):
            return self._end_if_done(job, "repeated")
        if job.phase == Phase.CHECK:
            return self._check(job, command.number)
        return self._commit(job, command, remaining)

    # Cutting, and handing out

    def _start(self, job: Import, command: WorkOnImport, remaining: Remaining) -> str:
        files = Files(self.objects, job)
        if job.slices is None:
            prepare = self._gather if job.group_id else self._cut
            outcome, after = prepare(job, files, lambda: remaining() > RESERVE)
            if outcome == "continued":
                self.queue.send(command)
            if outcome:
                return outcome
            # An answer that was lost looks like somebody else's change: look which it was.
            job = after or store.find(job.account_id, job.id) or job
            if job.slices is None or job.state not in (ImportState.CHECKING, ImportState.RUNNING):
                return f"already_{job.state}"
        if not job.slices:
            return self._end_if_done(job, "empty")
        self.queue.send_all(
            (self._step(job, Step.SLICE, number), 0) for number in range(job.slices)
        )
        return "handed_out"

    @staticmethod
    def _step(job: Import, step: Step, number: int = 0, applied: int = 0) -> WorkOnImport:
        return WorkOnImport(
            account_id=job.account_id,
            import_id=job.id,
            step=step,
            phase=job.phase,
            number=number,
            applied=applied,
        )

    def _cut(self, job: Import, files: Files, may_go_on: Callable[[], bool]) -> _Cut:
        try:
            found = files.found()
            if found is None or not found.done:
                found = cut(
                    files.read,
                    job.size,
                    region=job.region,
                    asked=job.asked_encoding,
                    before=found,
                    may_go_on=may_go_on,
                )
                files.put_found(found)
        except Refused as refused:
            store.advance(
                job,
                Event.REFUSED,
                problem=refused.problem,
                samples=tuple(refused.samples),
                finished_at=self.clock.now(),
            )
            return refused.problem.code, None
        if not found.done:
            return "continued", None
        return "", store.note_cut(
            job,
            slices=len(found.slices),
            total=found.rows,
            encoding=found.layout.encoding,
            numbers=_CHECKED,
        )

    @staticmethod
    def _gather(job: Import, files: Files, may_go_on: Callable[[], bool]) -> _Cut:
        walk = gather.gather(job, files, may_go_on)
        if not walk.done:
            return "continued", None
        return "", store.note_cut(job, slices=walk.slices, total=walk.rows, numbers=walk.name)

    # The dry run

    def _check(self, job: Import, number: int) -> str:
        files = Files(self.objects, job)
        plan = files.plan()
        layout, part = plan.layout, plan.slices[number]
        text = "".join(decoded(files.read(part.start, part.end), layout.encoding, part.line))
        parsed = parse_rows(text, layout, part.line, job.region)
        outcomes = self._preview(job, parsed.phones)
        files.put_numbers(_CHECKED, number, Numbers(parsed.phones, outcomes))
        errors = error_lines(parsed.bad, layout)
        if parsed.bad:
            files.put_errors(number, errors)
        counts = _tally(outcomes) | {
            RowOutcome.DUPLICATE: parsed.duplicates,
            RowOutcome.INVALID: len(parsed.bad),
        }
        result = SliceResult(
            number=number,
            rows=parsed.rows,
            counts=counts,
            samples=samples(parsed.bad, layout),
            error_bytes=len(errors),
        )
        store.add_slice(job, Phase.CHECK, result)
        return self._end_if_done(job, "checked")

    def _preview(self, job: Import, phones: Sequence[str]) -> list[RowOutcome]:
        account, effect = self._account(job), self.effects[job.purpose]
        return [
            outcome
            for some in _batches(phones, effect.most_previewed)
            for outcome in effect.preview(account, job, some)
        ]

    def _compare(self, job: Import) -> str:
        """Find numbers that an earlier slice has, and end the check with what is left."""
        files = Files(self.objects, job)
        seen: set[int] = set()
        counts = Counter(store.progress(job, Phase.CHECK).counts)
        repeating = []
        for number in range(job.slices or 0):
            phones, outcomes = _kept(files.numbers(_CHECKED, number))
            unique = Numbers([], [])
            for phone, outcome in zip(phones, outcomes, strict=True):
                digits = int(phone)
                if digits in seen:
                    counts[outcome] -= 1
                    counts[RowOutcome.DUPLICATE] += 1
                    continue
                seen.add(digits)
                unique.phones.append(phone)
                unique.outcomes.append(outcome)
            if len(unique.phones) < len(phones):
                files.put_numbers(_UNIQUE, number, unique)
                repeating.append(number)
        return self._end_check(job, dict(counts), tuple(repeating))

    def _end_check(self, job: Import, counts: Counts, repeating: tuple[int, ...]) -> str:
        results = store.slices(job, Phase.CHECK)
        shown = [sample for result in results for sample in result.samples]
        store.advance(
            job,
            Event.CHECK_ENDED,
            counts=counts,
            repeating=repeating,
            samples=tuple(shown[:MOST_SAMPLES]),
            has_errors=any(result.error_bytes for result in results),
        )
        return "check_ended"

    # The real run

    def _commit(self, job: Import, command: WorkOnImport, remaining: Remaining) -> str:
        number = command.number
        files = Files(self.objects, job)
        decided = files.numbers(_DECIDED, number)
        if decided is None:
            name = _UNIQUE if number in job.repeating else job.numbers
            kept = _kept(files.numbers(name, number))
            # Kept before anything is changed: whoever repeats this finds the changes made, and
            # still counts them as made by this import.
            decided = Numbers(kept.phones, self._preview(job, kept.phones))
            files.put_numbers(_DECIDED, number, decided)
        changed = [phone for phone, o in zip(*decided, strict=True) if o in CHANGES]
        done = command.applied
        account, effect = self._account(job), self.effects[job.purpose]
        for looked, some in enumerate(_batches(changed[done:], effect.most_applied)):
            if remaining() < RESERVE:
                self.queue.send(self._step(job, Step.SLICE, number, done))
                return "continued"
            if looked % _LOOK == _LOOK - 1 and self._was_cancelled(job):
                break
            effect.apply(account, job, some)
            done += len(some)
        undone = set(changed[done:])
        outcomes = [o for phone, o in zip(*decided, strict=True) if phone not in undone]
        counts = _tally(outcomes)
        rows = self._rows(job, number, len(decided.phones))
        store.add_slice(job, Phase.COMMIT, SliceResult(number=number, rows=rows, counts=counts))
        return self._end_if_done(job, "committed" if not undone else "cancelled")

    @staticmethod
    def _was_cancelled(job: Import) -> bool:
        now = store.find(job.account_id, job.id)
        return now is None or now.state != ImportState.RUNNING

    def _rows(self, job: Import, number: int, numbers: int) -> int:
        """Count the file's rows that the slice stands for."""
        return numbers if job.group_id else Files(self.objects, job).plan().slices[number].rows

    # The end

    def _end_if_done(self, job: Import, outcome: str) -> str:
        done = store.progress(job, job.phase)
        if done.slices < (job.slices or 0):
            return outcome
        if job.phase == Phase.COMMIT:
            store.advance(
                job,
                Event.ENDED,
                counts=added_up(job, done),
                finished_at=self.clock.now(),
            )
            return "ended"
        if job.slices == 1:
            return self._end_check(job, done.counts, ())
        self.queue.send(self._step(job, Step.COMPARE))
        return outcome

    def _account(self, job: Import) -> Account:
        return self.accounts.account(job.account_id)


def _kept(numbers: Numbers | None) -> Numbers:
    if numbers is None:
        raise MissingFile("numbers of a slice")
    return numbers


def _tally(outcomes: Iterable[RowOutcome]) -> Counts:
    return dict(Counter(outcomes))


def _batches(phones: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    return (phones[at : at + most] for at in range(0, len(phones), most))
