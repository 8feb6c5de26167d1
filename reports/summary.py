"""What the page will say: a judgement turned into frozen dataclasses of ready words."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

from ..bench.judge.judgement import Judgement
from ..bench.language.speaking import _, ngettext
from ..bench.metrics.metrics import METRICS
from . import formats
from .blocks import Fact, Words
from .counted import ensembles, models, tasks
from .elements import Table
from .lookups import title_of
from .partial import Partial, partial
from .sections.across_tasks import Across, across
from .sections.curves import CurveSection, curve_sections, page_heading
from .sections.environment import manifest_table, models_table, packages_table
from .sections.failures import failures_table, warnings_table
from .task_page import TaskPage, task_page

TASKS = "tasks"
MOST_ON_A_PAGE = 6  # tasks: of more, each has a page of its own


@dataclass(frozen=True)
class Page:
    """The whole page; or its front, with each task on a page of its own.

    ``apart`` marks such a front, ``back`` leads to it from the page of a task: what is said of all
    tasks alike stands there.
    """

    title: str
    subtitle: str
    run_id: str
    families: tuple[str, ...]
    tasks: tuple[TaskPage, ...]
    across: Across | None
    curves: tuple[CurveSection, ...]
    curves_heading: str
    failures: Table | None
    warnings: Table | None
    models: Table
    manifest: Table
    packages: Table | None
    metrics: tuple[Fact, ...]
    partial: Partial | None = None
    apart: bool = False
    back: str = ""


def summarise(judgement: Judgement, *, apart: bool = False) -> Page:
    """Say everything that the page shows, in the order in which it shows it.

    Parameters
    ----------
    judgement : Judgement
    apart : bool, default=False
        Whether tasks stand on pages of their own; see ``pages_of_tasks``.
    """
    run = judgement.run
    manifest = run.manifest
    curves = curve_sections(judgement)
    return Page(
        title=str(manifest["suite_title"]),
        subtitle=_subtitle(judgement),
        run_id=run.run_id,
        families=tuple(
            dict.fromkeys(
                entry.family
                for judged in judgement.tasks
                for entry in (*judged.models, *judged.ensembles)
            )
        ),
        tasks=tuple(
            task_page(
                f"task-{number}",
                quote(path_of_task(judged.task.name)) if apart else f"#task-{number}",
                judged,
                judgement.curves,
                is_one_of_many=apart,
            )
            for number, judged in enumerate(judgement.tasks, start=1)
        ),
        curves=curves,
        curves_heading=page_heading(curves),
        across=across(judgement),
        failures=failures_table(run),
        warnings=warnings_table(run),
        models=models_table(run),
        manifest=manifest_table(manifest),
        packages=packages_table(manifest),
        partial=partial(judgement),
        metrics=tuple(
            Fact(title_of(name), (Words(_(metric.reading)),)) for name, metric in METRICS.items()
        ),
        apart=apart,
    )


def pages_of_tasks(front: Page, judgement: Judgement) -> Iterator[tuple[str, Page]]:
    """Make the page of each task that the front leads to, with its path beside the report."""
    for task, judged in zip(front.tasks, judgement.tasks, strict=True):
        cells = tuple(cell for cell in judgement.run.cells if cell.task == judged.task.name)
        own = replace(judgement.run, cells=cells)
        progress = tuple(one for one in judgement.progress if one.task == judged.task.name)
        yield (
            path_of_task(judged.task.name),
            replace(
                front,
                subtitle=_subtitle(replace(judgement, run=own, tasks=(judged,))),
                tasks=(replace(task, address=f"#{task.key}"),),
                across=None,
                curves=(),
                failures=failures_table(own),
                warnings=warnings_table(own),
                partial=partial(replace(judgement, progress=progress)),
                apart=False,
                back="../report.html",
            ),
        )


def path_of_task(name: str) -> str:
    """Say where the page of a task lies, as seen from the report."""
    return f"{TASKS}/{name}.html"


def _subtitle(judgement: Judgement) -> str:
    run, manifest = judgement.run, judgement.run.manifest
    n_ensembles = max((len(judged.ensembles) for judged in judgement.tasks), default=0)
    n_cells, n_failed = len(run.cells), sum(not cell.done for cell in run.cells)
    parts = (
        tasks(len(judgement.tasks)),
        models(len(run.models)),
        ensembles(n_ensembles),
        ngettext(
            "{n} cell, of which {failed} failed", "{n} cells, of which {failed} failed", n_cells
        ).format(n=formats.count(n_cells), failed=formats.count(n_failed)),
        _("begun {when}").format(when=manifest["started"])
        if judgement.progress
        else _("finished {when}").format(when=manifest["finished"]),
    )
    return " · ".join(parts)
