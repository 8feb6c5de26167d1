"""The written page: what it holds, what it never holds, and that nothing breaks out of it."""

import html
import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import jinja2
import numpy as np
import pytest
from intentbench.bench.errors import StoreError
from intentbench.bench.judge.judgement import Judgement, Score
from intentbench.bench.model import Explanation
from intentbench.reports import task_page
from intentbench.reports.blocks import Section, linked, note
from intentbench.reports.elements import Table
from intentbench.reports.render import render, write_report
from intentbench.reports.sections import comparison
from intentbench.reports.sections.decisions import decisions_tables
from intentbench.reports.summary import summarise
from intentbench.reports.tables import _printed

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Outline(HTMLParser):
    """Notes what tests ask for, and that every element is closed in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.elements, self.headings, self.ids = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.elements.append((tag, attrs, tuple(self.open)))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, name):
        return [attrs for tag, attrs, _ in self.elements if tag == name]


NUMBER = r"(-?\d+\.\d+)"
BESIDE = (
    rf"(?P<word>not established|established) {NUMBER} to {NUMBER}",
    rf"\({NUMBER} to {NUMBER}; (?P<word>not established|established)",
    rf"(?P<word>in the race|probably behind|behind) by {NUMBER} \({NUMBER} to {NUMBER}\)",
)


def test_no_interval_contradicts_the_word_beside_it(text):
    words = re.sub(r"<(script|style).*?</\1>", "", text, flags=re.DOTALL)
    words = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", words)))
    words = words.replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", " to ")
    found = [match for pattern in BESIDE for match in re.finditer(pattern, words)]
    assert len(found) > 10
    for match in found:
        low, high = map(
            float, match.groups()[-2:] if "by" in match[0] else re.findall(NUMBER, match[0])
        )
        assert (low > 0 or high < 0) == (match["word"] in ("established", "behind")), match[0]


@pytest.fixture(scope="module")
def text(report):
    return report.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def outline(text):
    return Outline(text)


def changed(judgement, task=0, **facts):
    """Change the first model of a task."""
    tasks = list(judgement.tasks)
    first, *rest = tasks[task].models
    of_entry = {key: facts.pop(key) for key in ("standing", "scores") if key in facts}
    first = replace(first, contestant=replace(first.contestant, **facts), **of_entry)
    tasks[task] = replace(tasks[task], models=(first, *rest))
    return Judgement(judgement.run, tuple(tasks))


def blocks(page, title):
    """What stands in the section of a task's page that has this title, or this key."""
    (section,) = (one for one in page.sections if title in (one.title, one.key))
    return section.blocks


def tables(page, title):
    return [block for block in blocks(page, title) if isinstance(block, Table)]


def model_rows(page):
    """The rows of the models and the best ensembles, shown and folded."""
    shown, *folded = blocks(page, "models")
    tables = [shown, *(block for fold in folded for block in fold.blocks if block.kind == "table")]
    return [row for table in tables for row in table.rows]


def rendered(judgement):
    return render(summarise(judgement))


def test_the_same_judgement_gives_the_same_bytes(judgement, make_judgement, report, tmp_path):
    again = write_report(make_judgement(), tmp_path)
    assert again.read_bytes() == report.read_bytes()
    for path in sorted((report.parent / "tables").iterdir()):
        assert (tmp_path / "tables" / path.name).read_bytes() == path.read_bytes()


def test_nothing_but_the_report_and_its_tables_is_left_behind(report):
    assert sorted(path.name for path in report.parent.iterdir()) == [
        "report.html", "report.xlsx", "summary.json", "tables",
    ]  # fmt: skip


def test_writing_again_replaces_the_report(judgement, tmp_path):
    page = write_report(judgement, tmp_path)
    page.write_text("old")
    assert write_report(judgement, tmp_path).read_text().startswith("<!doctype html>")


def test_a_folder_that_cannot_be_written_is_named(judgement, tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StoreError, match="taken"):
        write_report(judgement, tmp_path / "taken")


def test_no_resource_comes_from_outside(text, outline):
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|import\(", text)
    for tag, attrs, _ in outline.elements:
        for name in ("src", "srcset", "data", "action", "poster", "xlink:href"):
            assert name not in attrs
        if "href" in attrs and not attrs["href"].startswith(("#", "data:")):
            assert tag == "a" and attrs["href"].startswith("https://")
        assert not [name for name in attrs if name.startswith("on")]
    assert "default-src 'none'" in text


def test_links_within_the_page_lead_somewhere(outline):
    assert len(outline.ids) == len(set(outline.ids))
    for attrs in outline.all("a"):
        if attrs["href"].startswith("#"):
            assert attrs["href"][1:] in outline.ids
    named = [a["aria-labelledby"] for _, a, _ in outline.elements if "aria-labelledby" in a]
    assert set(named) <= set(outline.ids)


def test_headings_skip_no_level(outline):
    assert outline.headings[0] == 1 and outline.headings.count(1) == 1
    for before, after in zip(outline.headings, outline.headings[1:], strict=False):
        assert after <= before + 1


def test_tables_have_captions_and_scopes(outline):
    inside = [path for tag, _, path in outline.elements if tag == "caption"]
    assert len(inside) == len(outline.all("table"))
    assert all(attrs.get("scope") in ("col", "row") for attrs in outline.all("th"))
    regions = [a for a in outline.all("div") if a.get("class") == "scroll"]
    assert len(regions) == len(outline.all("table"))
    assert all(region["aria-label"] and region["tabindex"] == "0" for region in regions)


def test_every_figure_has_a_name_and_the_table_behind_it(outline):
    pictures = outline.all("svg")
    assert len(pictures) > 3 * 5
    assert all(picture["role"] == "img" and picture["aria-label"] for picture in pictures)
    tables = [path for tag, _, path in outline.elements if tag == "table" and "figure" in path]
    assert len(tables) == len(pictures)


def test_never_nan(text):
    assert not re.search(r"\bnan\b", re.sub(r"<(script|style)>.*?</\1>", "", text, flags=re.S))


def test_all_entries_and_the_reason_of_the_failed_one_stand_in_the_tables(text, judgement):
    for judged in judgement.tasks:
        for entry in (*judged.models, *judged.ensembles):
            assert entry.title in text
    assert "✕ failed: fold 1: timed out after 120 s; fold 2: timed out after 120 s" in text
    assert "ConvergenceWarning: the optimiser stopped early." in text


def test_accuracy_never_stands_without_the_base_rates(judgement):
    for page in summarise(judgement).tasks:
        shown = [*tables(page, "Decisions of every model"), *tables(page, "The ensembles")]
        with_accuracy = [t for t in shown if "Accuracy" in [c.title for c in t.columns]]
        assert len(with_accuracy) == 4
        for table in with_accuracy:
            titles = [column.title for column in table.columns]
            assert titles[titles.index("Accuracy") + 1] == "Accuracy of the base rate"


def test_where_few_are_positive_the_chosen_threshold_leads(judgement):
    judged = judgement.tasks[0]
    rare = np.zeros_like(judged.task.target)
    rare[::20] = 1
    few = replace(judged, task=replace(judged.task, target=rare))
    for case, first in ((judged, "0.5"), (few, "the threshold chosen on valid cases")):
        tables = decisions_tables(case, case.models)
        assert tables[0].caption == f"Decisions at {first}" != tables[1].caption
    headings, lines = _printed(few, few.models)
    assert "F1 at the chosen threshold" in headings and "ROC AUC" in headings
    assert len({len(line) for line in lines} | {len(headings)}) == 1
    assert "F1" in _printed(judged, judged.models)[0]


def test_simulated_data_and_derived_views_are_marked(judgement):
    shop, coupons, cdnow = summarise(judgement).tasks
    assert coupons.simulated and not shop.simulated and not cdnow.simulated
    first, second = (blocks(page, "models")[-1].blocks[0] for page in (coupons, shop))
    assert "Derived view: " in first.words[0].text and "Derived view" not in second.words[0].text
    tagged = [row.title for row in model_rows(coupons) if "derived view" in row.tags]
    assert "Markov chain" in tagged and "XGBoost" not in tagged
    text = rendered(judgement)
    assert text.count('class="notice"') == 1 and text.count('class="badge"') == 1


def test_standings_are_marked_by_a_word(judgement):
    rows = [row for row in model_rows(summarise(judgement).tasks[0]) if row.family != "ensemble"]
    words = [row.cells[1].text for row in rows]
    assert [row.strong for row in rows] == [word != "behind" for word in words]
    assert words[0] == "▲ in the race"
    assert words[1] == "≈ in the race"
    (base,) = (row for row in rows if row.family == "baseline")
    assert base.cells[1].text == "behind"
    assert base.cells[1].below.startswith("by 0.4")


def test_the_best_ensembles_stand_below_the_models_with_their_gain(judgement):
    shop, coupons, _ = summarise(judgement).tasks
    rows = tables(shop, "models")[0].rows
    best = [entry.title for entry in judgement.tasks[0].ensembles[:3]]
    assert [row.title for row in rows[-3:]] == best
    assert all("established" in row.cells[1].text for row in rows[-3:])
    assert [row.family for row in tables(coupons, "models")[0].rows[-3:]] == ["ensemble"] * 3


def test_models_that_neither_lead_nor_are_recommended_are_folded_the_failed_at_the_end(judgement):
    coupons = summarise(judgement).tasks[1]
    shown, folded, _ = blocks(coupons, "models")
    (rest,) = folded.blocks
    assert folded.summary == f"{len(rest.rows)} more models, lower or failed"
    assert rest.rows[-1].reason and not any(row.reason for row in shown.rows)
    titles = [row.title for row in (*shown.rows, *rest.rows) if row.family != "ensemble"]
    assert sorted(titles) == sorted(entry.title for entry in judgement.tasks[1].models)
    assert coupons.decision.headline.removeprefix("Use ").rstrip(".") in [
        row.title for row in shown.rows
    ]
    few = replace(judgement.tasks[0], models=judgement.tasks[0].models[:8])
    assert [block.kind for block in comparison.section(few).blocks] == ["table", "folded"]


def test_suspected_leaks_and_caveats_are_printed(text):
    assert "<code>coupons_printed</code>, <code>redeemed_before</code>" in text
    assert "Households were chosen because they shop often." in text


def test_the_manifest_is_shown_whatever_it_holds(judgement):
    manifest = judgement.run.manifest | {"suite_content": {"limits": {"seconds": 300.0}}, "new": []}
    run = replace(judgement.run, manifest=manifest)
    rows = {row.title: row.cells[0].text for row in summarise(Judgement(run, ())).manifest.rows}
    assert rows["suite content · limits · seconds"] == "300"
    assert rows["new"] == "none"
    assert rows["git commit"] == "0e7fdec"


def test_inner_splits_are_listed_and_periods_only_where_there_is_time(judgement):
    shop, _, cdnow = summarise(judgement).tasks
    (of_shop,), (of_cdnow,) = (blocks(page, "The splits") for page in (shop, cdnow))
    assert "Test period" not in [column.title for column in of_shop.columns]
    assert "Test period" in [column.title for column in of_cdnow.columns]
    fold = judgement.tasks[0].task.folds[0]
    cells = of_shop.rows[0].cells
    assert cells[2].sort == str(len(fold.test))
    assert cells[-1].text == fold.fingerprint()[:16]


def test_a_run_in_which_all_failed_still_gives_a_page(judgement, tmp_path):
    judged = judgement.tasks[1]
    failed = [entry for entry in judged.models if entry.standing == "failed"]
    lost = replace(judged, models=tuple(failed), ensembles=())
    text = write_report(Judgement(judgement.run, (lost,)), tmp_path).read_text()
    assert "Every model failed; there is nothing to compare." in text
    assert "The run holds no ensembles." in text
    Outline(text)


def test_a_run_without_tasks_gives_a_page(judgement, tmp_path):
    run = replace(judgement.run, cells=(), models=())
    text = write_report(Judgement(run, ()), tmp_path).read_text()
    assert "The run holds no task." in text and "Every cell gave its predictions." in text


def test_unknown_figures_are_said_to_be_missing(judgement):
    unknown = Score(math.nan, math.nan, math.nan)
    first = judgement.tasks[0].models[0]
    spoiled = changed(judgement, scores=dict.fromkeys(first.scores, unknown), fit_seconds=math.nan)
    row = tables(summarise(spoiled).tasks[0], "models")[0].rows[0]
    assert row.cells[0].text == "not available" and row.cells[0].sort == ""
    assert row.cells[1].text == "not ranked"
    assert not re.search(r"\bnan\b", re.sub(r"<script>.*?</script>", "", rendered(spoiled)))


EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'"


def test_words_of_plugins_cannot_break_out(judgement):
    learnt = Explanation("table", EVIL, (EVIL, "value"), ((EVIL, 1.0),))
    bars = Explanation("importances", EVIL, ("feature", "weight"), ((EVIL, 1.0),))
    edges = Explanation("network", EVIL, ("from", "to", "strength"), ((EVIL, "target", 1.0),))
    for explanation in (learnt, bars, edges):
        evil = changed(
            judgement, title=EVIL, name=EVIL, family=EVIL, explanations=(explanation,),
            failures=(EVIL,), standing="failed" if explanation is learnt else "in the race",
        )  # fmt: skip
        judged = evil.tasks[0]
        card = replace(
            judged.task.card, title=EVIL, question=EVIL, source="javascript:alert(1) " + EVIL,
            caveats=(EVIL,), suspected_leaks=(EVIL,),
        )  # fmt: skip
        tasks = (replace(judged, task=replace(judged.task, card=card)),)
        cells = tuple(replace(c, message=EVIL, warnings=(EVIL,)) for c in evil.run.cells[:3])
        manifest = evil.run.manifest | {"command": EVIL, "suite_title": EVIL, EVIL: EVIL}
        run = replace(evil.run, cells=cells, manifest=manifest)
        outline = Outline(rendered(Judgement(run, tasks)))
        assert len(outline.all("script")) == 1
        assert outline.all("img") == []
        assert not [a for _, a, _ in outline.elements for name in a if name.startswith("on")]
        assert not [a for a in outline.all("a") if not a["href"].startswith(("#", "https://"))]


def test_a_new_section_is_one_function(judgement, monkeypatch):
    def section(judged):
        if judged.task.name != "cdnow":
            return None
        return Section("weather", "Weather <b>", (note(f"{judged.task.n_features} < clouds"),))

    part = task_page.PartOfPage("extra", "Extra", (section,))
    monkeypatch.setattr(task_page, "PARTS", (*task_page.PARTS, part))
    pages = summarise(judgement).tasks
    assert [page.sections[-1].title for page in pages] == [
        "The data",
        "The data",
        "Weather <b>",
    ]
    text = rendered(judgement)
    assert text.count("Weather &lt;b&gt;</h4>") == 1
    assert '<p class="note">12 &lt; clouds</p>' in text


def test_only_web_addresses_become_links():
    words = linked("see https://example.org/a?b=1, or javascript:alert(1)")
    assert [(part.text, part.address) for part in words] == [
        ("see ", ""),
        ("https://example.org/a?b=1", "https://example.org/a?b=1"),
        (", or javascript:alert(1)", ""),
    ]


def test_signs_that_a_page_would_obey_are_shown(judgement, tmp_path):
    write_report(changed(judgement, title="bad \udc80 \x1b[2J \u202egnp.exe name"), tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert r"bad \udc80 \x1b[2J \u202egnp.exe name" in page
    assert not set(page) & set("\x1b\u202e\ufffd")


def test_a_template_that_asks_for_what_is_not_there_fails(judgement):
    class Lacking:
        def __getattr__(self, name):
            if name == "subtitle":
                raise AttributeError(name)
            return getattr(summarise(judgement), name)

    with pytest.raises(jinja2.UndefinedError, match="subtitle"):
        render(Lacking())


def test_a_large_run_stays_below_four_megabytes(make_judgement, tmp_path):
    large = make_judgement((12_330, 12_330, 12_330), n_extra=4, n_folds=5)
    assert all(len(judged.models + judged.ensembles) == 35 for judged in large.tasks)
    assert write_report(large, tmp_path).stat().st_size < 4e6
