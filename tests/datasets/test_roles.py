"""Roles of columns: outcomes by words and bounds, categories and numbers by decree."""

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import is_numeric
from intentbench.bench.errors import DataError
from intentbench.datasets.table_file import TableFile

N = 240


def visits():
    i = np.arange(N)
    return pd.DataFrame(
        {
            "pages": 1 + i * 7 % 23,
            "app": np.array([101, 204, 350, 777])[i * 5 % 7 % 4],
            "zip": np.array(["01067", "80331", "20095"])[i % 3],
            "spent": np.where(i % 4 == 0, i * 1.5, 0.0),
            "bought": np.where(i % 3 == 0, "yes", "no"),
        }
    )


def load(tmp_path, frame, **keywords):
    path = tmp_path / "visits.csv"
    frame.to_csv(path, index=False)
    return TableFile(path=str(path), **{"target": "bought"} | keywords).load()


def said(task, words):
    return [caveat for caveat in task.card.caveats if words in caveat]


WORDS = {
    "cases": (["YES", "Yes", "yes"], ["no", "NO", "No"]),
    "letters": (["Y", "y"], ["N"]),
    "words and letters": (["yes", "Y", "TRUE"], ["no", "n", "false"]),
    "words and numbers": (["yes", "1"], ["no", "0"]),
    "Chinese": (["是"], ["否"]),
    "Chinese and English": (["是", "Yes"], ["否", "No"]),
    "German": (["ja", "Ja"], ["nein"]),
    "blanks": (["yes", " yes "], ["no "]),
    "wide": (["1.0", "1"], ["0", "0.0"]),
}


@pytest.mark.parametrize(("yes", "no"), WORDS.values(), ids=WORDS)
def test_the_usual_words_are_merged_and_no_row_is_lost(tmp_path, yes, no):
    frame = visits()
    expected = (frame["bought"] == "yes").to_numpy()
    frame["bought"] = [
        yes[k % len(yes)] if is_yes else no[k % len(no)] for k, is_yes in enumerate(expected)
    ]
    task = load(tmp_path, frame)
    assert task.target.tolist() == expected.astype(int).tolist()
    spellings = {text.strip() for text in (*yes, *no)} - {"1.0", "0.0"}
    assert len(said(task, "spellings of one outcome")) == (len(spellings) > 2)


def test_named_values_are_found_in_any_spelling(tmp_path):
    frame = visits()
    frame["bought"] = np.where(frame["bought"] == "yes", "Charged  Off", "Fully Paid")
    frame.loc[0, "bought"] = "CHARGED OFF"
    task = load(tmp_path, frame, positive="charged off", negative="fully paid")
    assert len(task) == N and task.target[0] == 1


def test_one_and_two_are_no_answer(tmp_path):
    frame = visits()
    frame["bought"] = np.where(frame["bought"] == "yes", 1, 2)
    with pytest.raises(
        DataError, match="In questionnaires 1 means yes and 2 no; .*--positive 1 or --positive 2"
    ):
        load(tmp_path, frame)
    assert load(tmp_path, frame, positive="1").base_rate == pytest.approx(1 / 3)


BOUNDS = {
    ">0": lambda spent: spent > 0,
    ">= 100": lambda spent: spent >= 100,
    "≥100": lambda spent: spent >= 100,
    "<50": lambda spent: spent < 50,
    "<=0": lambda spent: spent <= 0,
}


@pytest.mark.parametrize("bound", BOUNDS)
def test_a_bound_makes_an_outcome_of_a_number(tmp_path, bound):
    frame = visits()
    task = load(tmp_path, frame, target="spent", positive=bound, drop=["bought"])
    assert task.target.tolist() == BOUNDS[bound](frame["spent"]).astype(int).tolist()
    assert task.card.question == f"Is spent {bound}?"
    assert "spent" not in task.cases.features


def test_a_bound_reads_numbers_in_their_dress(tmp_path):
    frame = visits()
    expected = (frame["spent"] >= 100).astype(int).tolist()
    frame["spent"] = frame["spent"].map("€{:,.2f}".format)
    frame.loc[3, "spent"] = ""
    task = load(tmp_path, frame, target="spent", positive=">=100")
    del expected[3]
    assert task.target.tolist() == expected
    assert said(task, "1 of 240 rows are left out")


def test_two_bounds_leave_out_what_lies_between(tmp_path):
    task = load(tmp_path, visits(), target="spent", positive=">200", negative="<=0")
    spent = visits()["spent"]
    assert len(task) == ((spent > 200) | (spent <= 0)).sum()


@pytest.mark.parametrize(
    ("target", "keywords", "why"),
    [
        ("spent", {"positive": ">1000"}, "no row"),
        ("spent", {"positive": ">=0"}, "every row"),
        ("bought", {"positive": ">0"}, "does not hold numbers"),
        ("spent", {"positive": ">0", "negative": "<10"}, "numbers are >0 and <10"),
        ("spent", {"positive": ">0", "negative": "0"}, "as bounds both"),
        ("spent", {}, "or a bound: --positive '>0'"),
    ],
)
def test_bounds_that_make_no_sense_are_refused(tmp_path, target, keywords, why):
    with pytest.raises(DataError, match=why):
        load(tmp_path, visits(), target=target, **keywords)


def test_a_value_that_looks_like_a_bound_is_a_value(tmp_path):
    frame = visits()
    frame["bought"] = np.where(frame["bought"] == "yes", ">0", "none")
    assert load(tmp_path, frame, positive=">0").base_rate == pytest.approx(1 / 3)


def test_codes_can_be_called_categories(tmp_path):
    task = load(tmp_path, visits())
    assert is_numeric(task.cases.features["app"])
    (notice,) = said(task, "--category 'app'")
    assert "'pages'" not in notice
    task = load(tmp_path, visits(), category=["app"])
    assert sorted(task.cases.features["app"].unique()) == ["101", "204", "350", "777"]
    assert not said(task, "--category")


def test_many_codes_are_a_category_if_the_user_says_so(tmp_path):
    frame = visits().assign(shop_id=[f"s{k * 31 % 120}" for k in range(N)])
    assert "shop_id" not in load(tmp_path, frame).cases.features
    assert "shop_id" in load(tmp_path, frame, category=["shop_id"]).cases.features


def test_texts_can_be_called_numbers(tmp_path):
    task = load(tmp_path, visits(), number=["zip"])
    assert task.cases.features["zip"].tolist()[:3] == [1067, 80331, 20095]
    with pytest.raises(DataError, match="holds no number that can be read"):
        load(tmp_path, visits().assign(word="abc").assign(
            word=lambda f: np.where(f["pages"] > 5, "a", "b")), number=["word"])  # fmt: skip


def test_counts_of_seconds_can_be_called_numbers(tmp_path):
    frame = visits().assign(balance=1_600_000_000 + np.arange(N) * 100_000)
    assert "balance: month" in load(tmp_path, frame).cases.features
    frame["balance"] = frame["balance"].to_numpy()[::-1] // 7 * 7
    assert "balance" in load(tmp_path, frame, number=["balance"]).cases.features


def test_codes_for_what_is_not_known_are_noted(tmp_path):
    i = np.arange(N)
    frame = visits().assign(
        days=np.where(i % 5 == 0, 365_243, -(i * 37 % 9000) - 1),
        before=np.where(i % 3 == 0, 999, i * 11 % 27),
        score=np.where(i % 20 == 0, -999, i * 101 % 2000 - 1200),
        amount=np.round(np.exp(i * 7 % 100 / 12), 2),
    )
    task = load(tmp_path, frame)
    assert "365,243 stands apart in 20.0% of the cells" in said(task, "'days'")[0]
    assert "999 stands apart" in said(task, "'before'")[0]
    assert "-999 fills 5.4% of the cells" in said(task, "'score'")[0]
    assert not said(task, "'amount'") and not said(task, "'spent':")
    # Noted, and left as they are: nobody has said what they mean.
    assert task.cases.features["days"].max() == 365_243


def test_the_user_can_name_the_data_and_the_question(tmp_path):
    card = load(tmp_path, visits(), title="Spring shop", question="Will they buy?").card
    assert (card.title, card.question) == ("Spring shop", "Will they buy?")


@pytest.mark.parametrize(
    "keywords",
    [
        {"category": ["app"], "number": ["app"]},
        {"category": ["app"], "drop": ["app"]},
        {"number": ["bought"]},
        {"category": ["gone"]},
        {"date_order": "ddmm"},
        {"encoding": "utf9"},
    ],
)
def test_wishes_that_contradict_each_other_are_refused(tmp_path, keywords):
    with pytest.raises(DataError):
        load(tmp_path, visits(), **keywords)
