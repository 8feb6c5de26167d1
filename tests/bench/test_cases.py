import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases, coded, is_numeric, texts
from intentbench.bench.errors import DataError
from intentbench.bench.events import Events


def three_cases():
    events = Events(
        offsets=np.array([0, 2, 2, 3]),
        marks={"kind": np.array([0, 1, 1], np.int32), "gap": np.zeros(3, np.float32)},
        vocabulary={"kind": ("view", "cart")},
    )
    features = pd.DataFrame({"Seiten": [3, 1, 7], "канал": ["mail", None, "ad"]}, index=[5, 5, 9])
    return Cases(features, events)


def test_take_cuts_both_views_alike():
    taken = three_cases().take(np.array([2, 0, 2]))
    assert taken.features["Seiten"].tolist() == [7, 3, 7]
    assert taken.events.lengths.tolist() == [1, 2, 1]
    assert taken.features.index.tolist() == [0, 1, 2]


def test_take_reads_a_mask_in_both_views():
    taken = three_cases().take(np.array([True, False, True]))
    assert taken.features["Seiten"].tolist() == [3, 7]
    assert taken.events.lengths.tolist() == [2, 1]


def test_what_is_taken_is_a_copy():
    cases = three_cases()
    taken = cases.take(np.arange(3))
    taken.features["Seiten"] = 0
    taken.events.kind[:] = 0
    assert cases.features["Seiten"].tolist() == [3, 1, 7]
    assert cases.events.kind.tolist() == [0, 1, 1]


def test_cases_without_events_have_empty_sequences():
    cases = Cases(pd.DataFrame({"pages": [1, 2]}))
    assert cases.events.lengths.tolist() == [0, 0]


def test_cases_without_columns_are_counted():
    assert len(Cases(pd.DataFrame(index=range(4)), Events.none(4))) == 4


@pytest.mark.parametrize(
    "values",
    [
        [1, 2], [1.5, np.nan], [True, False], ["a", "b"], ["a", None],
        pd.Series([1, None], dtype="Int64"), pd.Series([True, None], dtype="boolean"),
        pd.Series(["x", None], dtype="category"), pd.Series([None, None], dtype="string"),
    ],
)  # fmt: skip
def test_columns_that_models_can_read_are_accepted(values):
    assert len(Cases(pd.DataFrame({"column": values}))) == 2


@pytest.mark.parametrize(
    ("column", "numeric"),
    [([1, 2], True), ([True, False], True), (["a", "b"], False),
     (pd.Series([1, 2], dtype="category"), False), (pd.Series([1, None], dtype="Int64"), True)],
)  # fmt: skip
def test_booleans_are_numbers_and_categories_are_not(column, numeric):
    assert is_numeric(pd.Series(column)) is numeric


@pytest.mark.parametrize(
    ("features", "words"),
    [
        ({"column": [1.0, np.inf]}, "feature 'column' is infinite in case 1; use a missing value"),
        ({"column": [-np.inf, 0]}, "infinite in case 0"),
        ({"seen": pd.to_datetime(["2024-01-01", "2024-01-02"])}, "turn dates into numbers"),
        ({"mixed": pd.Series([1, "a"], dtype=object)}, "type object"),
        ({3: [1, 2]}, "feature names must be strings; found [3]"),
    ],
)
def test_columns_that_no_model_can_read_are_named(features, words):
    with pytest.raises(DataError) as refused:
        Cases(pd.DataFrame(features))
    assert words in str(refused.value)


def test_column_that_occurs_twice_is_named():
    twice = pd.DataFrame([[1, 2, 3]], columns=["a", "b", "a"])
    with pytest.raises(DataError, match=r"occur twice: \['a'\]"):
        Cases(twice)


def test_views_of_different_length_are_refused():
    with pytest.raises(DataError, match="tabular view has 2 cases, the event view 3"):
        Cases(pd.DataFrame({"pages": [1, 2]}), Events.none(3))
    with pytest.raises(DataError, match="tabular view has 2 cases, the event view 3"):
        Cases(pd.DataFrame({"pages": [1, 2]})).with_events(Events.none(3))


COLUMNS = {
    "texts": pd.Series(["a", "b", None, "never seen", "(missing)", ""], dtype="str"),
    "strings": pd.Series(["a", None, "b", "zz"], dtype="string"),
    "objects": pd.Series(["a", None, 3, 2.5, np.nan, True], dtype=object),
    "categories": pd.Series(pd.Categorical(["b", None, "a", "c"], ["c", "b", "a"])),
    "numbers as categories": pd.Series([1, 2, None, 1], dtype=pd.CategoricalDtype([2, 1])),
    "fractions as categories": pd.Series([0.5, None], dtype=pd.CategoricalDtype([0.5])),
    "unused categories": pd.Series([None, None], dtype=pd.CategoricalDtype([])),
    "nothing": pd.Series([], dtype="str"),
}


@pytest.mark.parametrize("times", [1, 50], ids=["few", "many"])
@pytest.mark.parametrize("name", COLUMNS)
def test_codes_are_those_of_the_texts(name, times):
    column = pd.concat([COLUMNS[name]] * times, ignore_index=True).astype(COLUMNS[name].dtype)
    known = ["b", "a", "2", "True", "0.5", "2.5"]
    code_of = {text: code for code, text in enumerate(known)}
    expected = [77 if pd.isna(text) else code_of.get(text, 99) for text in texts(column).to_list()]
    found = coded(column, code_of, missing=77, other=99)
    assert found.tolist() == expected and found.shape == (len(column),)
