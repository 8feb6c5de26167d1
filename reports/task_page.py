"""What the page says of one task: the decision, and the parts behind it in their order."""

from collections.abc import Callable
from dataclasses import dataclass

from ..bench.judge.judgement import TaskJudgement
from ..bench.language.speaking import _, marked
from .blocks import Part, Section
from .sections import (
    act_or_wait,
    answer,
    at_the_rule,
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
    model_variants,
    published,
    searches,
    segments,
    slices,
    splits,
    threshold_rules,
)
from .sections.decision import Decision, decision

SectionMaker = Callable[[TaskJudgement], Section | None]


@dataclass(frozen=True)
class PartOfPage:
    """A part of the page, and what makes its sections; one with nothing to say gives None.

    Its title is marked for translation.
    """

    key: str
    title: str
    sections: tuple[SectionMaker, ...]
    printed: bool = False


# In the order of the page, below the decision.
PARTS = (
    PartOfPage(
        "comparison",
        marked("Comparison"),
        (
            answer.section,
            comparison.section,
            searches.section,
            model_variants.section,
            ensembles.section,
            charts.section,
            published.section,
        ),
        printed=True,
    ),
    PartOfPage(
        "deciding",
        marked("Decisions"),
        (act_or_wait.section, at_the_rule.section, threshold_rules.section),
    ),
    PartOfPage(
        "trust",
        marked("Trust"),
        (
            data_checks.section,
            folds.section,
            calibration.section,
            slices.section,
            best_possible.section,
            splits.section,
        ),
    ),
    PartOfPage(
        "more",
        marked("More"),
        (
            drivers.section,
            segments.section,
            learnt.section,
            decisions.section,
            cost_table.section,
            data_card.section,
        ),
    ),
)


@dataclass(frozen=True)
class TaskPage:
    """All that the page says of one task.

    ``key`` is safe as an HTML id; ``address`` is where the task stands, as seen from the report.
    """

    key: str
    address: str
    title: str
    question: str
    simulated: bool
    decision: Decision
    parts: tuple[Part, ...]

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections of all parts."""
        return tuple(section for part in self.parts for section in part.sections)


def task_page(key: str, address: str, judged: TaskJudgement) -> TaskPage:
    """Say all that the page shows of a task."""
    card = judged.task.card
    made = (
        Part(
            part.key,
            _(part.title),
            tuple(filter(None, (section(judged) for section in part.sections))),
            part.printed,
        )
        for part in PARTS
    )
    return TaskPage(
        key=key,
        address=address,
        title=card.title,
        question=card.question,
        simulated=card.real is False,
        decision=decision(judged),
        parts=tuple(part for part in made if part.sections),
    )
