"""Every situation that a recommendation can end in, by the rule and in words."""

import math
from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.data_checks.finding import Finding
from intentbench.bench.judge.choice import choose_entry, entry_to_act_on
from intentbench.bench.judge.contestants import Contestant
from intentbench.bench.judge.judgement import Entry, Gap, Score, TaskJudgement
from intentbench.bench.metrics.key import Key
from intentbench.bench.stats.equivalence import Odds
from intentbench.bench.suite.decisions import Decisions
from intentbench.reports.recommendation import recommend


def around(value, half_width=0.01):
    return Score(value, value - half_width, value + half_width)


def entry(title, standing="in the race", value=0.8, seconds=1.0, family="tree", **given):
    contestant = Contestant(
        title.lower(), title, family, (), (), fit_seconds=seconds,
        predict_microseconds=0.0, readable=given.pop("readable", False),
    )  # fmt: skip
    given = {"chance_behind": 0.3} | given
    return Entry(contestant, standing, {Key("roc_auc"): around(value)}, **given)


def base(standing="behind"):
    return entry("Base rate", standing, 0.5, 0.001, "baseline")


def gain(difference, half_width, better=0.95):
    odds = Odds(better, 1 - better, 0.0)
    established = abs(difference) > half_width
    return Gap("roc_auc", around(difference, half_width), 0.01, established, odds)


def ensemble(title, of, over=None, standing="in the race", seconds=9.0):
    return entry(
        title, standing, 0.85, seconds, "ensemble", chance_behind=0.1, rival="a", highest="a",
        gain=of, gain_over_highest=over or of,
    )  # fmt: skip


@pytest.fixture
def judged(judgement):
    task = replace(judgement.tasks[0].task, findings=())

    def make(*models, ensembles=(), findings=(), **decisions):
        return TaskJudgement(
            replace(task, findings=findings), "roc_auc", models, ensembles,
            decisions=Decisions(**decisions),
        )  # fmt: skip

    return make


A, B, C = entry("A", seconds=3.0), entry("B", seconds=0.04), entry("C", seconds=0.5)
SITUATIONS = {
    "one of two": lambda judged: judged(A, B, base()),
    "one of many": lambda judged: judged(
        A, B, C, *(entry(letter, seconds=20.0) for letter in "DEFG"), base()
    ),
    "alone": lambda judged: judged(B, entry("A", "behind"), base()),
    "alone but for chance": lambda judged: judged(
        B, entry("A", "probably behind"), entry("C", "behind"), base()
    ),
    "only": lambda judged: judged(B, Entry(A.contestant), base()),
    "none better": lambda judged: judged(A, B, base("probably behind")),
    "none better than chance, and no base rate": lambda judged: judged(entry("A", value=0.505)),
    "only the base rate": lambda judged: judged(base("in the race")),
    "no figure": lambda judged: judged(replace(A, scores={Key("roc_auc"): Score(*[math.nan] * 3)})),
    "all failed": lambda judged: judged(Entry(A.contestant)),
    "readable": lambda judged: judged(
        A, B, replace(C, contestant=replace(C.contestant, readable=True)), base(),
        prefer="readable",
    ),
    "none readable": lambda judged: judged(A, B, base(), prefer="readable"),
    "an ensemble": lambda judged: judged(
        A, B, base(), ensembles=(ensemble("E", gain(0.03, 0.01)),)
    ),
    "few": lambda judged: judged(
        A, B, base(),
        findings=(Finding("few of the rarer outcome", False, "a fold has 12 cases", "", ""),),
    ),
    "no chance": lambda judged: judged(replace(B, chance_behind=math.nan), base()),
    "a small chance": lambda judged: judged(replace(B, chance_behind=0.001), base()),
}  # fmt: skip


@pytest.mark.parametrize("situation", SITUATIONS)
def test_words(judged, golden_in_both, situation):
    said = recommend(SITUATIONS[situation](judged))
    golden_in_both(
        "recommendation.txt", situation, "\n".join([said.headline, said.reason, *said.sentences])
    )


def test_the_cheapest_in_the_race_is_chosen_and_the_higher_of_two_that_cost_the_same(judged):
    assert choose_entry(judged(A, B, C, base())).entry is B
    near, same = entry("N", value=0.79, seconds=0.0401), entry("S", value=0.82, seconds=0.0402)
    assert choose_entry(judged(near, same, base())).entry is same
    slow = replace(B, contestant=replace(B.contestant, fit_seconds=math.nan))
    assert choose_entry(judged(slow, A, base())).entry is A


def test_who_may_know_nothing_is_not_chosen_however_cheap(judged):
    cheap = entry("Cheap", value=0.505, seconds=0.001)
    assert choose_entry(judged(A, cheap, base())).entry is A


@pytest.mark.parametrize(
    ("of", "over", "standing", "chosen"),
    [
        (gain(0.03, 0.01), None, "in the race", "E"),
        (gain(0.03, 0.04), None, "in the race", "B"),
        (gain(-0.03, 0.01, better=0.0), None, "in the race", "B"),
        (gain(0.005, 0.001, better=0.1), None, "in the race", "B"),
        (gain(0.03, 0.01), gain(0.005, 0.01), "in the race", "B"),
        (gain(0.03, 0.01), None, "behind", "B"),
    ],
)
def test_an_ensemble_counts_only_where_it_gains_something_for_sure(
    judged, of, over, standing, chosen
):
    ensembles = (ensemble("E", of, over, standing),)
    assert recommend(judged(A, B, base(), ensembles=ensembles)).title == chosen


def test_the_cheapest_of_several_worthy_ensembles_is_chosen(judged):
    ensembles = ensemble("Slow", gain(0.03, 0.01)), ensemble("Quick", gain(0.03, 0.01), seconds=2.0)
    said = recommend(judged(A, B, base(), ensembles=ensembles))
    assert said.title == "Quick" and said.also == ("Slow",)


def test_where_none_is_chosen_the_leading_model_is_acted_on(judged):
    nothing = judged(A, B, base("in the race"))
    assert entry_to_act_on(nothing) is A and recommend(nothing).name == ""
    assert entry_to_act_on(judged(Entry(A.contestant))) is None
    assert np.isnan(recommend(nothing).chance_wrong)
