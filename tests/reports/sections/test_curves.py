"""What the page says of curves: no more than is established, and whole without figures."""

import math
from dataclasses import replace

import pytest
from intentbench.bench.judge.judgement import CurveEntry, CurveJudgement, Gap, Score
from intentbench.bench.suite.curve import CurvePoint, CurveRecord
from intentbench.reports.render import write_report
from intentbench.reports.sections.curves import curve_sections, page_heading
from intentbench.reports.sections.more_cases import more_cases_sentence
from intentbench.reports.task_page import task_page

NOTHING = Score(math.nan, math.nan, math.nan)
MODELS = (
    ("xgboost", "XGBoost", "tree"), ("mlp", "Multilayer perceptron", "deep"),
    ("tan", "Tree-augmented naive Bayes", "bayesian"), ("linear_svm", "Linear SVM", "svm"),
    ("base_rate", "Base rate", "baseline"),
)  # fmt: skip
POINTS = {
    "learning": [(250.0, "250"), (500.0, "500"), (1000.0, "1,000"), (20000.0, "20,000")],
    "early": [(1.0, "1"), (3.0, "3"), (10.0, "10"), (0.0, "end")],
}


def gap(value, established):
    figure = Score(value, value - 0.01, value + 0.01)
    return Gap("roc_auc", figure, 0.001 if established else 0.4, established)


def told(judgement, kind="learning", *, rises=0.02, established=True, doubling=0.004):
    """Make a curve of a judged task by hand: every model rises evenly."""
    entries = []
    for number, (name, title, family) in enumerate(MODELS):
        rise = 0.0 if family == "baseline" else rises
        values = [0.5 if family == "baseline" else 0.7 - 0.02 * number + rise * i for i in range(4)]
        gain = Score(doubling, 0.0, 0.01) if kind == "learning" and rise else NOTHING
        entries.append(
            CurveEntry(
                name, title, family, tuple(Score(v, v - 0.01, v + 0.01) for v in values),
                (gap(rise, established and rise != 0),) * 3,
                gap(3 * rise, established and rise != 0), gain, (),
            )
        )  # fmt: skip
    points = tuple(CurvePoint(f"cdnow@{i}", *point) for i, point in enumerate(POINTS[kind]))
    record = CurveRecord(kind, "cdnow", points, tuple(name for name, *_ in MODELS))
    return CurveJudgement(record, judgement.tasks[2].task, "roc_auc", tuple(entries), "xgboost")


def section(judgement, curve):
    (found,) = curve_sections(replace(judgement, curves=(curve,)))
    return found


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        ("learning", {}, "XGBoost gains 0.060 ROC AUC from 250 to 20\u202f000 fit cases."),
        ("learning", {"rises": -0.02}, "XGBoost loses 0.060 ROC AUC from 250 to"),
        ("learning", {"established": False}, "XGBoost is not established to gain ROC AUC from 250"),
        ("early", {}, "XGBoost gains 0.060 ROC AUC from 1 event to all events."),
    ],
)
def test_the_headline_says_no_more_than_is_established(judgement, kind, given, words):
    assert section(judgement, told(judgement, kind, **given)).finding.startswith(words)


def test_what_follows_the_headline(judgement):
    found = section(judgement, told(judgement))
    assert found.sentences == (
        "XGBoost is the best at the last point on valid cases.",
        "Its last step, from 1\u202f000 to 20\u202f000 fit cases, brings +0.020 (0.010–0.030; "
        "established).",
        "Twice the fit cases would bring XGBoost +0.004 (0.000–0.010), if the curve goes on as a "
        "power law.",
        "From the first to the last point 4 of 4 models are established to gain.",
    )
    falling = section(judgement, told(judgement, rises=-0.02)).sentences
    assert falling[-1].endswith("0 of 4 models are established to gain, 4 to lose.")


def test_each_model_has_a_sentence_on_more_cases(judgement):
    curve = told(judgement)
    said = section(judgement, curve).of_models
    assert said[0] == (
        "XGBoost: ROC AUC 0.700 after 250 fit cases, 0.760 after 20\u202f000; twice as many would "
        "bring +0.004 (0.000–0.010)."
    )
    assert [one.split(":")[0] for one in said] == [title for _, title, _ in MODELS[:4]]
    first, *others = curve.entries
    lacking = replace(curve, entries=(replace(first, doubling=NOTHING), *others))
    (said, *_) = section(judgement, lacking).of_models
    assert said.endswith("what twice as many would bring cannot be extrapolated from these points.")
    assert section(judgement, told(judgement, "early")).of_models == ()


@pytest.mark.parametrize(
    ("name", "begins", "holds"),
    [
        ("xgboost", "XGBoost: ROC AUC 0.700 after", "Of the others twice as many would bring most"),
        ("aode", "On the learning curve are the 4 models that learn from 20\u202f000 fit cases.",
         "Twice as many would bring most to XGBoost: +0.004 (0.000–0.010)."),
    ],
)  # fmt: skip
def test_decision_says_what_more_cases_would_bring(judgement, name, begins, holds):
    said = more_cases_sentence(told(judgement), name)
    assert said.startswith(begins) and holds in said
    nobody = replace(told(judgement), entries=())
    assert more_cases_sentence(nobody, name) == ""


def test_decision_of_the_task_of_a_curve_holds_it(judgement):
    curve, judged = told(judgement), judgement.tasks[2]
    curve = replace(curve, record=replace(curve.record, task=judged.task.name))
    with_curve = task_page("task-3", "#task-3", judged, (curve,)).decision
    without = task_page("task-3", "#task-3", judged).decision
    terms = [fact.term for fact in with_curve.facts.facts]
    assert "More cases" in terms
    assert [term for term in terms if term != "More cases"] == [
        fact.term for fact in without.facts.facts
    ]


def test_what_cannot_be_extrapolated_is_said(judgement):
    curve = told(judgement)
    entries = tuple(replace(entry, doubling=NOTHING) for entry in curve.entries)
    found = section(judgement, replace(curve, entries=entries))
    assert "would bring to XGBoost cannot be extrapolated from these points." in found.sentences[2]
    assert "twice" not in found.figure.svg and "“Twice”" not in found.figure.reading
    assert not any("wice" in sentence for sentence in section(
        judgement, told(judgement, "early")).sentences)  # fmt: skip


def test_the_table_has_every_point_and_marks_what_is_established(judgement):
    table = section(judgement, told(judgement)).table
    headings = [column.title for column in table.columns]
    assert headings == [
        "250 fit cases", "500 fit cases", "1\u202f000 fit cases", "20\u202f000 fit cases",
        "First to last", "Twice the cases",
    ]  # fmt: skip
    assert [row.title for row in table.rows] == [title for _, title, _ in MODELS]
    assert [cell.text for cell in table.rows[0].cells] == [
        "0.700", "▲ 0.720", "▲ 0.740", "▲ 0.760", "▲ +0.060", "+0.004",
    ]  # fmt: skip
    assert table.rows[-1].cells[-1].text == "not available"
    assert "all models together" in table.note and "latest cases" in table.note
    early = section(judgement, told(judgement, "early")).table
    assert [column.title for column in early.columns][-2:] == ["all events", "First to last"]


def test_failed_points_keep_their_row(judgement):
    curve = told(judgement)
    first, second, *others = curve.entries
    lost = replace(
        first, scores=(NOTHING, *first.scores[1:]), failures=("250: fold 0: crashed",),
        whole=Gap("roc_auc", NOTHING, 1.0, established=False),
    )  # fmt: skip
    gone = replace(second, scores=(NOTHING,) * 4, failures=("250: fold 0: crashed",))
    found = section(judgement, replace(curve, entries=(lost, gone, *others)))
    assert found.finding == ("What XGBoost gains from 250 to 20\u202f000 fit cases is not known.")
    rows = {row.title: row for row in found.table.rows}
    assert rows["XGBoost"].tags == ("points failed",)
    assert rows["XGBoost"].cells[0].text == "not available"
    assert rows["Multilayer perceptron"].reason == "failed: 250: fold 0: crashed"
    assert "nan" not in found.figure.svg


def test_without_any_figure_the_section_stands(judgement):
    curve = told(judgement)
    entries = tuple(
        replace(
            entry, scores=(NOTHING,) * 4, doubling=NOTHING,
            steps=(Gap("roc_auc", NOTHING, 1.0, established=False),) * 3,
            whole=Gap("roc_auc", NOTHING, 1.0, established=False),
        )
        for entry in curve.entries
    )  # fmt: skip
    found = section(judgement, replace(curve, entries=entries, chosen=""))
    assert found.finding == "No model gave predictions at the last point."
    assert found.sentences == () and "nan" not in found.figure.svg


def test_the_best_possible_is_drawn_and_tabulated(judgement):
    curve = replace(told(judgement, "early"), ceilings=(Score(0.9, 0.88, 0.92),) * 4)
    found = section(judgement, curve)
    assert found.table.rows[0].title == "The truth, given everything"
    assert len(found.table.rows[0].cells) == len(found.table.columns)
    assert "the best possible" in found.figure.svg


def test_the_end_stands_behind_the_last_number(judgement):
    svg = section(judgement, told(judgement, "early")).figure.svg
    assert ">end</text>" in svg and ">10</text>" in svg


def test_the_page_holds_curves_before_the_tasks(judgement, tmp_path):
    curves = (told(judgement), told(judgement, "early"))
    text = write_report(replace(judgement, curves=curves), tmp_path).read_text(encoding="utf-8")
    assert "How much data, how early" in text
    assert text.index('id="answer"') < text.index('id="curve-1"') < text.index('id="task-1"')
    assert 'href="#curves"' in text and "nan" not in text.lower().split()
    lines = (tmp_path / "tables" / "curves.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 2 * 4 * len(MODELS)
    assert lines[1].startswith("cdnow,learning,xgboost,XGBoost,roc_auc,250,250.0,0.7,")


def test_a_run_without_curves_does_not_mention_them(report, judgement):
    text = report.read_text(encoding="utf-8")
    assert 'id="curves"' not in text and 'href="#curves"' not in text
    assert not (report.parent / "tables" / "curves.csv").exists()
    assert page_heading(()) == "" == page_heading(curve_sections(judgement))
