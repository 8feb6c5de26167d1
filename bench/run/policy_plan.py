"""The cells of policies: which there are, and what decides them."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ..act_or_wait import best_possible
from ..cell import course_transport, policy_cell
from ..language.sentence import Sentence
from ..plugins.outline import Outline
from ..plugins.registry import Plugin
from ..plugins.source import source_digest
from ..policy import Economics
from ..splits.fold import Fold
from ..task import Task
from .cell_plan import cell_key, cell_seed, recipe_of, versions
from .work import Planned, Work

BEST_POSSIBLE = "best_possible"
BEST = Outline(
    Sentence("Best possible"),
    "policy",
    Sentence("Value iteration with the true probabilities."),
    (),
)
_DECISIVE = (policy_cell, course_transport)


@dataclass(frozen=True)
class PlannedPolicy(Planned):
    """A policy's cell before it is computed.

    ``scores`` is the model that scores visits; None for the best possible policy, which is given
    the truth by ``views``.
    """

    economics: Economics
    scores: Plugin | None
    views: str


def plan_policies(work: Work) -> list[PlannedPolicy]:
    """List all cells of policies, split by split; the best possible one where it is known."""
    if work.acting is None:
        return []
    return [
        cell
        for task in work.tasks
        for fold in work.plans[task.name]
        for split in range(len(fold.splits))
        for seed in work.suite.seeds
        for cell in _of_split(work, task, fold, split, seed)
    ]


def _of_split(work: Work, task: Task, fold: Fold, split: int, seed: int) -> Iterator[PlannedPolicy]:
    acting = work.acting
    scorer = recipe_of(*acting.scores)
    views = acting.truth_of(task)
    given: list[tuple[Plugin, Outline, Plugin | None]] = [
        (plugin, described, acting.scores[0]) for plugin, described in acting.policies
    ]
    if views:
        code = Plugin("policy", BEST_POSSIBLE, Path(best_possible.__file__), best_possible.__name__)
        given.append((code, BEST, None))
    for plugin, described, scores in given:
        used = cell_seed(seed, fold.number, split)
        source = source_digest(plugin, _DECISIVE)
        decisive: dict[str, Any] = {
            "economics": json.dumps(asdict(acting.economics)),
            "course": task.course.fingerprint(),
            "scores": [scorer.source, acting.scores[0].name] if scores else views,
        }
        libraries = {**versions(described.requires), **(scorer.libraries if scores else {})}
        key = cell_key(
            (task.name, f"policy {plugin.name}"), task.fingerprint(), fold.test,
            fold.fits[split], source, used, libraries, decisive,
        )  # fmt: skip
        named = replace(plugin, name=cell_name(plugin.name))
        yield PlannedPolicy(
            key, task.name, named, described, fold.number, split, seed, used,
            economics=acting.economics, scores=scores, views="" if scores else views,
        )  # fmt: skip


def cell_name(policy: str) -> str:
    """Name a policy among a run's cells, where a model may have the same name."""
    return f"policy:{policy}"


def n_moments(task: Task) -> int:
    """Count the events after which one can act, in the longest visit."""
    return int((task.course.events.lengths - task.cases.events.lengths).max(initial=0)) + 1
