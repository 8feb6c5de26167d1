"""A run: skips the cells that are stored, executes the rest behind the fence, notes it all."""

import hashlib
import json
import math
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol

from ..errors import StoreError
from ..language.sentence import Sentence, said
from ..language.speaking import _, ngettext
from ..store.at_work import run_at_work
from ..store.cell_reader import read_cell_record
from ..store.records import Canary, CellRecord, RunRecord
from ..store.run_reader import read_run
from ..store.sealed_json import NewerFormat
from ..store.store import Store
from .blend_plan import plan_blends
from .canary import canaries, canary_work
from .cell_facts import checked_facts
from .cell_plan import plan_cells, versions
from .engine import Engine, LocalEngine, Outcome
from .expected_time import ExpectedTime, cheap_first, whole_models_first
from .messages import DONE, Unreadable
from .policy_plan import plan_policies
from .run_writer import RunWriter
from .search import SearchResult, search
from .standing import made_with, standing_run
from .time_budget import Clock, TimeBudget, TimeUpError, whole_models
from .work import Planned, Work


class Watcher(Protocol):
    """Is told how a run goes on; shows it, or does not."""

    def begins(self, work: Work, store: Store) -> None:
        """The run begins; its cells are kept in the store."""

    def planned(self, work: Work, cells: Sequence[Planned], stored: Sequence[CellRecord]) -> None:
        """The cells that are going to be computed, and those beside them that are stored.

        First those of models, then blends; at last canaries, which are another work.
        """

    def finished(self, cell: CellRecord) -> None:
        """A cell was computed, or failed."""

    def says(self, text: str) -> None:
        """Something the user should know."""


def execute_run(
    work: Work,
    store: Store,
    jobs: int,
    watcher: Watcher,
    about: dict[str, Any],
    *,
    engine: Engine | None = None,
    awaits_report: bool = False,
    budget: TimeBudget | None = None,
) -> RunRecord:
    """Compute what is missing, store it, and write the run; or give the latest, if it stands.

    Parameters
    ----------
    work : Work
    store : Store
    jobs : int
        Cells at a time.
    watcher : Watcher
    about : dict
        What the manifest says of this call besides what is known here.
    engine : Engine, optional
        Computes the cells; by default worker processes of this machine.
    awaits_report : bool, default=False
        Whether the caller writes a report at once: a run that was killed before that is removed by
        a later one.
    budget : TimeBudget, optional
        Until when worker processes of this machine compute cells.  Models that are not whole then
        are left out, and searches and ensembles that read features; what is computed is kept.

    Returns
    -------
    RunRecord
        Of the run that was written.  Where that would repeat the latest run and its report, of
        that one, and it ``stands``.

    Raises
    ------
    StoreError
        If the results folder cannot be written.
    RequestError
        If the time is up before any model is whole.
    KeyboardInterrupt
        If the user stops the run; all finished cells are stored.
    """
    budget = budget or TimeBudget()
    clock = Clock(budget.judging)
    store.prepare()
    with run_at_work(store, work.suite.name) as run_id:
        watcher.begins(work, store)
        for task, found in work.findings.items():
            for finding in found:
                found_in = _("{task}: {found}.").format(task=task, found=said(finding.found))
                watcher.says(found_in)
        for why in dict.fromkeys(work.left_out.values()):
            names = ", ".join(name for name, needed in work.left_out.items() if needed == why)
            watcher.says(_("left out: {names} ({why}).").format(names=names, why=said(why)))
        writer = RunWriter(store, run_id, about)
        run = _Run(store, run_id, engine or LocalEngine(jobs, clock.goes_on), watcher, clock)
        cells = plan_cells(work)
        store.fetch(cell.key for cell in cells)
        if not all(os.path.lexists(store.cell_folder(cell.key)) for cell in cells):
            writer.plan(work, cells, jobs)
        clock.until = budget.models
        records, n_reused = _computed(work, cells, run)
        if len(records) < len(cells):
            n_models = len(work.models)
            work, records = whole_models(work, cells, records)
            _say_time_was_up(n_models - len(work.models), watcher)
        clock.until = budget.all_
        whole = partial(_whole, run=run)
        try:
            found = search(work, store, whole)
            n_reused += len(_stored(found.cells, run))
            tuned = whole(work, found.cells)
        except TimeUpError:
            watcher.says(_("The time was up: the search is left out, and goes on in the next run."))
            names = [one.tuned[0].name for one in work.searches]
            work = work.without(names, Sentence("the time was up"))
            found, tuned = SearchResult((), ()), []
        records += [*tuned, *_without_configuration(found)]
        # They learn from the others' predictions, so they come when those are there.
        blends = plan_blends(work, records, versions(()))
        blended, n_blends_reused = _computed(work, blends, run)
        if len(blended) < len(blends):
            work, blended, n_blends_reused = replace(work, has_blends=False), [], 0
        n_reused += n_blends_reused
        policies = plan_policies(work)
        acted, n_policies_reused = _computed(work, policies, run)
        if len(acted) < len(policies):
            watcher.says(_("The time was up: to act or wait is left out."))
            work, acted, n_policies_reused = replace(work, acting=None), [], 0
        n_reused += n_policies_reused
        clock.until = math.inf
        sung = _canaries(work, run) if work.has_canaries else {}
        draft = writer.draft(
            work, records + blended + acted, n_reused=n_reused, jobs=jobs, canaries=sung,
            searches=found.records,
        )  # fmt: skip
        with store.locked():  # what is the latest run changes one at a time
            standing = standing_run(store, draft, made_with(about.get("metrics", ())))
            if standing is None:
                writer.write(draft, awaits_report=awaits_report)
        writer.forget_plan()
        if standing is not None:
            return replace(read_run(store, standing), stands=True)
    return read_run(store, writer.run_id)


@dataclass(frozen=True)
class _Run:
    """What computing cells takes, whatever they are; and what was told of their memory."""

    store: Store
    run_id: str
    engine: Engine
    watcher: Watcher
    clock: Clock
    told: list[str] = field(default_factory=list)


def _say_time_was_up(n: int, watcher: Watcher) -> None:
    watcher.says(
        ngettext(
            "The time was up: {n} model is left out, and goes on in the next run.",
            "The time was up: {n} models are left out, and go on in the next run.",
            n,
        ).format(n=n)
    )


def _without_configuration(found: SearchResult) -> list[CellRecord]:
    """Make a failed cell for each fold in which no configuration of a model worked."""
    failed = []
    for one in found.records:
        if one.chosen >= 0:
            continue
        place = one.task, one.model, one.fold, 0, one.seed
        key = hashlib.sha256(json.dumps(place).encode()).hexdigest()[:40]
        why = one.trials[0].message
        message = Sentence(
            "none of its {n} configurations worked: {why}", n=len(one.configurations), why=why
        )
        failed.append(CellRecord(*place, key, "failed", message))
    return failed


def _canaries(work: Work, run: _Run) -> dict[str, tuple[Canary, ...]]:
    taught = canary_work(work)
    records, _reused = _computed(taught, plan_cells(taught), run)
    return canaries(work, records, run.store)


def _computed(work: Work, planned: Sequence[Planned], run: _Run) -> tuple[list[CellRecord], int]:
    """Compute those cells that are not stored; give all records, and how many were stored.

    When the time is up, records of cells that are not there are missing.
    """
    stored = _stored(planned, run)
    missing = [cell for cell in planned if cell.key not in stored]
    failed: dict[str, CellRecord] = {}
    if missing:
        run.watcher.planned(work, missing, list(stored.values()))
        expected = ExpectedTime(work)
        for record in stored.values():
            expected.learn(record)
        if isinstance(run.engine, LocalEngine) and not run.told:
            plan = run.engine.memory_plan(work, expected)
            run.told.extend(plan.told(missing, run.engine.jobs))
            for line in run.told:
                run.watcher.says(line)
        in_order = whole_models_first if run.clock.is_limited else cheap_first
        for record in _execute(work, in_order(missing, expected), expected, run):
            failed |= {record.key: record} if not record.done else {}
    records = [
        failed.get(cell.key) or stored.get(cell.key) or read_cell_record(run.store, cell.place())
        for cell in planned
        if cell.key in failed
        or not run.clock.is_limited
        or os.path.lexists(run.store.cell_folder(cell.key))
    ]
    return records, len(stored)


def _whole(work: Work, planned: Sequence[Planned], *, run: _Run) -> list[CellRecord]:
    """Give the records of all cells.

    Raises
    ------
    TimeUpError
        If the time was up before all were there.
    """
    records = _computed(work, planned, run)[0]
    if len(records) < len(planned):
        raise TimeUpError
    return records


def _stored(planned: Sequence[Planned], run: _Run) -> dict[str, CellRecord]:
    """Find the cells that are there already; remove and name those that are damaged."""
    found = {}
    run.store.fetch(cell.key for cell in planned)
    for cell in planned:
        if not os.path.lexists(run.store.cell_folder(cell.key)):
            continue
        read = partial(read_cell_record, run.store, cell.place())
        try:
            found[cell.key] = read()
        except NewerFormat:
            raise
        except StoreError as error:
            run.watcher.says(
                _("damaged: {what}  This cell ({cell}) is computed again.").format(
                    what=error, cell=cell.label
                )
            )
            run.store.discard_cell(cell.key, read)
    return found


def _execute(
    work: Work, missing: Iterable[Planned], expected: ExpectedTime, run: _Run
) -> Iterator[CellRecord]:
    store, watcher = run.store, run.watcher

    def still_missing() -> Iterator[Planned]:
        for cell in missing:
            # Another run may have computed it since this one began.
            stored = _stored([cell], run)
            if stored:
                watcher.finished(stored[cell.key])
            else:
                yield cell

    with (
        store.scratch(run.run_id) as scratch,
        closing(run.engine.outcomes(work, still_missing(), store, scratch, expected)) as outcomes,
    ):
        for outcome in outcomes:
            if outcome.answer.left:
                what = "; ".join(outcome.answer.left)
                watcher.says(
                    _("{cell} changed its process, which was replaced: {what}.").format(
                        cell=outcome.cell.label, what=what
                    )
                )
            record = _record(outcome, store)
            run.clock.learn(record)
            expected.learn(record)
            watcher.finished(record)
            yield record


def _record(outcome: Outcome, store: Store) -> CellRecord:
    cell, answer = outcome.cell, outcome.answer
    if answer.status == DONE:
        try:
            facts = checked_facts(answer.facts)
            predictions = outcome.predictions()
        except (Unreadable, ValueError) as error:
            message = Sentence("its process said that it was done, but {why}", why=str(error))
            return CellRecord(**cell.place("crashed", message))
        about = cell.identity() | {"title": cell.outline.title}
        store.write_cell(cell.key, facts | about, predictions)
        return read_cell_record(store, cell.place())
    # A worker that cannot write does not know why; whether results can be kept is seen here.
    store.prepare()
    return CellRecord(**cell.place(answer.status, answer.message))
