"""Every threshold of a judged task, chosen again from valid cases: it must come out the same."""

from collections.abc import Iterator

from .combining import ensembles_of
from .contestants import Contestant, models_of, valid_rows
from .decisions import ThresholdRule
from .judgement import Entry, TaskJudgement
from .results import RunRecord
from .thresholds import f1

_SCORED = ThresholdRule("@chosen", "Highest F1", f1)


def check_thresholds(run: RunRecord, judged: TaskJudgement) -> tuple[str, ...]:
    """Choose all thresholds again, from stored predictions of valid cases and nothing else.

    The outcomes of test cases are not among what this looks at, so a threshold that hangs on them
    comes out differently.

    Parameters
    ----------
    run : RunRecord
        What was judged.
    judged : TaskJudgement
        One of its tasks.

    Returns
    -------
    tuple of str
        A sentence for each threshold that valid cases do not give.
    """
    models = models_of(run, judged.task)
    known = {
        contestant.name: contestant
        for contestant in (*models, *ensembles_of(run, judged.task, models))
    }
    rules = {rule.name: rule for rule in run.decisions.rules()}
    return tuple(
        f"{entry.title} on {judged.task.name}, fold {fold}: the threshold of {rule.title!r} is "
        f"given as {given:.6g}, but its valid cases make it {chosen:.6g}: something else was "
        "looked at when it was chosen."
        for entry in (*judged.models, *judged.ensembles)
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
            y = judged.task.target[valid_rows(fold)]
            yield rule, fold.number, threshold, rule.choose(y, predicted.valid)
