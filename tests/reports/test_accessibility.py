"""The pages as axe-core judges them: WCAG 2.2 AA, on a phone and on a desk, light and dark."""

import pytest
from intentbench.bench.deploy.columns import FeatureColumn
from intentbench.bench.deploy.manifest import (
    Judged,
    JudgedFigure,
    Manifest,
    ModelFacts,
    TaskFacts,
    Threshold,
)
from intentbench.bench.judge.judgement import Judgement
from intentbench.reports.elements import plain_table
from intentbench.reports.model_card import model_card
from intentbench.reports.render import filled, render
from intentbench.reports.run_changes import TaskSection, TwoRunsPage
from intentbench.reports.sections.comparison import models_table
from intentbench.reports.summary import summarise

from .conftest import PATIENCE

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
}
FIGURE = JudgedFigure("roc_auc", "ROC AUC", 0.8, 0.7, 0.9)
MANIFEST = Manifest(
    TaskFacts(
        "shop", {"title": "Shop", "question": "Who buys?"}, "5e" * 32, 900, 0.2, "a purchase"
    ),
    ModelFacts("mlp", "Perceptron", "tabular", ("features",), False, "Fitted on all cases.", 0),
    (
        FeatureColumn("visits", "number", "int64", 0, 0.0, 9.0),
        FeatureColumn("city", "category", "str", 2, categories=("Bonn", "Köln")),
    ),
    None,
    (Threshold("chosen", "Highest F1", 0.31), Threshold("", "At 0.5", 0.5)),
    "chosen",
    {"value": 40.0},
    "Not calibrated.",
    Judged("20261122-184500", "default", (FIGURE,), (), 1),
    "2026-11-22",
    {"numpy": "2.4.6"},
)


def two_runs(judgement):
    task = judgement.tasks[1]
    section = TaskSection("task-1", "Coupons", "ROC AUC: 1 of 2 better.", ("One.",),
                          (models_table(task),))  # fmt: skip
    settings = plain_table("What differs", ("What", "First", "Second"), [("seed", "0", "1")])
    page = TwoRunsPage("b beside a", "first run: a", ("A gate.",), (), (section,), "How.", settings)
    return filled("two_runs.html.j2", page)


PAGES = {
    "one task": lambda judgement: render(
        summarise(Judgement(judgement.run, judgement.tasks[2:], across=judgement.across))
    ),
    "three tasks": lambda judgement: render(summarise(judgement)),
    "model card": lambda judgement: model_card(MANIFEST, "mlp.ibmodel")[".card.html"],
    "two runs": two_runs,
}
OPEN = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"


@pytest.fixture(scope="module", params=PAGES)
def page(request, browser, judgement, tmp_path_factory):
    """A page that is open in a browser; its window and scheme are set by those who look at it."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    path.write_text(PAGES[request.param](judgement), encoding="utf-8")
    context = browser.new_context(bypass_csp=True)
    context.set_default_timeout(PATIENCE)
    opened = context.new_page()
    opened.goto(path.as_uri())
    if request.param != "three tasks":
        opened.evaluate(OPEN)
    yield opened
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1300])
def test_nothing_is_against_wcag(page, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    found = axe.run(page, options=RULES).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
