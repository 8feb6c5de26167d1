"""What the terminal shows of a run that is done, at the widths that terminals have."""

import io
from dataclasses import replace

import pytest
from intentbench.bench.judge.judgement import Score
from intentbench.cli.brief import show_brief
from intentbench.reports.aligned import width
from intentbench.reports.brief import Brief, Row, TaskBrief
from rich.console import Console

NOTHING = Score(float("nan"), float("nan"), float("nan"))
ROWS = (
    Row("lr", "Logistic regression", Score(0.8204, 0.8143, 0.8262), "▲ in the race", 0.13),
    Row("aode", "Averaged one-dependence estimators", Score(0.8, 0.79, 0.81), "≈ in the race", 2.0),
    Row("net", "贝叶斯网络", Score(0.78, 0.77, 0.79), "probably behind", 3.6),
    Row("own", "Own", NOTHING, "not ranked", 1.0),
)
TASK = TaskBrief(
    task="cdnow",
    title="CDNOW",
    metric="ROC AUC",
    n_models=7,
    rows=ROWS,
    recommended="lr",
    advice=("Use Logistic regression.  It is cheap.", "The chance is 9 %."),
    base_rate="15.3 % of the tested cases are positive: always “no” is right in 84.7 % of them.",
    failures=("GRU: fold 1: timed out after 300 s",),
    alarms=("XGBoost knows too much.",),
)


def shown(task=TASK, places=100, terminal=True):
    console = Console(
        file=io.StringIO(), width=places, force_terminal=terminal, no_color=True, color_system=None
    )
    show_brief(Brief("run", (task,)), console)
    return console.file.getvalue().splitlines()


def test_models_stand_in_columns_with_figure_standing_and_fit_time():
    lines = shown()
    table = lines[lines.index("CDNOW (cdnow)") + 1 :][:5]
    assert table[0].split() == ["Model", "ROC", "AUC", "(95", "%)", "Standing", "Fit"]
    assert table[1].split("  ")[0] == "Logistic regression"
    assert "0.820 (0.814–0.826)  ▲ in the race" in table[1] and table[1].endswith("130 ms")
    assert table[4].split()[:3] == ["Own", "not", "available"]
    assert len({width(line) for line in table}) == 1  # all end with the right-hand column


def test_columns_stand_below_each_other_whatever_letters_are_in_them():
    lines = shown()
    start = {width(line[: line.index(figure)]) for figure in ("0.820 (", "0.800 (", "0.780 (")
             for line in lines if figure in line}  # fmt: skip
    assert len(start) == 1


def test_what_to_do_and_what_went_wrong_follow():
    assert shown()[-7:-1] == [
        "and 2 more models in the report",
        *TASK.advice,
        TASK.base_rate,
        "Failed: GRU: fold 1: timed out after 300 s",
        "Alarm: XGBoost knows too much.",
    ]


def test_long_lists_are_cut_and_counted():
    lines = shown(replace(TASK, failures=tuple("abcde"), n_models=9))
    assert [line for line in lines if line.startswith("Failed")] == [
        "Failed: a", "Failed: b", "Failed: c", "Failed: 2 more, told in the report"
    ]  # fmt: skip
    assert "more model" not in "".join(lines)


@pytest.mark.parametrize("places", [20, 40, 60, 72, 80, 120])
def test_nothing_is_wider_than_the_terminal(places):
    assert max(map(width, shown(places=places))) <= places


def test_titles_are_cut_before_columns_are_given_up():
    lines = shown(places=72)
    assert any(line.startswith("Averaged one-depen") and "… " in line for line in lines)
    assert not any(line.startswith("  ROC AUC") for line in lines)
    narrow = shown(places=40)
    assert "  ROC AUC 0.820 (0.814–0.826)" in narrow and "  ▲ in the race; fit 130 ms" in narrow


def test_lines_are_whole_where_there_is_no_terminal():
    lines = shown(places=40, terminal=False)
    assert TASK.base_rate in lines
    assert any(line.startswith("Averaged one-dependence estimators  0.800") for line in lines)


def test_task_without_a_model_that_worked_is_told_of():
    lines = shown(replace(TASK, rows=(), n_models=1, advice=("There is nothing to use.",)))
    assert "There is nothing to use." in lines and "Model" not in "".join(lines)


def test_names_cannot_move_the_cursor():
    lines = shown(replace(TASK, title="\x1b[2JCDNOW [red]", alarms=("\u202eevil",)))
    assert r"\x1b[2JCDNOW [red] (cdnow)" in lines and r"Alarm: \u202eevil" in lines


def test_run_without_tasks_has_nothing_to_say():
    console = Console(file=io.StringIO())
    show_brief(Brief("run", ()), console)
    assert console.file.getvalue().strip() == ""


def test_of_many_tasks_each_has_a_line_and_what_they_say_together_comes_last():
    console = Console(file=io.StringIO(), width=100, no_color=True, color_system=None)
    tasks = [replace(TASK, task=f"shop_{i}") for i in range(6)]
    tasks.append(replace(TASK, task="last", recommended="", failures=(), alarms=()))
    show_brief(Brief("run", tuple(tasks), across="Over 7 tasks, it leads."), console)
    lines = console.file.getvalue().splitlines()
    assert lines[1].split() == ["Task", "Use", "ROC", "AUC", "(95", "%)", "Failures", "Alarms"]
    assert lines[2].startswith("shop_0  Logistic regression  0.820 (0.814–0.826)")
    assert lines[2].split()[-2:] == ["1", "1"]
    assert lines[8].split() == ["last", "none", "0", "0"]
    assert lines[-2] == "Over 7 tasks, it leads."
