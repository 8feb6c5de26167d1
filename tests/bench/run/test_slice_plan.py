import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.errors import RequestError
from intentbench.bench.run.slice_plan import plan_slices
from intentbench.bench.task import Card, Task


def task(name="toy", **more):
    n = 1000
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "even": rng.choice(["a", "b", "c", "d"], n), "two": rng.random(n) < 0.3,
            "lopsided": np.where(np.arange(n) < 960, "x", "y"), "number": rng.normal(size=n),
            "stars": rng.integers(1, 6, n), "names": [f"u{i}" for i in range(n)],
            "holes": pd.Series(rng.choice(["p", None], n)), **more,
        }
    ).convert_dtypes()  # fmt: skip
    card = Card("Toy", "?", "made up", "none", "1 = yes")
    y = (rng.random(n) < 0.5).astype(np.int8)
    return Task(name, Cases(frame), y, card, aside={"kept apart": pd.Series(["l", "r"] * (n // 2))})


def test_without_being_asked_columns_of_few_values_are_taken_the_most_even_first():
    (chosen,) = plan_slices([task()], ()).values()
    assert [one.about.name for one in chosen] == ["stars", "even", "holes", "two"]
    assert not any(one.about.asked for one in chosen)
    assert len(plan_slices([task(**{f"e{i}": ["u", "v"] * 500 for i in range(9)})], ())["toy"]) == 5


def test_the_outcome_has_no_say():
    one = task()
    other = Task("toy", one.cases, (1 - one.target).astype(np.int8), one.card)
    names = [[each.about.name for each in plan_slices([of], ())["toy"]] for of in (one, other)]
    assert names[0] == names[1]


def test_what_is_asked_for_is_taken_a_feature_or_not():
    (found,) = plan_slices([task()], ("kept apart", "number", "number", "holes")).values()
    assert [one.about.name for one in found] == ["kept apart", "number", "holes"]
    assert found[1].values.dtype == float
    assert set(found[2].values) == {"p", None}


def test_a_column_that_tells_nothing_apart_says_why():
    found = plan_slices([task(same=1.0)], ("same", "names"))["toy"]
    assert found[0].about.missing == "it is the same in every case"
    assert "it has 1,000 different values, and at most 30 are told apart" in found[1].about.missing
    assert found[0].values is found[1].values is None


def test_a_column_that_no_task_has_is_refused_with_the_nearest():
    with pytest.raises(RequestError, match="no task has a column 'evenn'.*'even'"):
        plan_slices([task(), task("other")], ("evenn",))
    two = plan_slices([task(extra=["u", "v"] * 500), task("other")], ("extra",))
    assert [len(of) for of in two.values()] == [1, 0]
