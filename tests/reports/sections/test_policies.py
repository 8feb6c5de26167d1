from dataclasses import replace

from intentbench.bench.judge.judgement import PolicyOutcome, Score
from intentbench.bench.suite.decisions import Decisions
from intentbench.reports.sections.policies import policies_table, reading_of


def test_each_policy_is_a_line_and_money_comes_with_its_comparisons(judgement):
    unpaid, _, paid = judgement.tasks
    table = policies_table(unpaid)
    assert [row.title for row in table.rows][:2] == ["Nobody", "All"]
    assert [column.title for column in table.columns] == [
        "Acted on", "Found", "Missed", "False alarms",
    ]  # fmt: skip
    # What acting on nobody brings is 0: the profit is the gain over it.
    assert [column.title for column in policies_table(paid).columns[-2:]] == [
        "Profit, against nobody", "Against all",
    ]  # fmt: skip
    assert "a right yes is worth 40, acting costs 3" in policies_table(paid).caption
    assert "compares" not in reading_of(unpaid) and "compares the profit" in reading_of(paid)
    for judged in (unpaid, paid):
        assert {len(row.cells) for row in policies_table(judged).rows} == {
            len(policies_table(judged).columns)
        }


def test_amounts_are_whole_and_certain_ones_have_no_interval(judgement):
    amounts = {"acted": Score(100.0, 100.0, 100.0), "found": Score(61.4, 58.2, 64.7),
               "reached": Score(0.6, 0.5, 0.7), "cost": Score(9.0, 8.0, 10.0)}  # fmt: skip
    gains = {"nobody": Score(1234.6, 1100.2, 1400.0), "all": Score(-3.2, -9.0, 2.0),
             "today": Score(5.0, 1.0, 9.0)}  # fmt: skip
    policy = PolicyOutcome("top 0.1", "The top 10 %", amounts, gains)
    costs = Decisions(false_positive=1.0, false_negative=5.0)
    table = policies_table(replace(judgement.tasks[0], policies=(policy,), decisions=costs))
    assert [(cell.text, cell.below) for cell in table.rows[0].cells] == [
        ("100", ""), ("61", "58–65"), ("9", "8–10"), ("+1\u202f235", "1\u202f100–1\u202f400"),
        ("−3", "−9 to 2"), ("+5", "1–9"),
    ]  # fmt: skip
    assert table.columns[-1].title == "Against today’s rule"
    assert "a wrong yes costs 1, a wrong no 5" in table.caption


def test_nothing_is_said_where_no_model_worked(judgement):
    assert policies_table(replace(judgement.tasks[0], policies=())) is None
