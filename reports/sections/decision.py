"""The decision page of a task: which model to use, why, how sure, and what it is worth."""

from dataclasses import dataclass

from ...bench.judge.judgement import CurveJudgement, TaskJudgement
from ...bench.language.speaking import _
from ..blocks import Block, Charts, Fact, Facts, Pair, Words, note
from ..charts.gains_chart import gains_figure
from ..counted import findings
from ..elements import Table
from ..lists import following, joined
from ..recommendation import recommend
from .data_checks import grave_sentence
from .drivers import leading_drivers_table
from .more_cases import more_cases_sentence
from .over_time import over_time_sentence
from .policies import policies_table, reading_of
from .worth import whom_sentence, worth_sentences


@dataclass(frozen=True)
class Decision:
    """What to decide on one task.

    Parameters
    ----------
    headline : str
        Which model to use.
    warning : str
        What spoils all figures; empty where nothing does.
    alarms : tuple of str
        Figures too good to be believed, or not those of their own decisions.
    facts : Facts
    blocks : tuple of Block
    """

    headline: str
    warning: str
    alarms: tuple[str, ...]
    facts: Facts
    blocks: tuple[Block, ...]


def decision(judged: TaskJudgement, curve: CurveJudgement | None = None) -> Decision:
    """Say what a reader needs who reads one page.

    Parameters
    ----------
    judged : TaskJudgement
    curve : CurveJudgement, optional
        Its learning curve, where there is one.
    """
    recommended = recommend(judged)
    facts = (
        (_("Why"), recommended.reason),
        (_("What else would do"), recommended.others),
        (_("How sure"), recommended.sureness),
        (_("Few data"), recommended.few),
        (_("More cases"), more_cases_sentence(curve, recommended.name) if curve else ""),
        (_("What it is worth"), following(worth_sentences(judged))),
        (_("Whom to act on"), whom_sentence(judged)),
        (_("Next month"), over_time_sentence(judged)),
        (_("The data"), _data_sentence(judged)),
    )
    return Decision(
        recommended.headline,
        grave_sentence(judged.task),
        judged.alarms,
        Facts(tuple(Fact(term, (Words(said),)) for term, said in facts if said)),
        tuple(_blocks(judged)),
    )


def _blocks(judged: TaskJudgement) -> list[Block]:
    table: Table | None = policies_table(judged)
    if table is None:
        return []
    left = [block for block in (leading_drivers_table(judged),) if block is not None]
    right = [figure for figure in (gains_figure(judged),) if figure is not None]
    beside = Pair(tuple(left), tuple(right)) if left else Charts(tuple(right))
    return [table, note(reading_of(judged)), beside]


def _data_sentence(judged: TaskJudgement) -> str:
    found = judged.task.findings
    if not found:
        return _("Nothing was found that spoils the figures; Trust says what was looked for.")
    n_grave = sum(finding.grave for finding in found)
    said = _("{findings}, none grave: {checks}. Trust says what each means and what to do.")
    if n_grave:
        said = _(
            "{findings}, {n_grave} grave: {checks}. Trust says what each means and what to do."
        )
    return said.format(
        findings=findings(len(found)),
        n_grave=n_grave,
        checks=joined(dict.fromkeys(_(finding.check) for finding in found)),
    )
