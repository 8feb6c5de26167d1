"""Every threshold of a judged task, chosen again from valid cases: it must come out the same."""

from collections.abc import Iterator, Mapping

from ..language.sentence import Sentence
from ..metrics.key import CHOSEN
from ..suite.decisions import ThresholdRule, choose
from .judgement import Entry, TaskJudgement


def check_thresholds(judged: TaskJudgement) -> tuple[str, ...]:
    """Choose all thresholds again, from predictions of valid cases and nothing else.

    The outcomes of test cases are not among what this looks at, so a threshold that hangs on them
    comes out differently.

    Returns
    -------
    tuple of str
        A sentence for each threshold that valid cases do not give.
    """
    rules = {rule.name: rule for rule in judged.decisions.rules()}
    return tuple(
        Sentence(
            "{title} on {task}, fold {fold}: the threshold of {rule!r} is given as {given:.6g}, "
            "but its valid cases make it {chosen:.6g}: something else was looked at when it was "
            "chosen.",
            title=entry.title,
            task=judged.task.name,
            fold=fold,
            rule=rule.title,
            given=given,
            chosen=chosen,
        )
        for entry in (*judged.models, *judged.ensembles)
        if entry.scores
        for rule, fold, given, chosen in _chosen_again(judged, entry, rules)
        if given != chosen
    )


def _chosen_again(
    judged: TaskJudgement, entry: Entry, rules: Mapping[str, ThresholdRule]
) -> Iterator[tuple[ThresholdRule, int, float, float]]:
    """Give the rule, the fold, the threshold as given and as chosen again."""
    given = [(rules[CHOSEN], [fold.threshold for fold in entry.predictions])]
    given += [(rules[outcome.rule], outcome.thresholds) for outcome in entry.outcomes]
    again = [
        choose(
            tuple(rules.values()),
            judged.task.target[fold.valid],
            predicted.valid,
            judged.task.weight_of(fold.valid),
        )
        for fold, predicted in zip(judged.task.folds, entry.contestant.folds, strict=True)
    ]
    for rule, thresholds in given:
        for fold, chosen, threshold in zip(judged.task.folds, again, thresholds, strict=True):
            yield rule, fold.number, threshold, chosen[rule.name]
