from dataclasses import replace

from intentbench.bench.judge.judgement import PolicyOutcome, Score
from intentbench.reports.sections.policies import policies_table, section


def test_each_policy_is_a_line_and_money_comes_with_its_comparisons(judgement):
    unpaid, _, paid = judgement.tasks
    table = policies_table(unpaid)
    assert [row.title for row in table.rows][:2] == ["Nobody", "All"]
    assert [column.title for column in table.columns] == [
        "Acted on", "Found", "Missed", "False alarms",
    ]  # fmt: skip
    assert [column.title for column in policies_table(paid).columns[-3:]] == [
        "Profit", "Against nobody", "Against all",
    ]  # fmt: skip
    assert "No money is counted" in section(unpaid).blocks[1].words[0].text
    assert "compare the profit" in section(paid).blocks[1].words[0].text
    for judged in (unpaid, paid):
        assert {len(row.cells) for row in policies_table(judged).rows} == {
            len(policies_table(judged).columns)
        }


def test_amounts_are_whole_and_certain_ones_have_no_interval(judgement):
    amounts = {"acted": Score(100.0, 100.0, 100.0), "found": Score(61.4, 58.2, 64.7)}
    gains = {"nobody": Score(1234.6, 1100.2, 1400.0), "all": Score(-3.2, -9.0, 2.0)}
    policy = PolicyOutcome("top 0.1", "The top 10 %", amounts, gains)
    (row,) = policies_table(replace(judgement.tasks[0], policies=(policy,))).rows
    assert [(cell.text, cell.below) for cell in row.cells] == [
        ("100", ""), ("61", "58–65"), ("+1\u202f235", "1\u202f100–1\u202f400"),
        ("−3", "−9 to 2"),
    ]  # fmt: skip


def test_nothing_is_said_where_no_model_worked(judgement):
    assert section(replace(judgement.tasks[0], policies=())) is None
