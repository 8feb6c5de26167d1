"""The teaching case of docs/watch.md on its data, where they are."""

import contextlib
import io
import os
from pathlib import Path

import numpy as np
import pytest
from intentbench.bench.judge.stored_models import models_of
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.store.run_reader import read_run
from intentbench.bench.store.store import Store
from intentbench.bench.train.source import load_again
from intentbench.bench.watch.recalibration import choose_map
from intentbench.bench.watch.replay import replay
from intentbench.cli.main import main

DATA = Path(os.environ.get("INTENTBENCH_DATA", ""), "online_shoppers")
pytestmark = pytest.mark.skipif(
    not DATA.is_absolute() or not DATA.is_dir(), reason="needs $INTENTBENCH_DATA/online_shoppers"
)


@pytest.fixture(scope="module")
def life(tmp_path_factory):
    """The one life of the model of the page, and its task."""
    folder = tmp_path_factory.mktemp("seasons")
    results = str(folder / "results")
    with contextlib.redirect_stdout(io.StringIO()):
        model = ["--model", "hist_gradient_boosting", "--results", results]
        assert main(["run", "seasons", *model]) == 0
    run = read_run(Store(Path(results)))
    record = run.tasks[0]
    task = load_again(run, record, Registry("dataset"))
    contestant = next(one for one in models_of(run, record) if one.name == "hist_gradient_boosting")
    (only,) = replay(task, record.folds, contestant, run.decisions)
    return only, record, contestant


def test_scores_expect_of_november_what_they_knew_in_may(life):
    november = life[0].periods[5]
    assert november.name == "1970-11" and november.n_cases == 2998
    assert life[0].valid_auc > 0.96 and november.auc < 0.82
    assert november.expected_auc > 0.95 and november.stability_index < 0.1
    assert november.log_loss > 3 * november.expected_log_loss


def test_labels_tell_in_july_and_mend_what_can_be_mended(life):
    periods = life[0].periods
    assert [one.labels_found for one in periods] == [False] + [True] * 6
    later = periods[1:6]
    assert all(one.recalibrated < one.log_loss - 0.05 for one in later)
    # December is as May was, and keeping would have been as good.
    assert abs(periods[6].recalibrated - periods[6].log_loss) < 0.03


def test_fifty_labels_do_most_of_what_a_sigmoid_can(life):
    _, record, contestant = life
    test = record.folds[0].test
    november = record.time[test].astype("datetime64[M]").astype(str) == "1970-11"
    p, y = contestant.folds[0].test[november], record.target[test][november]
    rng, after = np.random.default_rng(0), []

    def loss(p, y):
        return -np.where(y == 1, np.log(p), np.log1p(-p)).mean()

    for _ in range(20):
        rows = rng.permutation(len(y))
        few, others = rows[:50], rows[50:]
        if min(y[few].sum(), 50 - y[few].sum()) >= 10:
            found = choose_map(p[few], y[few])
            q = found.calibrate(p[others]) if found.calibrate else p[others]
            after.append(loss(q, y[others]))
    assert loss(p, y) == pytest.approx(0.743, abs=0.03)
    assert np.mean(after) == pytest.approx(0.443, abs=0.03)
