from dataclasses import replace

import pytest
from intentbench.bench.model import Explanation
from intentbench.reports.sections.learnt import learnt


def explained(entry, *explanations):
    contestant = replace(entry.contestant, title="M", explanations=explanations)
    return replace(entry, contestant=contestant)


@pytest.fixture
def said_by(judgement):
    model = judgement.tasks[0].models[0]

    def explain(kind, columns, rows):
        (item,) = learnt([explained(model, Explanation(kind, "So.", columns, rows))])
        return item.parts[0]

    return explain


def test_importances_become_bars_of_the_right_length_and_side(said_by):
    item = said_by("importances", ("feature", "weight"), (("a", 2.0), ("b", -1.0)))
    assert item.finding == "M leans most on a and b"
    picture = str(item.figure.svg)
    assert '<rect x="261" y="10" width="83" height="12" class="positive">' in picture
    assert '<rect x="219.5" y="30" width="41.5" height="12" class="negative">' in picture
    assert [row.cells[0].text for row in item.figure.table.rows] == ["2.00", "−1.00"]


def test_weights_of_one_sign_use_the_whole_width(said_by):
    item = said_by("importances", ("feature", "weight"), (("a", 0.5), ("b", 0.25)))
    assert 'width="166"' in str(item.figure.svg) and 'width="83"' in str(item.figure.svg)


def test_a_network_names_what_the_target_is_linked_with(said_by):
    rows = (("x", "y", 0.9), ("target", "y", 0.5), ("z", "target", 0.1))
    item = said_by("network", ("from", "to", "strength"), rows)
    assert item.finding == "M links the target most closely with y and z"
    picture = str(item.figure.svg)
    assert picture.count('class="edge') == 3 and picture.count("of-target") == 2
    assert all(f">{name}</text>" in picture for name in ("x", "y", "z", "target"))


def test_a_network_whose_target_stands_alone(said_by):
    item = said_by("network", ("from", "to", "strength"), (("x", "y", 0.9),))
    assert item.finding == "M links no feature directly with the target"


def test_labels_of_a_large_network_have_a_line_each(said_by):
    rows = tuple(("target", f"feature {i}", 1.0) for i in range(40))
    picture = str(said_by("network", ("from", "to", "strength"), rows).figure.svg)
    heights = [float(part.split('"')[0]) for part in picture.split(' cy="')[1:]]
    assert len(heights) == 40
    assert all(heights.count(height) <= 2 for height in heights)


def test_states_and_tables_stay_tables(said_by):
    item = said_by("states", ("state", "share"), (("0", 0.51234), ("1", 3)))
    assert item.figure is None
    assert item.finding == "M tells 2 states apart"
    assert [row.cells[0].text for row in item.table.rows] == ["0.512", "3"]


@pytest.mark.parametrize(
    ("kind", "columns", "rows"),
    [
        ("importances", ("a", "b", "c"), (("x", "y", 1.0),)),
        ("network", ("from", "to", "strength"), (("x", "y", "much"),)),
        ("importances", ("feature", "weight"), (("x", float("nan")),)),
    ],
)
def test_what_has_not_the_documented_shape_is_shown_as_a_table(said_by, kind, columns, rows):
    item = said_by(kind, columns, rows)
    assert item.figure is None and len(item.table.rows) == 1
    assert item.table.rows[0].cells[-1].text != "nan"


def test_models_that_say_nothing_are_left_out(judgement):
    model = judgement.tasks[0].models[0]
    empty = Explanation("table", "", ("a",), ())
    assert learnt([explained(model), explained(model, empty)]) == ()


def test_intervals_become_dots_on_whiskers_around_zero(said_by):
    rows = (("a", 2.0, 1.0, 3.0), ("b", -1.0, -1.5, -0.5))
    part = said_by("intervals", ("name", "estimate", "low", "high"), rows)
    assert part.finding == "M: 2 estimates with their intervals"
    picture = str(part.figure.svg)
    assert picture.count('class="interval"') == 2 and picture.count('class="point"') == 2
    assert "b: −1.00 (−1.50 to −0.500)" in picture and 'class="zero"' in picture


def test_curves_become_a_line_a_column(said_by):
    rows = ((1, 0.5, 0.6), (2, 0.4, 0.5), (3, 0.3, 0.55))
    part = said_by("curves", ("epoch", "fit log loss", "valid log loss"), rows)
    assert part.finding == "M: fit log loss and valid log loss by epoch"
    picture = str(part.figure.svg)
    lines = [piece.split('"')[0] for piece in picture.split('points="')[1:]]
    assert [len(line.split()) for line in lines[:2]] == [3, 3]
    assert ">epoch</text>" in picture and ">valid log loss</text>" in picture
    # Lower losses lie lower: pixels grow downwards.
    heights = [float(point.split(",")[1]) for point in lines[0].split()]
    assert heights == sorted(heights)


@pytest.mark.parametrize(
    ("kind", "columns", "rows"),
    [
        ("curves", ("epoch", "loss"), ((1, 0.5),)),
        ("curves", ("epoch",), ((1,), (2,))),
        ("curves", ("epoch", "loss"), ((1, "low"), (2, "high"))),
        ("intervals", ("name", "estimate", "low"), (("a", 1.0, 0.0),)),
    ],
)
def test_curves_and_intervals_of_another_shape_are_tables(said_by, kind, columns, rows):
    part = said_by(kind, columns, rows)
    assert part.figure is None and len(part.table.rows) == len(rows)


def test_several_explanations_of_a_model_stand_together(judgement):
    bars = Explanation("importances", "How.", ("feature", "weight"), (("a", 1.0),))
    curve = Explanation("curves", "So.", ("epoch", "loss"), ((1, 2.0), (2, 1.0)), "it learns")
    entry = explained(judgement.tasks[0].models[0], bars, curve)
    (item,) = learnt([entry])
    assert item.finding == "M leans most on a"
    assert [part.finding for part in item.parts] == [item.finding, "M: it learns"]
    assert item.parts[1].figure.table.caption == "it learns"
