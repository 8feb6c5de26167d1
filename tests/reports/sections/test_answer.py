"""Every situation that a task can end in, and the words for it."""

import math
from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.judge.contestants import Contestant
from intentbench.bench.judge.judgement import Entry, Gap, Score, TaskJudgement
from intentbench.bench.metrics.key import Key
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.stats.equivalence import Odds
from intentbench.reports.sections.answer import failures, headline, listed, sentences

NAN = math.nan
UNKNOWN = Score(NAN, NAN, NAN)


def around(value, half_width):
    return Score(value, value - half_width, value + half_width)


def gap(difference, half_width, equal=0.5):
    established = abs(difference) > half_width
    odds = Odds(1 - equal, equal, 0.0)
    return Gap("roc_auc", around(difference, half_width), 0.01, established, odds)


def entry(title, standing, value, behind=None, family="tree", accuracy=0.9, **given):
    unranked = math.isnan(value)
    scores = {
        Key("roc_auc"): UNKNOWN if unranked else around(value, 0.01),
        Key("accuracy"): around(accuracy, 0.01),
    }
    contestant = Contestant(title.lower(), title, family, (), ())
    return Entry(contestant, standing, scores, behind, **given)


def base(standing="behind", behind=None):
    return entry("Base rate", standing, 0.5, behind or gap(0.4, 0.01), "baseline", 0.8)


def failed(title):
    reason = ("fold 0: timed out after 9 s",)
    return Entry(Contestant(title.lower(), title, "tree", reason, ()))


def ensemble(title, difference, half_width):
    return entry(
        title, "in the race", 0.9, family="ensemble", gain=gap(difference, half_width), rival="a"
    )  # fmt: skip


def test_the_gain_over_the_highest_model_stands_beside_that_over_the_chosen_one(judged):
    models = entry("B", "in the race", 0.91), entry("A", "in the race", 0.9, gap(0.01, 0.02))
    both = replace(ensemble("Voting", 0.02, 0.01), gain_over_highest=gap(0.004, 0.01), highest="b")
    words = said(judged(*models, ensembles=[both]))
    assert (
        "from A, the best single model as chosen on valid cases, and by +0.004 (−0.006 to 0.014; "
        "not established) from B, the highest on test cases."
    ) in words
    same = replace(both, highest="a")
    words = said(judged(*models, ensembles=[same]))
    assert "as chosen on valid cases and the highest on test cases." in words


@pytest.fixture
def judged(judgement):
    def make(*models, ensembles=()):
        return TaskJudgement(judgement.tasks[2].task, "roc_auc", models, tuple(ensembles))

    return make


def said(judged_task):
    return " ".join((headline(judged_task), *sentences(judged_task), *failures(judged_task)))


def test_a_leader_is_called_one_only_if_established(judged):
    words = said(
        judged(entry("A", "in the race", 0.9), entry("B", "behind", 0.87, gap(0.03, 0.02)))
    )
    assert words.startswith(
        "A is alone in the race: every other model is behind. A reaches ROC AUC 0.900 (95 % "
        "interval 0.890–0.910); the next, B, is 0.030 behind"
    )


def test_level_models_are_named_and_the_practically_equal_told_apart(judged):
    words = said(
        judged(
            entry("A", "in the race", 0.9),
            entry("B", "in the race", 0.899, gap(0.001, 0.004, equal=0.9)),
            entry("C", "in the race", 0.89, gap(0.01, 0.03)),
            entry("D", "behind", 0.8, gap(0.1, 0.03)),
        )
    )
    assert "alone" not in words
    assert "A comes out highest, and B and C are in the race with it." in words
    assert "Practically equal to it (with at least 90 % probability within 0.01): B." in words
    assert "In the race with these data: C." in words
    assert "The other model is behind beyond what chance explains." in words


def test_how_many_cases_would_settle_it_is_said_where_that_makes_sense(judged):
    far = replace(gap(0.012, 0.03), cases_needed=48_721.0)
    near = replace(gap(0.004, 0.03), cases_needed=512_345.0)
    entries = (
        entry("A", "in the race", 0.9),
        entry("B", "in the race", 0.89, near),
        entry("C", "in the race", 0.88, far),
    )
    words = said(judged(*entries))
    assert (
        "In the race with these data: B and C. To establish a difference like that of C "
        "(0.012), about 49\u202f000 tested cases would be needed." in words
    )
    for needed in (float("nan"), 1e12):
        hopeless = replace(far, cases_needed=needed)
        words = said(
            judged(entry("A", "in the race", 0.9), entry("C", "in the race", 0.88, hopeless))
        )
        assert "would be needed" not in words


def test_who_is_probably_behind_is_named_apart(judged):
    far = gap(0.03, 0.04, equal=0.04)
    leader, other = entry("A", "in the race", 0.9), entry("B", "probably behind", 0.87, far)
    words = said(judged(leader, other))
    assert words.startswith("A is probably the best: every other model is at least probably behind")
    assert "Probably behind (with more than 90 % probability by more than 0.01): B." in words
    assert "Practically equal" not in words and "In the race with" not in words


def test_the_base_rate_among_the_best_is_the_headline(judged):
    words = said(judged(entry("A", "in the race", 0.51), base("in the race", gap(0.01, 0.05))))
    assert words.startswith("No model is established to be better than the base rate.")
    assert "clear of the base rate's" not in words


def test_a_good_interval_with_a_weak_comparison_is_explained(judged):
    words = said(judged(entry("A", "in the race", 0.9), base("in the race", gap(0.4, 0.6))))
    assert words.startswith("No model is established to be better than the base rate.")
    assert "clear of the base rate's 0.500 on these test cases, but the comparison over 3" in words


@pytest.mark.parametrize(
    ("accuracy", "verdict"),
    [
        (0.9, "(more than that)"),
        (0.802, "(no clear difference: accuracy says little here)"),
        (0.7, "(less than that: judge it by its ranking, not by its accuracy)"),
    ],
)
def test_accuracy_stands_beside_the_base_rates(judged, accuracy, verdict):
    words = said(judged(entry("A", "in the race", 0.9, accuracy=accuracy), base()))
    assert "always answering “no” is already right in 79.6 % of them; A, deciding at 0.5" in words
    assert verdict in words


@pytest.mark.parametrize(
    ("n_yes", "sentence"),
    [
        (198, "19.8 % of the tested cases are positive, so always answering “no” is already right "
              "in 80.2 % of them"),
        (802, "80.2 % of the tested cases are positive, so always answering “yes” is already right "
              "in 80.2 % of them"),
    ],
)  # fmt: skip
def test_always_answering_alike_is_right_as_often_as_outcomes_say(judged, n_yes, sentence):
    # Whatever the model of that name decided: its rate is of train cases, and may be across 0.5.
    made = judged(entry("A", "in the race", 0.9), entry("Base rate", "behind", 0.5, gap(0.4, 0.01),
                                                        "baseline", accuracy=0.496))  # fmt: skip
    target = np.zeros(1000, np.int8)
    target[:n_yes] = 1
    tests = [np.arange(0, 1000, 2), np.arange(1, 1000, 2)]
    folds = tuple(
        Fold(number, test, (Split(np.setdiff1d(np.arange(1000), test), test[:0]),))
        for number, test in enumerate(tests)
    )
    task = replace(made.task, target=target, group=None, time=None, folds=folds)
    words = said(replace(made, task=task))
    assert sentence in words and "49.6 %" not in words


def test_a_model_that_is_alone(judged):
    assert said(judged(entry("A", "in the race", 0.9), failed("B"))).startswith(
        "A is the only model that worked"
    )
    assert "B failed: fold 0: timed out after 9 s." in said(
        judged(entry("A", "in the race", 0.9), failed("B"))
    )


def test_all_models_failed(judged):
    words = said(judged(failed("A"), failed("B")))
    assert words.startswith("Every model failed; there is nothing to compare.")


def test_only_the_base_rate(judged):
    words = said(judged(replace(base("in the race"), behind=None)))
    assert words.startswith("Only the base rate is left")


def test_no_model_at_all(judged):
    assert said(judged()).startswith("No model took part.")


def test_a_metric_that_is_not_available_ranks_nobody(judged):
    words = said(judged(entry("A", "in the race", NAN), entry("B", "in the race", NAN)))
    assert words.startswith("ROC AUC is not available, so no order can be given.")
    assert "nan" not in words and "cannot be told apart" not in words


def test_an_established_gain(judged):
    models = (entry("A", "in the race", 0.9), base())
    words = said(
        judged(*models, ensembles=[ensemble("Stack", 0.02, 0.01), ensemble("Vote", -0.09, 0.01)])
    )
    assert "Ensembles help: the highest of 2, Stack, differs by +0.020 (0.010–0.030;" in words
    assert "from A, the best single model as chosen on valid cases" in words
    assert "1 of 2 gain something established; 1 of 2 are established to be worse" in words


def test_a_gain_that_is_not_established(judged):
    words = said(judged(entry("A", "in the race", 0.9), ensembles=[ensemble("Stack", 0.002, 0.01)]))
    assert "Ensembles add nothing that is established" in words
    assert "+0.002 (−0.008 to 0.012; not established)" in words


def test_ensembles_that_could_not_be_measured(judged):
    words = said(judged(entry("A", "in the race", 0.9), ensembles=[failed("Stack")]))
    assert "No ensemble could be measured against a single model." in words


def test_long_lists_are_counted():
    assert listed(["A"]) == "A"
    assert listed(["A", "B"]) == "A and B"
    assert listed(list("ABCD")) == "A, B, C and D"
    assert listed(list("ABCDE")) == "A, B, C and 2 more"
