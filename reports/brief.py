"""The run in brief, for terminals and for programs: who leads, what to use, what went wrong."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..bench.judge.judgement import FAILED, Entry, Judgement, Score, TaskJudgement
from ..bench.language.speaking import _, marked
from ..bench.store.typed import typed, understood
from . import formats
from .lists import parted
from .lookups import base_accuracy, score_of, standing, tested_rate, title_of
from .partial import partial
from .recommendation import Recommendation, recommend
from .sections.across_tasks import across
from .sections.data_checks import grave_sentence

SUMMARY = "summary.json"
_N_ROWS = 5


@dataclass(frozen=True)
class Row:
    """A model: its figure in the task's main metric, where it stands, seconds of a fit."""

    name: str
    title: str
    figure: Score
    standing: str
    fit_seconds: float


@dataclass(frozen=True)
class TaskBrief:
    """A task: its first few models, what to use, the base rate, failures and alarms.

    ``metric`` is the main one's printed name; ``n_models`` counts all that took part;
    ``recommended`` is a model's or ensemble's name, or empty.
    """

    task: str
    title: str
    metric: str
    n_models: int
    rows: tuple[Row, ...]
    recommended: str
    advice: tuple[str, ...]
    base_rate: str
    failures: tuple[str, ...]
    alarms: tuple[str, ...]


@dataclass(frozen=True)
class Brief:
    """A run, task by task; ``partial`` says what is missing of one that is not finished.

    ``across`` is what many tasks say together; empty where they say nothing.
    """

    run_id: str
    tasks: tuple[TaskBrief, ...]
    partial: tuple[str, ...] = ()
    across: str = ""


def brief(judgement: Judgement) -> Brief:
    """Say the most important of a judgement."""
    unfinished, together = partial(judgement), across(judgement)
    return Brief(
        judgement.run.run_id,
        tuple(map(_of_task, judgement.tasks)),
        (unfinished.headline, *unfinished.tasks) if unfinished else (),
        together.sentence if together and together.figure else "",
    )


def in_json(said: Brief) -> str:
    """Write it for programs; a figure that is not available is null."""
    # In ASCII: a name may hold what a terminal would obey, or no file can hold.
    return json.dumps(_known(asdict(said)), indent=1, allow_nan=False) + "\n"


def read_brief(path: Path) -> Brief:
    """Read what ``in_json`` wrote.

    Raises
    ------
    StoreError
        If the file is gone or holds something else.
    """
    with understood(path):
        return typed(Brief, json.loads(path.read_text(encoding="utf-8")))


def _of_task(judged: TaskJudgement) -> TaskBrief:
    advice = recommend(judged)
    return TaskBrief(
        task=judged.task.name,
        title=judged.task.card.title,
        metric=title_of(judged.main_metric),
        n_models=len(judged.models),
        rows=tuple(_row(judged, entry) for entry in _shown(judged, advice.name)),
        recommended=advice.name,
        advice=(_advice(advice), *advice.sentences),
        base_rate=_base_rate(judged),
        failures=tuple(
            _("{title}: {reasons}").format(
                title=entry.title, reasons=parted(entry.contestant.failures)
            )
            for entry in judged.models
            if entry.standing == FAILED
        ),
        alarms=tuple(filter(None, (grave_sentence(judged.task), *judged.alarms))),
    )


def _advice(advice: Recommendation) -> str:
    return _("{headline}  {reason}").format(headline=advice.headline, reason=advice.reason)


def _shown(judged: TaskJudgement, recommended: str) -> list[Entry]:
    """Choose the first few, the recommended one among them."""
    working = [entry for entry in judged.models if entry.scores]
    first, later = working[:_N_ROWS], working[_N_ROWS:]
    chosen = [entry for entry in later if entry.name == recommended]
    return [*first[: _N_ROWS - len(chosen)], *chosen]


def _row(judged: TaskJudgement, entry: Entry) -> Row:
    return Row(
        entry.name,
        entry.title,
        score_of(entry, judged.main_metric),
        " ".join(standing(judged, entry)).strip(),
        entry.contestant.fit_seconds,
    )


def _base_rate(judged: TaskJudgement) -> str:
    rate = tested_rate(judged)
    said = (
        _("{share} of the tested cases are positive: always “no” is right in {right} of them.")
        if rate <= 0.5
        else _(
            "{share} of the tested cases are positive: always “yes” is right in {right} of them."
        )
    )
    return said.format(share=formats.share(rate), right=formats.percent(base_accuracy(judged)))


_ALWAYS_NO = marked(
    "{share} of the tested cases are positive: always “no” is right in {right} of them."
)
_ALWAYS_YES = marked(
    "{share} of the tested cases are positive: always “yes” is right in {right} of them."
)


def _known(value: Any) -> Any:
    """Put None in the place of numbers that are not available."""
    if isinstance(value, Mapping):
        return {name: _known(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_known(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
