"""Of the summaries in a file: what they hold, and that other cells find their bins."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.deploy.manifest import from_json, to_json
from intentbench.bench.deploy.reference import (
    ScoresAndOutcomes,
    describe,
    facts_of_scores,
    reference_of,
)


def test_numbers_get_bins_of_equal_shares():
    values = pd.Series(np.random.default_rng(0).normal(size=1000))
    made = describe("x", values)
    assert made.n_bins == 10 and made.shares == pytest.approx([0.1] * 10)
    assert np.bincount(made.codes(values)).tolist() == [100] * 10
    # Beyond what was seen: the outermost bins.
    assert made.codes(pd.Series([-99.0, 99.0, np.nan])).tolist() == [0, 9, -1]


def test_a_value_that_most_cases_hold_has_its_own_bin():
    made = describe("x", pd.Series([0] * 70 + list(range(1, 31))))
    assert made.edges[0] == 0 and made.shares[0] == pytest.approx(0.7)
    assert sum(made.shares) == pytest.approx(1) and min(made.shares) > 0
    constant = describe("x", pd.Series([5, 5, 5]))
    assert constant.edges == () and constant.shares == (1.0,)
    assert constant.codes(pd.Series([5, 7])).tolist() == [0, 0]


def test_categories_that_are_rare_are_counted_together():
    made = describe("c", pd.Series(["a"] * 600 + ["b"] * 398 + ["c", "d"] + [None] * 100))
    assert made.values == ("a", "b") and made.shares == pytest.approx((0.6, 0.398, 0.002))
    assert made.missing == pytest.approx(100 / 1100)
    assert made.new == pytest.approx(2 / 1000)  # Good: those seen once
    assert made.codes(pd.Series(["b", "new", None])).tolist() == [1, 2, -1]


@pytest.mark.parametrize("dtype", ["bool", "boolean", "float64"])
def test_yes_and_no_are_the_same_however_they_are_typed(dtype):
    made = describe("b", pd.Series([True] * 30 + [False] * 70))
    assert made.codes(pd.Series([True, False]).astype(dtype)).tolist() == [1, 0]


def test_nothing_known_is_kept_as_nothing_known():
    made = describe("x", pd.Series([np.nan, np.nan]))
    assert made.missing == 1.0 and made.n_effective == 0


def test_weights_count_and_groups_lessen_what_is_known():
    values = pd.Series([1.0, 2.0, 3.0, 4.0] * 50)
    weight = np.where(values > 2, 3.0, 1.0)
    weighted = describe("x", values, None, weight)
    assert weighted.shares[-1] == pytest.approx(3 / 8)
    assert weighted.n_effective < 200
    grouped = describe("x", values.sort_values(ignore_index=True), np.repeat(np.arange(40), 5))
    assert grouped.n_effective < 50


def test_tested_figures_are_means_over_people():
    y, p = np.array([1, 1, 1, 0]), np.array([0.9, 0.9, 0.9, 0.2])
    group = np.array([7, 7, 7, 9])
    facts = facts_of_scores(ScoresAndOutcomes(y, p, group), 0.5)
    assert facts["happened"].value == pytest.approx(0.5)
    assert facts["predicted"].value == pytest.approx(0.55)
    assert facts["log_loss"].value == pytest.approx(-(np.log(0.9) + np.log(0.8)) / 2)
    assert facts["decided"] == 0.75


def test_it_comes_back_from_the_manifest_and_old_ones_have_none(world):
    manifest = world.manifest(n=300)
    assert from_json(to_json(manifest), Path("x")) == manifest
    said = json.loads(to_json(manifest))
    del said["reference"]
    assert from_json(json.dumps(said).encode(), Path("x")) == replace(manifest, reference=None)
    assert len(json.dumps(asdict(manifest.reference))) < 6000


def test_without_columns_scores_alone_are_kept():
    made = reference_of(
        pd.DataFrame(index=range(4)), None, None,
        ScoresAndOutcomes(np.array([0, 1, 0, 1]), np.array([0.1, 0.9, 0.3, 0.6])), 0.5,
    )  # fmt: skip
    assert made.columns == () and made.scores.n_bins == 4
