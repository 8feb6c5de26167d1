"""What the page says of one task: the decision, and the parts behind it in their order.

Of many tasks each has a page of its own, without its details: so do 50 tasks of 30 models stay
readable and small.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..bench.judge.judgement import CurveJudgement, TaskJudgement
from ..bench.language.speaking import _, marked
from .blocks import Fact, Facts, Paragraph, Part, Section, Words
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
from .sections.more_cases import curve_of

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


# Big, and asked for by few: the page of one of many tasks tells what they show, in a few words.
DETAILS: frozenset[SectionMaker] = frozenset(
    {
        model_variants.section,
        ensembles.section,
        charts.section,
        threshold_rules.section,
        folds.section,
        calibration.section,
        slices.section,
        drivers.section,
        segments.section,
        learnt.section,
        decisions.section,
        cost_table.section,
    }
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


def task_page(
    key: str,
    address: str,
    judged: TaskJudgement,
    curves: Sequence[CurveJudgement] = (),
    *,
    is_one_of_many: bool = False,
) -> TaskPage:
    """Say all that the page shows of a task; of one of many, without its details.

    Parameters
    ----------
    key, address : str
        As of ``TaskPage``.
    judged : TaskJudgement
    curves : sequence of CurveJudgement
        Of the run.
    is_one_of_many : bool, default=False
    """
    card = judged.task.card
    parts, details = [], []
    for part in PARTS:
        kept = []
        for maker in part.sections:
            section = maker(judged)
            if section is not None:
                (details if is_one_of_many and maker in DETAILS else kept).append(section)
        parts.append(Part(part.key, _(part.title), tuple(kept), part.printed))
    if details:
        *others, last = parts
        parts = [*others, replace(last, sections=(*last.sections, _left_out(judged, details)))]
    return TaskPage(
        key=key,
        address=address,
        title=card.title,
        question=card.question,
        simulated=card.real is False,
        decision=decision(judged, curve_of(curves, judged.task.name)),
        parts=tuple(part for part in parts if part.sections),
    )


def _left_out(judged: TaskJudgement, details: Sequence[Section]) -> Section:
    """Tell what is left out, and how to see it."""
    how = _(
        "This is one of many tasks, and its page holds what decides. The command of the run with "
        "{option} alone fits nothing anew and writes a page of this task with the details below; "
        "figures and slices are in the folder {folder}, too."
    )
    words = how.format(option=f"--task {judged.task.name}", folder="tables")
    shown = tuple(
        Fact(section.title, (Words(section.finding),)) for section in details if section.finding
    )
    return Section(
        "details", _("Details"), (Paragraph((Words(words),)), Facts(shown)), folded=False
    )
