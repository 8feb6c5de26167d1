import numpy as np
import pandas as pd
import pytest
from intentbench.bench.deploy.columns import Columns, Counted, require_columns
from intentbench.bench.errors import DataError

FITTED = pd.DataFrame(
    {
        "pages": [1, 2, 3, 9],
        "spent": [0.5, np.nan, 2.0, 1.0],
        "weekend": [True, False, True, False],
        "channel": ["ad", "mail", "ad", "mail"],
        "tier": pd.Categorical(["a", None, "b", "a"]),
    }
)
COLUMNS = Columns.of(FITTED)


def conformed(counted=None, **changes):
    return COLUMNS.conform(FITTED.assign(**changes), "visits.csv", counted)


def test_columns_are_described():
    pages, spent, weekend, channel, tier = COLUMNS.columns
    assert (pages.kind, pages.low, pages.high, pages.n_missing) == ("number", 1, 9, 0)
    assert (spent.kind, spent.n_missing) == ("number", 1)
    assert weekend.kind == "boolean"
    assert (channel.kind, channel.categories) == ("category", ("ad", "mail"))
    assert (tier.categories, tier.n_missing) == (("a", "b"), 1)


def test_fitted_cases_conform_to_themselves_in_any_order():
    same = COLUMNS.conform(FITTED[["tier", "pages", "weekend", "channel", "spent"]], "visits.csv")
    pd.testing.assert_frame_equal(same, FITTED, check_categorical=False)


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["pages", "spent", "weekend", "chanel", "tier"],
         "lacks the column 'channel', which the model reads.  Is it called 'chanel'?"),
        (["spent"], r"lacks the column 'pages', which the model reads \(and 3 more\)"),
        (["pages", "spent", "weekend", "channel", "tier", "Pages"],
         r"has a column 'Pages', which the model was not fitted with.  Did you mean 'pages'\?"),
        (["pages", "pages", "spent", "weekend", "channel", "tier"], "has two columns 'pages'"),
        ([], r"lacks the column 'pages', which the model reads \(and 4 more\)"),
    ],
)  # fmt: skip
def test_columns_missing_renamed_extra_and_twice_are_told(names, why):
    with pytest.raises(DataError, match=f"^visits.csv {why}"):
        require_columns(COLUMNS.names, names, "visits.csv")


def test_columns_that_are_not_to_be_read_may_be_there():
    require_columns(COLUMNS.names, [*FITTED.columns, "visit"], "visits.csv", ["visit"])


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"pages": ["1", "2", "3", "x"]}, "'pages' was a number when .* values such as '1'"),
        ({"pages": pd.to_datetime(["2024-01-01"] * 4)}, "'pages' was a number"),
        ({"pages": [1, 2, np.inf, 3]}, "'pages' is infinite in row 3"),
        ({"weekend": [0, 1, 2, 0]}, "'weekend' is yes or no, and holds 2 in row 3"),
        ({"weekend": ["yes", "no", "no", "no"]}, r"'weekend' was yes or no \(true or false\)"),
        ({"channel": [0.5, 1.5, 2.5, 0.1]}, "'channel' was a category .* such as"),
    ],
)
def test_column_of_another_type_is_told(changes, why):
    with pytest.raises(DataError, match=f"visits.csv: column {why}"):
        conformed(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"pages": [1.0, 2.0, 3.0, 9.0]},
        {"pages": pd.Series([1, 2, 3, 9], dtype="Int64")},
        {"pages": pd.Series([1, 2, 3, 9], dtype=object)},
        {"weekend": [1, 0, 1, 0]},
        {"weekend": pd.Series([True, False, True, False], dtype="boolean")},
        {"channel": pd.Categorical(["ad", "mail", "ad", "mail"])},
        {"spent": pd.Series([0.5, None, 2.0, 1.0], dtype=object)},
    ],
)
def test_same_values_of_another_type_are_the_same(changes):
    made = conformed(**changes)
    for name, column in made.items():
        assert [None if pd.isna(a) else a for a in column] == [
            None if pd.isna(b) else b for b in FITTED[name]
        ]


def test_whole_numbers_may_get_gaps_and_fractions():
    made = conformed(pages=[1.5, np.nan, 3, 9])
    np.testing.assert_array_equal(made["pages"], [1.5, np.nan, 3, 9])


def test_what_is_unusual_is_counted_and_told():
    counted = Counted()
    for _ in range(2):
        conformed(
            counted,
            pages=[np.nan, 2, 3, 90],
            channel=["ad", "fax", None, "pigeon"],
            tier=["c", "a", "a", "a"],
        )
    told = counted.told(COLUMNS.columns)
    assert told == [
        "'channel': 4 of 8 cases hold a value that was never seen, such as 'fax'; it counts as any "
        "other rare value",
        "'tier': 2 of 8 cases hold a value that was never seen, such as 'c'; it counts as any "
        "other rare value",
        "'pages': 2 of 8 cases lack it, and no fitted case did",
        "'channel': 2 of 8 cases lack it, and no fitted case did",
        "'spent': 2 of 8 cases lack it, as some fitted cases did",
        "'pages': 2 of 8 cases lie beyond what was seen",
    ]
