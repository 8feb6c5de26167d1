import numpy as np
import pytest
from intentbench.bench.watch.drift import MISSING, NEW, SCORE, VALUES, drift_of


def found(drift):
    return {(each.column, each.way) for each in drift.found}


def test_cases_of_the_same_kind_are_quiet(world):
    manifest = world.manifest()
    for _ in range(10):
        drift = drift_of(manifest.reference, world.new(manifest, world.features(400)))
        assert not drift.found and drift.stability_index < 0.1
        assert all(each.low <= each.value <= each.high for each in drift.compared)


def test_what_moved_is_named_and_nothing_else(world):
    manifest = world.manifest()
    features = world.features(800)
    moved = features.assign(
        spent=features["spent"] * 3,
        channel=np.where(np.arange(800) % 4 == 0, "pigeon", features["channel"]),
    )
    drift = drift_of(manifest.reference, world.new(manifest, moved))
    assert found(drift) == {("spent", VALUES), ("channel", VALUES), ("channel", NEW)}
    lost = features.assign(pages=features["pages"].mask(np.arange(800) % 3 == 0))
    drift = drift_of(manifest.reference, world.new(manifest, lost.assign(pages=lost["pages"])))
    assert ("pages", MISSING) in found(drift) and ("pages", VALUES) not in found(drift)
    flipped = drift_of(
        manifest.reference, world.new(manifest, features.assign(returns=~features["returns"]))
    )
    assert found(flipped) == {("returns", VALUES)}


def test_scores_that_moved_come_first(world):
    manifest = world.manifest()
    features = world.features(800)
    drift = drift_of(
        manifest.reference, world.new(manifest, features.assign(pages=features["pages"] + 4))
    )
    assert drift.found[0].column == SCORE and ("pages", VALUES) in found(drift)
    assert drift.stability_index > 0.25


def test_a_column_of_the_clock_is_not_compared(world):
    manifest = world.manifest()
    new = world.new(manifest, world.features(300).assign(pages=99))
    drift = drift_of(manifest.reference, new, ["pages"])
    assert not [each for each in drift.compared if each.column == "pages"]


def test_one_person_of_many_visits_is_no_drift(world):
    manifest = world.manifest()
    features = world.features(400)
    features.loc[:150, "channel"] = "search"  # one person's
    group = np.where(np.arange(400) <= 150, 0, np.arange(400)).astype(str).astype(object)
    alone = drift_of(manifest.reference, world.new(manifest, features))
    grouped = drift_of(manifest.reference, world.new(manifest, features, group=group))

    def of(drift):
        return next(e for e in drift.compared if (e.column, e.way) == ("channel", VALUES))

    assert of(alone).found and not of(grouped).found


def test_too_few_cases_are_said_to_be_too_few(world):
    manifest = world.manifest()
    drift = drift_of(manifest.reference, world.new(manifest, world.features(3)))
    assert not drift.found
    assert any(np.isnan(each.value) for each in drift.compared)


def test_all_missing_and_never_known_columns_are_compared_by_what_there_is(world):
    manifest = world.manifest()
    features = world.features(200)
    drift = drift_of(
        manifest.reference, world.new(manifest, features.assign(spent=np.full(200, np.nan)))
    )
    assert ("spent", MISSING) in found(drift)
    assert drift.compared[-1].column == SCORE


def test_interval_covers_the_shares_that_were_moved(world):
    manifest = world.manifest(n=20_000)
    features = world.features(20_000)
    new = features.assign(spent=features["spent"].mask(world.rng.random(20_000) < 0.2))
    drift = drift_of(manifest.reference, world.new(manifest, new))
    one = next(e for e in drift.compared if (e.column, e.way) == ("spent", MISSING))
    assert one.low < 0.18 < one.high and one.value == pytest.approx(0.18, abs=0.02)
