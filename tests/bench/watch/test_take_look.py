from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.errors import DataError, RequestError
from intentbench.bench.watch.history import Roles, WatchedCases, read_history, write_history
from intentbench.bench.watch.labels import Labels, join_labels
from intentbench.bench.watch.take_look import begin, clock_columns, of_labels, take_look

ROLES = Roles(id="id")


def weeks(world, manifest, shifts, n=300, group=None):
    """Look at weeks, each with the labels of the one before; gives what each look saw."""
    history, seen, before = begin("sha", ROLES), [], None
    for number, shift in enumerate(shifts):
        features = world.features(n)
        new = world.new(manifest, features, first=number * n, group=group, file=f"week {number}")
        seen.append(take_look(manifest, history, new, before))
        history = seen[-1].history
        y = world.outcomes(world.p(features), shift)
        before = Labels("labels", new.id, y)
    return seen


def test_quiet_weeks_are_quiet_and_looks_are_kept(world):
    seen = weeks(world, world.manifest(), [0.0] * 8)
    assert not any(one.found for one in seen)
    last = seen[-1]
    assert [look.n_labels for look in last.history.looks] == [0] + [300] * 7
    assert last.labelled.n_cases == 2100 and len(last.history.cases) == 2400
    assert last.labelled.auc.low < last.labelled.auc.value < last.labelled.auc.high


def test_what_begins_late_is_found_dated_and_mended_by_labels_since(world):
    seen = weeks(world, world.manifest(), [0.0] * 6 + [1.2] * 4)
    assert not seen[6].found and seen[8].found
    known, remedies = seen[-1].labelled, seen[-1].remedies
    assert known.calibration.since == 6 == known.changed_at
    assert known.calibration.seen > known.calibration.claimed + 0.1
    # Labels of the quiet weeks would teach that little has to be mended.
    assert remedies.since == 6 and remedies.n_labels == 900
    kept, mended = remedies.remedies
    assert mended.log_loss < kept.log_loss - 0.02


def test_what_was_said_of_earlier_looks_stays_as_it_was(world):
    """Later labels change nothing of the evidence before them."""
    seen = weeks(world, world.manifest(), [0.0, 0.4, 0.4, 0.4, 0.4])
    for earlier, later in zip(seen[1:-1], seen[2:], strict=True):
        before = earlier.labelled.calibration.log_e
        np.testing.assert_allclose(later.labelled.calibration.log_e[: len(before)], before)


def test_one_outcome_alone_is_no_error(world):
    manifest = world.manifest()
    features = world.features(60)
    new = world.new(manifest, features)
    labels = Labels("labels", new.id, np.zeros(60, np.int8))
    seen = take_look(manifest, begin("sha", ROLES), new, labels)
    assert np.isnan(seen.labelled.auc.value) and "all 60 labels say no" in seen.remedies.why_not


def test_costs_or_profit_are_weighed(world):
    cost = weeks(world, world.manifest(false_positive=1.0, false_negative=5.0), [1.0] * 4)
    kept, mended = cost[-1].remedies.remedies
    assert cost[-1].remedies.costs and mended.money < kept.money
    profit = weeks(world, world.manifest(value=30.0, action=4.0), [1.0] * 4)
    assert not profit[-1].remedies.costs and profit[-1].remedies.remedies[0].money is not None


def test_people_count_once_however_their_labels_come(world):
    group = np.repeat(np.arange(30), 10).astype(str).astype(object)
    manifest = world.manifest(group=np.repeat(np.arange(400), 10))
    seen = weeks(world, manifest, [0.3] * 6, group=group)
    known = seen[-1].labelled
    assert known.n_units == 30 and known.n_cases == 1500
    # Of thirty people the whole of what there is to know was known at the first look.
    assert known.calibration.log_e[-1] < known.calibration.needed


def test_history_comes_back_as_it_was_written(world, tmp_path):
    last = weeks(world, world.manifest(), [0.0] * 3)[-1].history
    time = np.arange(len(last.cases)).astype("datetime64[s]")
    last = replace(last, cases=replace(last.cases, time=time))
    write_history(tmp_path / "h.parquet", last)
    read = read_history(tmp_path / "h.parquet", tmp_path / "m", "sha")
    assert read.looks == last.looks and read.roles == last.roles
    for mine, other in zip(vars(read.cases).values(), vars(last.cases).values(), strict=True):
        np.testing.assert_array_equal(mine, other)
    assert read_history(tmp_path / "none.parquet", tmp_path / "m", "sha") is None
    with pytest.raises(DataError, match="another file"):
        read_history(tmp_path / "h.parquet", tmp_path / "m", "other")


def test_labels_join_by_id_whatever_their_order():
    cases = WatchedCases.none().with_more(
        WatchedCases(
            np.ones(4, np.int32), np.array(["a", "b", "c", "d"], object),
            np.full(4, "", object), np.arange(4).astype("datetime64[D]").astype("datetime64[s]"),
            np.full(4, 0.2), np.full(4, -1, np.int8), np.zeros(4, np.int32),
        )
    )  # fmt: skip
    labels = Labels(
        "l", np.array(["d", "x", "a", "a", "c"], object), np.array([1, 0, 0, 0, -1], np.int8)
    )
    joined = join_labels(labels, cases)
    assert joined.rows.tolist() == [0, 3] and joined.y.tolist() == [0, 1]
    assert joined.n_elsewhere == 1
    late = join_labels(labels, cases, np.timedelta64(2, "D"), np.datetime64("1970-01-04"))
    assert late.rows.tolist() == [0] and late.n_early == 1
    known = cases.with_labels(joined.rows, joined.y, 1)
    assert join_labels(labels, known).n_repeated == 2
    with pytest.raises(DataError, match="say something else"):
        join_labels(replace(labels, y=np.array([1, 0, 1, 1, -1], np.int8)), known)


def test_delay_needs_times(world):
    manifest = world.manifest(n=300)
    new = world.new(manifest, world.features(60))
    labels = Labels("labels", new.id, np.zeros(60, np.int8))
    with pytest.raises(RequestError, match="--time"):
        take_look(manifest, begin("s", ROLES), new, labels, np.timedelta64(1, "D"))


def test_no_labels_say_nothing(world):
    manifest = world.manifest(n=300)
    assert of_labels(manifest, manifest.reference, WatchedCases.none()) == (None, None)
    assert clock_columns(manifest) == ()
