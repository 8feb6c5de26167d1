"""A run of many tasks: a front page that leads to one page a task."""

from dataclasses import replace
from urllib.parse import unquote

import pytest
from intentbench.bench.stats.across_tasks import across_tasks
from intentbench.reports.render import write_report
from intentbench.reports.summary import MOST_ON_A_PAGE
from intentbench.reports.task_page import PARTS

from .test_page import Outline


def many(judgement, n_tasks):
    first = judgement.tasks[0]
    tasks = tuple(replace(first, task=replace(first.task, name=f"店_{i}")) for i in range(n_tasks))
    scores = {
        judged.task.name: {e.name: s.value for e in judged.models for s in [*e.scores.values()][:1]}
        for judged in tasks
    }
    return replace(judgement, tasks=tasks, across=across_tasks(scores, 0.01))


@pytest.fixture(scope="module")
def folder(judgement, tmp_path_factory):
    """The report of seven tasks, of which the third has a failed cell of its own."""
    folder = tmp_path_factory.mktemp("many")
    lost = next(cell for cell in judgement.run.cells if not cell.done)
    cells = (replace(lost, task="店_2", message="only there"), *judgement.run.cells)
    run = replace(judgement.run, cells=cells)
    write_report(replace(many(judgement, MOST_ON_A_PAGE + 1), run=run), folder)
    return folder


def addresses(page):
    links = Outline(page.read_text(encoding="utf-8")).all("a")
    return [one["href"] for one in links if not one["href"].startswith("http")]


def test_front_leads_to_a_page_of_each_task_and_back(folder):
    pages = sorted((folder / "tasks").iterdir())
    assert len(pages) == MOST_ON_A_PAGE + 1
    ahead = {unquote(link) for link in addresses(folder / "report.html") if link[0] != "#"}
    assert ahead == {f"tasks/{page.name}" for page in pages}
    for page in pages:
        back = {link for link in addresses(page) if link[0] != "#"}
        assert back == {"../report.html"}


def test_front_says_across_tasks_first_and_holds_no_task(folder):
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert text.index('id="across"') < text.index('id="answer"')
    assert "Wins, losses and cost over 7 tasks" in text
    assert not any(f"task-1-{part.key}" in text for part in PARTS)
    own = (folder / "tasks" / "店_0.html").read_text(encoding="utf-8")
    assert 'id="across"' not in own and f'id="task-1-{PARTS[0].key}"' in own
    assert len(text) < len(own)


def test_page_of_a_task_tells_its_own_failures_only(folder):
    telling = {
        path.name for path in folder.rglob("*.html") if "only there" in path.read_text("utf-8")
    }
    assert telling == {"report.html", "店_2.html"}


def test_links_within_a_page_of_a_task_lead_somewhere(folder):
    outline = Outline((folder / "tasks" / "店_6.html").read_text(encoding="utf-8"))
    within = [link["href"][1:] for link in outline.all("a") if link["href"].startswith("#")]
    assert within and set(within) <= set(outline.ids)


def test_fewer_tasks_leave_no_pages_of_their_own(judgement, tmp_path):
    (tmp_path / "tasks").mkdir()
    (tmp_path / "tasks" / "old.html").touch()
    write_report(many(judgement, 1), tmp_path)
    assert not (tmp_path / "tasks").exists()
    assert addresses(tmp_path / "report.html").count("#task-1") == 2
