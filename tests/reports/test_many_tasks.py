"""A run of many tasks: a front page that leads to one page a task."""

import html
from dataclasses import replace
from urllib.parse import unquote

import pytest
from intentbench.bench.judge.judgement import TaskProgress
from intentbench.bench.stats.across_tasks import across_tasks
from intentbench.reports.render import write_report
from intentbench.reports.summary import MOST_ON_A_PAGE, pages_of_tasks, summarise
from intentbench.reports.task_page import DETAILS, PARTS, task_page

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
    front = folder / "report.html"
    ahead = {unquote(link) for link in addresses(front) if link[0] != "#"}
    assert ahead == {f"tasks/{page.name}" for page in pages}
    for page in pages:
        back = {link for link in addresses(page) if link[0] != "#"}
        assert back == {f"../report.html{place}" for place in ("", "#environment", "#reading")}
    assert {"environment", "reading"} <= set(Outline(front.read_text(encoding="utf-8")).ids)


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


def test_page_of_a_task_tells_what_its_details_show_and_how_to_see_them(judgement, folder):
    text = (folder / "tasks" / "店_0.html").read_text(encoding="utf-8")
    said, own = html.unescape(text).replace("\u00a0%", " %"), Outline(text)
    whole = task_page("task-1", "#task-1", judgement.tasks[0])
    makers = {maker for part in PARTS for maker in part.sections}
    made = {maker: maker(judgement.tasks[0]) for maker in makers}
    details = {made[maker].key for maker in DETAILS if made[maker]}
    assert DETAILS < makers and len(details) > 5
    shown = {f"task-1-{section.key}" for section in whole.sections}
    assert shown - set(own.ids) == {f"task-1-{key}" for key in details}
    assert "--task 店_0 alone fits nothing anew" in said
    for maker in DETAILS:
        assert made[maker] is None or (made[maker].finding and made[maker].finding in said)
    assert "What produced these figures" not in said


def test_page_of_a_task_tells_its_own_progress_only(judgement, tmp_path):
    def progress(name):
        return TaskProgress(name, f"title of {name}", 1, 4, ("A",), (("B", 0, 2),))

    judged = many(judgement, 2)
    judged = replace(judged, progress=tuple(progress(one.task.name) for one in judged.tasks))
    front = summarise(judged, apart=True)
    assert len(front.partial.tasks) == 2
    for (_path, own), each in zip(pages_of_tasks(front, judged), judged.tasks, strict=True):
        assert [line.split(":")[0] for line in own.partial.tasks] == [f"title of {each.task.name}"]


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
