"""Every threshold of a judged task, chosen again from valid cases: it must come out the same."""

from collections.abc import Iterator, Sequence

from ..metrics.thresholds import f1
from ..suite.decisions import Decisions, ThresholdRule
from .contestants import Contestant
from .judgement import Entry, TaskJudgement

_SCORED = ThresholdRule("@chosen", "Highest F1", f1)


def check_thresholds(
    judged: TaskJudgement, contestants: Sequence[Contestant], decisions: Decisions
) -> tuple[str, ...]:
    """Choose all thresholds again, from predictions of valid cases and nothing else.

    The outcomes of test cases are not among what this looks at, so a threshold that hangs on them
    comes out differently.

    Parameters
    ----------
    judged : TaskJudgement
    contestants : sequence of Contestant
        What its entries were judged from.
    decisions : Decisions
        Of the run: they say which rules there are.

    Returns
    -------
    tuple of str
        A sentence for each threshold that valid cases do not give.
    """
    known = {contestant.name: contestant for contestant in contestants}
    rules = {rule.name: rule for rule in decisions.rules()}
    return tuple(
        f"{entry.title} on {judged.task.name}, fold {fold}: the threshold of {rule.title!r} is "
        f"given as {given:.6g}, but its valid cases make it {chosen:.6g}: something else was "
        "looked at when it was chosen."
        for entry in (*judged.models, *judged.ensembles)
        if entry.scores
        for rule, fold, given, chosen in _chosen_again(judged, entry, known[entry.name], rules)
        if given != chosen
    )


def _chosen_again(
    judged: TaskJudgement, entry: Entry, contestant: Contestant, rules: dict[str, ThresholdRule]
) -> Iterator[tuple[ThresholdRule, int, float, float]]:
    """Give the rule, the fold, the threshold as given and as chosen again."""
    given = [(_SCORED, [fold.threshold for fold in entry.predictions])]
    given += [(rules[outcome.rule], outcome.thresholds) for outcome in entry.outcomes]
    for rule, thresholds in given:
        for fold, predicted, threshold in zip(
            judged.task.folds, contestant.folds, thresholds, strict=True
        ):
            y = judged.task.target[fold.valid]
            yield rule, fold.number, threshold, rule.choose(y, predicted.valid)
