import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.errors import DataError
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.suite.reading import load_suite
from intentbench.datasets import german_credit, give_me_some_credit, taiwan_default
from intentbench.datasets._german_credit_codes import COLUMNS as GERMAN_COLUMNS
from intentbench.datasets._german_credit_codes import MEANING
from intentbench.datasets.german_credit import GermanCredit
from intentbench.datasets.give_me_some_credit import GiveMeSomeCredit
from intentbench.datasets.taiwan_default import TaiwanDefault


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Files of a few rows are no published ones."""
    for kind in (TaiwanDefault, GermanCredit, GiveMeSomeCredit):
        monkeypatch.setattr(kind, "n_cases", None)
        monkeypatch.setattr(kind, "n_positive", None)
        monkeypatch.setattr(kind, "content", None)


CLIENTS = [
    "20000,2,2,1,24,2,2,-1,-1,-2,-2,3913,3102,689,0,0,0,0,689,0,0,0,0,1",
    "120000,2,0,0,26,-1,2,0,0,0,2,2682,1725,2682,3272,3455,3261,0,1000,1000,1000,0,2000,0",
]
TAIWAN = ",".join([*taiwan_default.COLUMNS, "default.payment.next.month"])
WORKBOOK = ",".join(["", *(f"X{number}" for number in range(1, 24)), "Y"])


def with_ids(lines):
    return [f"{number},{line}" for number, line in enumerate(lines, 1)]


class TestTaiwan:
    def load(self, provide, *lines):
        provide(f"credit_taiwan/{taiwan_default.FILE}", "\n".join([*lines, ""]))
        return TaiwanDefault().load()

    def test_the_file_is_read_in_any_of_its_writings(self, provide):
        plain = self.load(provide, TAIWAN, *CLIENTS)
        workbook = [
            WORKBOOK,
            "ID," + TAIWAN.replace("default.payment.next.month", "default payment next month"),
        ]
        for lines in (
            ["ID," + TAIWAN, *with_ids(CLIENTS)],
            [*workbook, *with_ids(CLIENTS)],
            [TAIWAN, *(line.replace(",689,", ",689.0,") for line in CLIENTS)],
        ):
            assert self.load(provide, *lines).fingerprint() == plain.fingerprint()

    def test_codes_are_names_and_amounts_are_numbers(self, provide):
        task = self.load(provide, TAIWAN, *CLIENTS)
        features = task.cases.features
        assert task.target.tolist() == [1, 0]
        assert features["EDUCATION"].tolist() == ["2", "0"]
        assert features["MARRIAGE"].tolist() == ["1", "0"]
        assert features["PAY_0"].tolist() == [2, -1]
        assert not [name for name in features if "default" in name or name == "ID"]

    def test_shares_told_by_hand(self, provide):
        one, other = self.load(provide, TAIWAN, *CLIENTS).cases.features.to_dict("records")
        assert one["BILL_AMT1_of_limit"] == pytest.approx(3913 / 20000)
        assert one["PAY_AMT2_of_bill"] == 1.0, "689 paid in August are the bill of July"
        assert np.isnan(one["PAY_AMT3_of_bill"]), "no bill, no share of it"
        assert other["PAY_AMT2_of_bill"] == pytest.approx(1000 / 2682)
        assert (one["times_late"], one["most_months_late"], one["sum_of_months_late"]) == (2, 2, 4)
        assert other["paid_of_limit"] == pytest.approx(5000 / 120000)

    def test_a_table_without_a_column_is_refused(self, provide):
        with pytest.raises(DataError, match="has no column 'AGE'"):
            self.load(provide, TAIWAN.replace(",AGE,", ",Alter,"), *CLIENTS)

    def test_other_values_are_refused(self, provide, monkeypatch):
        monkeypatch.setattr(TaiwanDefault, "content", "0" * 64)
        with pytest.raises(DataError, match="not the published values"):
            self.load(provide, TAIWAN, *CLIENTS)


CODED = [
    "A11 6 A34 A43 1169 A65 A75 4 A93 A101 4 A121 67 A143 A152 2 A173 1 A192 A201 1",
    "A12 48 A32 A410 5951 A61 A73 2 A92 A101 2 A121 22 A143 A152 1 A173 1 A191 A201 2",
]
LABELLED = [
    "... < 0 DM,6,critical account/ other credits existing (not at this bank),radio/television,"
    "1169,unknown/ no savings account,... >= 7 years,4,male : single,none,4,real estate,67,none,"
    'own,2,skilled employee / official,1,"yes, registered under the customers name",yes,good',
    "0 <= ... < 200 DM,48,existing credits paid back duly till now,others,5951,... < 100 DM,"
    "1 <= ... < 4 years,2,female : divorced/separated/married,none,2,real estate,22,none,own,1,"
    "skilled employee / official,1,none,yes,bad",
]


class TestGerman:
    def coded(self, provide, *lines):
        provide("credit_german/german.data", "\n".join([*lines, ""]))
        return GermanCredit().load()

    def test_both_layouts_say_the_same(self, provide, monkeypatch):
        monkeypatch.setattr(GermanCredit, "other_files", {german_credit.LABELLED: ""})
        header = ",".join(GERMAN_COLUMNS)
        provide("credit_german/" + german_credit.LABELLED, "\n".join([header, *LABELLED, ""]))
        labelled = GermanCredit().load()
        coded = self.coded(provide, *CODED)
        assert "german.data" in coded.card.caveats[-1], "the archive's file goes first"
        assert coded.fingerprint() == labelled.fingerprint()
        assert coded.target.tolist() == [0, 1], "1 is good, 2 is bad"

    def test_none_is_a_value_and_no_gap(self, provide):
        features = self.coded(provide, *CODED).cases.features
        assert features["other_debtors_or_guarantors"].tolist() == ["none", "none"]
        assert not features.isna().any().any()

    def test_what_is_wrong_in_the_sources_is_left_out(self, provide):
        features = self.coded(provide, *CODED).cases.features
        assert len(features.columns) == 19 and "personal_status_and_sex" not in features

    def test_the_costs_stand_on_the_card(self):
        assert (
            "[decisions] with false_positive = 1, false_negative = 5"
            in GermanCredit.card.caveats[0]
        )

    def test_an_unknown_code_is_named_with_its_line(self, provide):
        with pytest.raises(DataError, match="line 2: purpose is 'A47'"):
            self.coded(provide, CODED[0], CODED[1].replace("A410", "A47"))

    def test_another_number_of_cells_is_refused(self, provide):
        with pytest.raises(DataError, match="has 2 cells a line; the archive's has 21"):
            self.coded(provide, "A11 6", "A12 7")

    def test_codes_are_told_apart_by_themselves(self):
        prefixes = {code[:-1] if code != "A410" else "A4" for code in MEANING}
        assert len(prefixes) == 12, "one for each column of codes that is read"


BORROWERS = [
    "1,1,0.766126609,45,2,0.802982129,9120,13,0,6,0,2",
    "2,0,0.5,40,98,121,NA,4,98,0,98,NA",
    "3,0,50708,38,96,0.08,,2,96,0,96,1",
]
GIVE = (
    '"","SeriousDlqin2yrs","RevolvingUtilizationOfUnsecuredLines","age",'
    '"NumberOfTime30-59DaysPastDueNotWorse","DebtRatio","MonthlyIncome",'
    '"NumberOfOpenCreditLinesAndLoans","NumberOfTimes90DaysLate","NumberRealEstateLoansOrLines",'
    '"NumberOfTime60-89DaysPastDueNotWorse","NumberOfDependents"'
)


class TestGiveMeSomeCredit:
    @pytest.fixture
    def task(self, provide):
        provide("credit_givemesomecredit/cs-training.csv.gz", "\n".join([GIVE, *BORROWERS, ""]))
        return GiveMeSomeCredit().load()

    def test_codes_in_counts_become_a_feature_of_their_own(self, task):
        features = task.cases.features
        assert features["past_due_code"].tolist() == ["none", "98", "96"]
        for name in give_me_some_credit.PAST_DUE:
            assert features[name].isna().tolist() == [False, True, True]
        assert features["NumberOfTime30-59DaysPastDueNotWorse"].iloc[0] == 2

    def test_what_is_not_known_stays_missing(self, task):
        features = task.cases.features
        assert features["MonthlyIncome"].isna().tolist() == [False, True, True]
        assert features["NumberOfDependents"].isna().tolist() == [False, True, False]

    def test_the_outcome_and_the_row_number_are_no_features(self, task):
        assert task.target.tolist() == [1, 0, 0]
        names = set(task.cases.features)
        assert names == {*give_me_some_credit.COLUMNS, "past_due_code"}


def test_the_suite_holds_all_three():
    suite = load_suite("credit")
    assert suite.tasks == ("german_credit", "taiwan_default", "give_me_some_credit")
    assert suite.resampling == Resampling(folds=3)


PUBLISHED = [
    (TaiwanDefault, taiwan_default.FILE, 30_000, 6_636),
    (GermanCredit, german_credit.LABELLED, 1_000, 300),
    (GiveMeSomeCredit, give_me_some_credit.FILE, 150_000, 10_026),
]


@pytest.mark.parametrize(("kind", "file", "n_cases", "n_positive"), PUBLISHED)
def test_the_published_file_where_it_is_at_hand(kind, file, n_cases, n_positive, monkeypatch):
    folder = Path(os.environ.get("INTENTBENCH_DATA", "")) / kind.folder
    if not any((folder / name).is_file() for name in (file, f"{file}.gz")):
        pytest.skip(f"needs $INTENTBENCH_DATA/{kind.folder}/{file}")
    monkeypatch.undo()  # what is declared counts
    data = kind()
    assert (data.n_cases, data.n_positive) == (n_cases, n_positive)
    task = data.load()
    assert (len(task), int(task.target.sum())) == (n_cases, n_positive)
    assert task.card is kind.card, "verified"
    if kind is GermanCredit:
        known = pd.Series(list(MEANING.values()))
        codes = task.cases.features.select_dtypes("category")
        assert all(codes[name].cat.categories.isin(known).all() for name in codes)
