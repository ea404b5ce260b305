"""What the worker does with an import, one message at a time.

Every step can be given again, or end anywhere: what it has found is an object that is the same
each time, what it has done is safe to repeat, and a slice is counted once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from assent.accounts.model import Account
from assent.accounts.service import AccountService
from assent.contacts.imports import errors, store
from assent.contacts.imports.comparing import CHECKED, compared, note_repeats, without
from assent.contacts.imports.effects import Effect
from assent.contacts.imports.files import Decided, Files, MissingFile, Numbers
from assent.contacts.imports.lines import decoded
from assent.contacts.imports.model import (
    CHANGES,
    MOST_SAMPLES,
    Counts,
    Event,
    Import,
    ImportState,
    Phase,
    Purpose,
    RowOutcome,
    Sample,
    SliceResult,
    Step,
    WorkOnImport,
)
from assent.contacts.imports.preparing import prepare
from assent.contacts.imports.rows import Parsed, Row, not_taken, parse_rows, samples
from assent.platform.clock import Clock
from assent.platform.objects import Objects
from assent.platform.queues import Sink

RESERVE = 20_000
"""Milliseconds that must be left for another piece of work; with less, a step hands itself on."""

_LOOK = 10  # batches between two notes of how far a slice is, and looks if it was cancelled
_OF_THE_FILE = (RowOutcome.DUPLICATE, RowOutcome.INVALID)
_T = TypeVar("_T")
Remaining = Callable[[], int]


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
        if command.step == Step.START and command.attempt == job.attempt:
            return self._start(job, command, remaining)
        if (command.phase, command.attempt) != (job.phase, job.attempt):
            return "outdated"
        return self._work_on(job, command, remaining)

    def _work_on(self, job: Import, command: WorkOnImport, remaining: Remaining) -> str:
        if command.step == Step.COMPARE:
            return self._compare(job, command, remaining)
        if store.has_slice(job, job.phase, command.number):
            return self._end_if_done(job, "repeated")
        if job.phase == Phase.CHECK:
            return self._check(job, command.number)
        return self._commit(job, command, remaining)

    # Cutting, and handing out

    def _start(self, job: Import, command: WorkOnImport, remaining: Remaining) -> str:
        files = Files(self.objects, job)
        if job.slices is None:
            outcome, after = prepare(
                job,
                files,
                self.effects[job.purpose].reading(job),
                self.clock,
                lambda: remaining() > RESERVE,
            )
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
    def _step(job: Import, step: Step, number: int = 0) -> WorkOnImport:
        return WorkOnImport(
            account_id=job.account_id,
            import_id=job.id,
            step=step,
            phase=job.phase,
            attempt=job.attempt,
            number=number,
        )

    # The dry run

    def _check(self, job: Import, number: int) -> str:
        files = Files(self.objects, job)
        parsed = self._parsed(job, files, number)
        outcomes = self._preview(job, parsed.taken)
        lines = [row.line for row in parsed.taken]
        files.put_numbers(CHECKED, number, Numbers(parsed.phones, outcomes, lines))
        self._add_slice(job, Phase.CHECK, number, parsed, outcomes)
        return self._end_if_done(job, "checked")

    def _parsed(self, job: Import, files: Files, number: int) -> Parsed:
        """Read a slice: of the file, or of what was gathered of a group."""
        if job.group_id:
            phones = _kept(files.numbers(job.numbers, number)).phones
            return Parsed([Row(line, phone, {}, []) for line, phone in enumerate(phones)], [], [])
        plan = files.plan()
        layout, part = plan.layout, plan.slices[number]
        text = "".join(decoded(files.read(part.start, part.end), layout.encoding, part.line))
        return parse_rows(text, layout, part.line, job.region)

    def _preview(self, job: Import, rows: Sequence[Row]) -> list[RowOutcome]:
        account, effect = self._account(job), self.effects[job.purpose]
        return [
            outcome
            for some in _batches(rows, effect.most_previewed)
            for outcome in effect.preview(account, job, some)
        ]

    def _add_slice(
        self,
        job: Import,
        phase: Phase,
        number: int,
        parsed: Parsed,
        outcomes: Sequence[RowOutcome],
    ) -> None:
        """Count a slice, once, and keep its part of the error file.

        `outcomes` may be fewer than the rows taken: those after them were not come to.
        """
        files, effect = Files(self.objects, job), self.effects[job.purpose]
        bad = sorted([*parsed.bad, *not_taken(effect.refuses, parsed, outcomes)])
        written: list[errors.Line] = []
        if bad:
            layout = files.layout()
            written = errors.lines(bad, layout)
            files.put_errors(phase, number, written)
        result = SliceResult(
            number=number,
            rows=parsed.rows,
            counts=_tally(
                [
                    *outcomes,
                    *([RowOutcome.DUPLICATE] * len(parsed.repeated)),
                    *([RowOutcome.INVALID] * len(parsed.bad)),
                ]
            ),
            samples=samples(bad, layout) if bad else (),
            error_bytes=errors.size(written),
        )
        store.add_slice(job, phase, result)

    def _compare(self, job: Import, command: WorkOnImport, remaining: Remaining) -> str:
        """Find numbers that an earlier slice has, and end the check with what is left."""
        files = Files(self.objects, job)
        counts = Counter(store.progress(job, Phase.CHECK).counts)
        found = Counter({outcome: counts[outcome] for outcome in _OF_THE_FILE})
        repeating: dict[int, int] = {}
        for number, repeats, outcomes in compared(files, job.slices or 0):
            found.update(outcomes)
            if not repeats:
                continue
            if number < command.number:
                repeating[number] = errors.size(files.errors(Phase.CHECK, number))
                continue
            if remaining() < RESERVE and number > command.number:
                self.queue.send(self._step(job, Step.COMPARE, number))
                return "continued"
            refuses = RowOutcome.DUPLICATE in self.effects[job.purpose].refuses
            repeating[number] = note_repeats(files, number, repeats, refuses=refuses)
        return self._end_check(job, dict(found), repeating)

    def _end_check(self, job: Import, counts: Counts, repeating: dict[int, int]) -> str:
        results = store.slices(job, Phase.CHECK)
        store.advance(
            job,
            Event.CHECK_ENDED,
            counts=counts,
            repeating=repeating,
            samples=_first_samples(results),
            has_errors=any(repeating.values()) or any(one.error_bytes for one in results),
        )
        return "check_ended"

    # The real run

    def _commit(self, job: Import, command: WorkOnImport, remaining: Remaining) -> str:
        number = command.number
        files = Files(self.objects, job)
        parsed = self._parsed(job, files, number)
        if number in job.repeating:
            parsed = without(parsed, files.repeats(number))
        rows = parsed.taken
        decided = files.decided(number)
        if decided is None:
            # Kept before anything is changed: whoever repeats this finds the changes made, and
            # still counts them as made by this import.
            decided = Decided(self._preview(job, rows))
            files.put_decided(number, decided)
        outcomes, done = list(decided.outcomes), decided.done
        todo = [place for place in range(done, len(rows)) if outcomes[place] in CHANGES]
        done = len(rows)
        account, effect = self._account(job), self.effects[job.purpose]
        for looked, some in enumerate(_batches(todo, effect.most_applied)):
            if remaining() < RESERVE:
                files.put_decided(number, Decided(outcomes, some[0]))
                self.queue.send(self._step(job, Step.SLICE, number))
                return "continued"
            if looked % _LOOK == _LOOK - 1:
                # Whoever comes after a crash goes on from here: what is done is slow to do again.
                files.put_decided(number, Decided(outcomes, some[0]))
                if self._was_cancelled(job):
                    done = some[0]
                    break
            decisions = [(rows[place], outcomes[place]) for place in some]
            for place, outcome in zip(some, effect.apply(account, job, decisions), strict=True):
                outcomes[place] = outcome
        self._add_slice(job, Phase.COMMIT, number, parsed, outcomes[:done])
        return self._end_if_done(job, "committed" if done == len(rows) else "cancelled")

    @staticmethod
    def _was_cancelled(job: Import) -> bool:
        now = store.find(job.account_id, job.id)
        return now is None or now.state != ImportState.RUNNING

    # The end

    def _end_if_done(self, job: Import, outcome: str) -> str:
        done = store.progress(job, job.phase)
        if done.slices < (job.slices or 0):
            return outcome
        if job.phase == Phase.COMMIT:
            results = store.slices(job, Phase.COMMIT)
            store.advance(
                job,
                Event.ENDED,
                counts=done.counts,
                samples=_first_samples(results),
                has_errors=any(one.error_bytes for one in results),
                finished_at=self.clock.now(),
            )
            return "ended"
        if job.slices == 1:
            return self._end_check(job, done.counts, {})
        self.queue.send(self._step(job, Step.COMPARE))
        return outcome

    def _account(self, job: Import) -> Account:
        return self.accounts.account(job.account_id)


def _kept(numbers: Numbers | None) -> Numbers:
    if numbers is None:
        raise MissingFile("numbers of a slice")
    return numbers


def _first_samples(results: Iterable[SliceResult]) -> tuple[Sample, ...]:
    shown = (sample for result in results for sample in result.samples)
    return tuple(islice(shown, MOST_SAMPLES))


def _tally(outcomes: Iterable[RowOutcome]) -> Counts:
    return dict(Counter(outcomes))


def _batches(found: Sequence[_T], most: int) -> Iterator[Sequence[_T]]:
    return (found[at : at + most] for at in range(0, len(found), most))
