"""Today's rule out of a column: words, values, bounds; never a feature unless asked for."""

import numpy as np
import pytest
from intentbench.bench.errors import DataError
from intentbench.datasets.table_file import TableFile

N = 12
Y = [1, 0] * (N // 2)
SCORES = list(range(10, 10 + 5 * N, 5))


def load(tmp_path, today_rule, column=("called", ["yes", "no", ""] * (N // 3)), **keywords):
    name, values = column
    rows = [f"{i * 7 % 5},{y},{value}" for i, (y, value) in enumerate(zip(Y, values, strict=True))]
    path = tmp_path / "people.csv"
    path.write_text("\n".join([f"visits,bought,{name}", *rows, ""]), encoding="utf-8")
    return TableFile(str(path), target="bought", today_rule=today_rule, **keywords).load()


def test_a_column_of_yes_and_no_is_read_and_no_feature(tmp_path):
    task = load(tmp_path, "called")
    assert task.today.tolist() == [True, False, False] * (N // 3)
    assert list(task.cases.features) == ["visits"]
    assert task.card.today_rule == "called"
    caveats = " ".join(task.card.caveats)
    assert "'called' holds today's rule and is no feature." in caveats
    assert "says nothing in 4 rows, whose 'called' is empty" in caveats
    assert {one.name: one.use for one in task.profile}["called"] == "today's rule"


def test_it_decides_no_result(tmp_path):
    ruled, plain = load(tmp_path, "called"), load(tmp_path, "", drop=["called"])
    assert ruled.fingerprint() == plain.fingerprint() and plain.today is None


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("score>=40", [score >= 40 for score in SCORES]),
        ("score > 40", [score > 40 for score in SCORES]),
        ("score<20", [score < 20 for score in SCORES]),
        ("score=15", [score == 15 for score in SCORES]),
    ],
)
def test_a_score_takes_a_bound_or_a_value(tmp_path, rule, expected):
    task = load(tmp_path, rule, ("score", SCORES))
    assert task.today.tolist() == expected and "score" not in task.cases.features


def test_a_value_is_named_whatever_its_case(tmp_path):
    tiers = ["Gold", "silver", "gold "] * (N // 3)
    assert load(tmp_path, "tier=gold", ("tier", tiers)).today.tolist() == [True, False, True] * (
        N // 3
    )


def test_a_column_may_be_named_like_a_comparison(tmp_path):
    assert load(tmp_path, "a>=1", ("a>=1", ["1", "0"] * (N // 2))).today.sum() == N // 2


def test_it_is_a_feature_where_it_is_kept(tmp_path):
    task = load(tmp_path, "score>=40", ("score", SCORES), keep=["score"])
    assert "score" in task.cases.features and task.today.any()
    assert "no feature" not in " ".join(task.card.caveats)


def test_it_follows_the_rows_that_are_left(tmp_path):
    path = tmp_path / "ads.csv"
    rows = ["1,5,1", "0,4,0", ",3,1", "1,2,0"]
    path.write_text("\n".join(["y,x,sent", *rows, ""]), encoding="utf-8")
    task = TableFile(str(path), target="y", today_rule="sent").load()
    np.testing.assert_array_equal(task.today, [True, False, False])


@pytest.mark.parametrize(
    ("rule", "column", "said"),
    [
        ("calld", ("called", ["yes"] * N), "no column 'calld'.  Did you mean 'called'?"),
        ("tier", ("tier", ["gold", "tin"] * (N // 2)), "--today-rule tier=gold or 'tier>=1'"),
        ("tier=lead", ("tier", ["gold", "tin"] * (N // 2)), "among the values of column 'tier'"),
        ("tier>=2", ("tier", ["gold", "tin"] * (N // 2)), "does not hold numbers"),
        ("called", ("called", [""] * N), "holds nothing"),
        ("bought", ("called", ["yes"] * N), "'bought' is the target and cannot hold"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_to_write(tmp_path, rule, column, said):
    with pytest.raises(DataError) as told:
        load(tmp_path, rule, column)
    assert said in str(told.value)
