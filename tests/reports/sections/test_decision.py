"""The decision page: what it is worth, whom to act on, whether it holds, and what spoils it."""

from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.data_checks.finding import Finding
from intentbench.bench.judge.judgement import PolicyOutcome, RuleOutcome, Score
from intentbench.bench.language.speaking import _, speaking
from intentbench.bench.splits.fold import Fold, Split
from intentbench.reports.sections.at_the_rule import confusion_table, section
from intentbench.reports.sections.decision import decision
from intentbench.reports.sections.over_time import over_time_sentence
from intentbench.reports.sections.worth import whom_sentence, worth_sentences


def policy(name, found, acted=100.0, money="profit", amount=0.0, **gains):
    scores = {"acted": acted, "found": found, money: amount}
    return PolicyOutcome(
        name,
        name.title(),
        {key: Score(value, value - 5, value + 5) for key, value in scores.items() if key},
        {key: Score(value, value - half, value + half) for key, (value, half) in gains.items()},
    )


def with_money(money, brought_by_none, by_all, by_rule, **gains):
    return (
        policy("nobody", 0, 0, money, brought_by_none),
        policy("all", 200, 1000, money, by_all),
        policy("top 0.1", 80),
        policy("profit", 150, 300, money, by_rule, **gains),
    )


SITUATIONS = {
    "a gain over all": with_money("profit", 0, 9000, 9146, all=(146, 50), nobody=(9146, 300)),
    "chance over all": with_money("profit", 0, 9000, 9146, all=(146, 250), nobody=(9146, 300)),
    "a loss against nobody": with_money("profit", 0, -90, -50, nobody=(-50, 20), all=(40, 10)),
    "costs, and today's rule": with_money(
        "cost", 900, 1200, 500, nobody=(400, 50), all=(700, 50), today=(30, 40)
    ),
    "no money": (
        policy("nobody", 0, 0, ""), policy("all", 204, 1000, ""), policy("top 0.1", 80, 100, ""),
        policy("chosen", 150, 300, ""),
    ),
    "nothing worked": (),
}  # fmt: skip


@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_it_is_worth(judgement, golden_in_both, situation):
    judged = replace(judgement.tasks[0], policies=SITUATIONS[situation])
    golden_in_both("worth.txt", situation, "\n".join(worth_sentences(judged)) or "(nothing)")


def test_whom_to_act_on(judgement, golden_in_both):
    judged = judgement.tasks[2]

    def said(thresholds):
        outcomes = (RuleOutcome("chosen", "Highest F1", thresholds, {}),)
        models = tuple(replace(entry, outcomes=outcomes) for entry in judged.models)
        return whom_sentence(replace(judged, models=models))

    golden_in_both("worth.txt", "whom", said((0.3, 0.34)))
    golden_in_both("worth.txt", "whom: nobody", said((1.5, 1.5)))
    assert whom_sentence(judged) == "" == whom_sentence(replace(judged, policies=()))


def fold(number, fit, valid, test):
    return Fold(number, np.array(test), (Split(np.array(fit), np.array(valid)),))


def test_whether_it_holds_later(judgement, golden_in_both):
    judged = judgement.tasks[2]

    def said(time, *folds):
        target = np.array([0, 1, 0, 0, 1, 1, 0, 1], dtype=np.int8)
        task = replace(judged.task, time=time, folds=folds, target=target)
        return over_time_sentence(replace(judged, task=task))

    days = np.datetime64("2024-03-01", "s") + np.arange(8) * np.timedelta64(86400, "s")
    later = fold(0, [0, 1, 2], [3], [4, 5, 6, 7])
    golden_in_both("over_time.txt", "no time", said(None, later))
    golden_in_both("over_time.txt", "later", said(days, later))
    golden_in_both(
        "over_time.txt", "later, of two folds", said(days, fold(0, [0, 1], [2], [3, 4]), later)
    )
    golden_in_both("over_time.txt", "in part", said(days, fold(0, [0, 1, 6], [2], [3, 4, 5])))
    positions = np.arange(8).astype("datetime64[s]")
    golden_in_both("over_time.txt", "no dates", said(positions, later))


def test_findings_of_the_data_are_counted_and_named(judgement):
    def said(*findings):
        task = replace(judgement.tasks[0].task, findings=findings)
        facts = decision(replace(judgement.tasks[0], task=task)).facts.facts
        return next(fact.words[0].text for fact in facts if fact.term == _("The data"))

    assert said().startswith("Nothing was found")
    one = Finding("drift", False, "found", "means", "advice")
    assert said(one).startswith("1 finding, none grave: drift.")
    assert said(one, replace(one, check="copies", grave=True)).startswith(
        "2 findings, 1 grave: drift, copies."
    )
    with speaking("zh"):
        assert "漂移" in said(one)


def test_the_page_answers_in_the_order_of_the_questions(judgement):
    for judged in judgement.tasks:
        said = decision(judged)
        assert said.headline.startswith("Use ")
        assert [fact.term for fact in said.facts.facts] == [
            "Why", "What else would do", "What it is worth", "Next month", "The data",
        ]  # fmt: skip
        table, _, charts = said.blocks
        assert [row.title for row in table.rows][:2] == ["Nobody", "All"]
        (figure,) = charts.figures
        assert figure.title.startswith("Acting on a tenth of the cases, ")


def test_alarms_and_grave_findings_stand_on_it(judgement):
    task = replace(
        judgement.tasks[0].task, findings=(Finding("copies", True, "half are copies", "", ""),)
    )
    said = decision(replace(judgement.tasks[0], task=task, alarms=("A is too good.",)))
    assert said.alarms == ("A is too good.",) and "half are copies" in said.warning


def test_without_predictions_only_that_is_said(judgement):
    judged = judgement.tasks[1]
    failed = tuple(entry for entry in judged.models if not entry.scores)
    lost = replace(judged, models=failed, policies=(), by_share=(), net_benefits=())
    said = decision(lost)
    assert said.headline == "There is nothing to use." and said.blocks == ()
    assert section(lost) is None


def test_the_confusion_matrix_adds_up_and_the_curve_is_of_money_where_there_is_any(judgement):
    unpaid, _, paid = judgement.tasks
    for judged in (unpaid, paid):
        table = confusion_table(judged.policies[-1])
        cells = [float(cell.sort) for row in table.rows for cell in row.cells]
        assert sum(cells) == pytest.approx(1000)
    (figure,) = section(paid).blocks[0].right
    assert figure.title.startswith("Highest profit on these test cases")
    (figure,) = section(unpaid).blocks[0].right
    assert "is worth more than acting on all or on nobody for who acts" in figure.title
    nowhere = replace(
        unpaid, net_benefits=tuple(replace(p, all_=p.entry) for p in unpaid.net_benefits)
    )
    (figure,) = section(nowhere).blocks[0].right
    assert "nowhere established" in figure.title


def test_todays_rule_is_a_dot_on_both_charts(judgement):
    paid = judgement.tasks[2]
    today = replace(paid.policies[3], policy="today", title="Today’s rule: called")
    ruled = replace(paid, policies=(*paid.policies[:2], today, *paid.policies[2:]))
    (gains,) = decision(ruled).blocks[-1].figures
    assert "grey dot: Today’s rule: called" in gains.svg
    assert gains.table.rows[0].title == "Today’s rule: called"
    (figure,) = section(ruled).blocks[0].right
    assert "dots: the rule, and today’s rule (grey)" in figure.svg
