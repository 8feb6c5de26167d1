"""What the page says of one task: the answer, and the sections in their order."""

from collections.abc import Callable
from dataclasses import dataclass

from ..bench.judge.judgement import TaskJudgement
from .blocks import Section
from .elements import Figure
from .sections import (
    best_possible,
    calibration,
    charts,
    comparison,
    cost_table,
    data_card,
    data_checks,
    decisions,
    drivers,
    ensembles,
    folds,
    learnt,
    policies,
    splits,
    threshold_rules,
)
from .sections.answer import Answer, answer
from .sections.overview import overview

# In the order of the page; a section that has nothing to say gives None.
SECTIONS: tuple[Callable[[TaskJudgement], Section | None], ...] = (
    policies.section,
    comparison.section,
    drivers.section,
    threshold_rules.section,
    data_checks.section,
    folds.section,
    calibration.section,
    charts.section,
    learnt.section,
    best_possible.section,
    ensembles.section,
    decisions.section,
    cost_table.section,
    data_card.section,
    splits.section,
)


@dataclass(frozen=True)
class TaskPage:
    """All that the page says of one task.  ``key`` is safe as an HTML id."""

    key: str
    title: str
    question: str
    simulated: bool
    answer: Answer
    overview: Figure
    sections: tuple[Section, ...]


def task_page(key: str, judged: TaskJudgement) -> TaskPage:
    """Say all that the page shows of a task."""
    card = judged.task.card
    made = (section(judged) for section in SECTIONS)
    return TaskPage(
        key=key,
        title=card.title,
        question=card.question,
        simulated=card.real is False,
        answer=answer(judged),
        overview=overview(judged),
        sections=tuple(section for section in made if section is not None),
    )
