from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.judge.judgement import IN_THE_RACE
from intentbench.bench.stats.across_tasks import across_tasks
from intentbench.reports.render import write_report
from intentbench.reports.sections.across_tasks import across


@pytest.fixture
def compared(judgement):
    """The models of the first task, over eight made-up tasks: one far behind the others."""
    names = [entry.name for entry in judgement.tasks[0].models][:4]
    rng = np.random.default_rng(0)
    scores = {
        f"task {i}": dict(zip(names, 0.8 + 0.01 * rng.normal(size=4) - [0, 0, 0, 0.2], strict=True))
        for i in range(8)
    }
    return replace(judgement, across=across_tasks(scores, 0.01)), names


def test_models_are_ranked_and_the_odds_are_told(compared):
    judgement, names = compared
    section = across(judgement)
    ranked = list(judgement.across.ranks)
    titles = {entry.name: entry.title for task in judgement.tasks for entry in task.models}
    assert section.sentence.startswith(f"Over 8 tasks, {titles[ranked[0]]} has the best mean rank")
    assert [row.title for row in section.tables[1].rows] == [titles[name] for name in ranked[1:]]
    assert ranked[-1] == names[3]
    last = section.tables[1].rows[-1]
    assert last.cells[1].text == "behind" and last.cells[5].text == "< 1 %"
    assert all(titles[name] in section.figure.svg for name in ranked)


def test_those_in_the_race_are_named_with_the_quickest_of_them(compared):
    judgement, names = compared
    section = across(judgement)
    titles = {entry.name: entry.title for task in judgement.tasks for entry in task.models}
    ranked = list(judgement.across.ranks)
    signs = [row.cells[0].text.split(" ")[1:] for row in section.tables[0].rows]
    assert signs[0] == ["▲"] and signs[-1] == []
    in_race = [name for name, sign in zip(ranked, signs, strict=True) if sign == ["≈"]]
    assert in_race and f"In the race with it: {titles[in_race[0]]}" in section.sentence
    fits = {
        name: np.median(
            [e.contestant.fit_seconds for t in judgement.tasks for e in t.models if e.name == name]
        )
        for name in (ranked[0], *in_race)
    }
    assert f"included, is {titles[min(fits, key=fits.get)]}: " in section.sentence


def test_chart_of_many_models_draws_the_first_and_counts_the_others(judgement):
    names = [entry.name for entry in judgement.tasks[0].models]
    assert len(names) > 13
    scores = {f"task {i}": {n: 0.9 - 0.01 * k for k, n in enumerate(names)} for i in range(8)}
    section = across(replace(judgement, across=across_tasks(scores, 0.01)))
    assert section.figure.svg.count("<circle") == 12
    assert f"{len(names) - 12} lower models stand in the table only" in section.figure.reading
    assert len(section.tables[0].rows) == len(names)


def test_few_tasks_are_said_to_be_too_few(judgement):
    said = across_tasks({"one": {"a": 0.5}, "two": {"a": 0.6}}, 0.01)
    section = across(replace(judgement, across=said))
    assert section.sentence.endswith("5 tasks and two models are needed.")
    assert section.figure is None and section.tables == ()


def test_one_task_has_no_such_section(judgement):
    assert across(replace(judgement, tasks=judgement.tasks[:1])) is None


def test_the_page_holds_the_section(compared, tmp_path):
    page = write_report(compared[0], tmp_path).read_text(encoding="utf-8")
    assert 'id="across"' in page and "Bayesian signed-rank test" in page


def test_wins_and_losses_are_counted_over_all_tasks(compared):
    judgement, _ = compared
    table = across(judgement).tables[0]
    assert [row.title for row in table.rows][:1] == [
        entry.title
        for entry in judgement.tasks[0].models
        if entry.name == next(iter(judgement.across.ranks))
    ]
    for row in table.rows:
        name = next(e.name for e in judgement.tasks[0].models if e.title == row.title)
        entries = [e for task in judgement.tasks for e in task.models if e.name == name]
        in_race = [e for e in entries if e.standing == IN_THE_RACE]
        assert int(row.cells[1].text) == sum(entry.behind is None for entry in in_race)
        assert int(row.cells[2].text) == len(in_race)
        assert sum(int(cell.text) for cell in row.cells[2:6]) == len(judgement.tasks)
    assert sum(int(row.cells[1].text) for row in table.rows) >= 1
