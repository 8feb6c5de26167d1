"""What others published: beside our figures, with its source and how it can be compared."""

from dataclasses import replace

import pytest
from intentbench.bench.language.speaking import speaking
from intentbench.bench.metrics.key import Key
from intentbench.reports.anchors import Anchor, anchors, anchors_of
from intentbench.reports.sections import published
from intentbench.reports.sections.published import section


def of_task(judged, name):
    return replace(judged, task=replace(judged.task, name=name))


def test_every_figure_has_a_source_a_split_and_a_word():
    assert anchors()
    for one in anchors():
        assert one.authors and one.address.startswith("https://")
    assert anchors_of("no_such_task") == ()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"metric": "auc"}, "no metric"),
        ({"split": "somehow"}, "no split"),
        ({"comparison": "better"}, "no comparison"),
        ({"address": ""}, "no task or no source"),
    ],
)
def test_a_figure_without_a_source_or_with_another_word_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        replace(anchors()[0], **wrong)


def test_a_task_of_which_nothing_was_published_has_no_section(judgement):
    assert section(of_task(judgement.tasks[0], "toy")) is None


def test_figures_stand_beside_those_of_the_leading_model(judgement):
    judged = of_task(judgement.tasks[0], "online_shoppers")
    made = section(judged)
    assert (made.key, made.finding) == ("published", "none of them can be compared")
    table, _reading, source = made.blocks
    leader = judged.models[0]
    assert table.columns[2].title == f"Ours: {leader.title}"
    auc, _pr_auc, accuracy = table.rows
    assert [cell.text for cell in auc.cells[:2]] == ["ROC AUC", "0.937"]
    assert auc.cells[2].text == f"{leader.scores[Key('roc_auc')].value:.3f}"
    assert accuracy.cells[2].text == f"{leader.scores[Key('accuracy')].value:.3f}"
    assert [row.cells[4].text for row in table.rows] == ["not comparable"] * 3
    assert "".join(word.text for word in source.words).startswith("Abdullah-All-Tanvir")
    assert any(word.address for word in source.words)
    with speaking("zh"):
        assert section(judged).blocks[0].rows[0].cells[4].text == "不可比"


def test_what_can_be_compared_is_counted(judgement, monkeypatch):
    same = replace(anchors()[0], comparison="same rows", split="random")
    monkeypatch.setattr(published, "anchors_of", lambda task: (same, anchors()[1]))
    made = section(judgement.tasks[0])
    assert made.finding == "1 of 2 can be compared"
    assert made.blocks[0].rows[0].cells[3].text == "drawn at random"
    assert isinstance(same, Anchor)


def test_a_sum_along_a_curve_has_no_figure_of_ours_in_the_table(judgement):
    made = section(of_task(judgement.tasks[0], "coveo_cart"))
    assert {row.cells[2].text for row in made.blocks[0].rows} == {"not available"}
    assert made.blocks[0].rows[0].cells[0].text == "Weighted accuracy"
