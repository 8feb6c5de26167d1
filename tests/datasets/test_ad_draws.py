"""Criteo and Avazu: files written in their layouts, and rows drawn from them."""

import gzip
import hashlib
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.errors import DataError
from intentbench.bench.splits.resampling import Resampling
from intentbench.datasets import avazu, criteo
from intentbench.datasets.avazu import Avazu
from intentbench.datasets.criteo import Criteo

# Taken before the fixture points it at a folder of the test's own.
ORIGINAL = os.environ.get("INTENTBENCH_DATA", "")


def md5(text):
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def criteo_lines(n, seed=0):
    rng = np.random.default_rng(seed)
    lines = []
    for line in range(n):
        numbers = ["" if rng.random() < 0.2 else str(rng.integers(-2, 99)) for _ in criteo.NUMBERS]
        numbers[0] = str(line)  # says which line it was
        names = ["" if rng.random() < 0.1 else f"{rng.integers(0, 9):08x}" for _ in criteo.NAMES]
        lines.append("\t".join([str(int(rng.random() < 0.3)), *numbers, *names]))
    return lines


def avazu_lines(n, seed=0):
    rng = np.random.default_rng(seed)
    hours = np.sort(rng.integers(0, 240, n))
    days, hours = 21 + hours // 24, hours % 24
    lines = [",".join(avazu.LAYOUT.columns)]
    for line in range(n):
        names = [f"{rng.integers(0, 9):08x}" for _ in avazu.NAMES]
        names[0] = str(line)
        identity = str(10_000_000_000_000_000_000 - 7 * line)
        click = str(int(rng.random() < 0.2))
        lines.append(",".join([identity, click, f"1410{days[line]}{hours[line]:02d}", *names]))
    return lines


def text(lines):
    return "\n".join([*lines, ""])


class TestCriteo:
    def test_small_files_are_read_whole_in_their_order(self, provide):
        lines = criteo_lines(50)
        provide("criteo/train.txt", text(lines))
        task = Criteo().load()
        features = task.cases.features
        assert features["I1"].tolist() == list(range(50))
        assert task.target.tolist() == [int(line[0]) for line in lines]
        cells = [line.split("\t") for line in lines]
        assert features["I5"].isna().tolist() == [row[5] == "" for row in cells]
        assert features["C26"].astype(object).where(features["C26"].notna(), "").tolist() == [
            row[39] for row in cells
        ]
        assert list(features) == [*criteo.NUMBERS, *criteo.NAMES]

    def test_the_clock_counts_lines_and_splits_in_their_order(self, provide):
        provide("criteo/train.txt.gz", text(criteo_lines(300)))
        task = Criteo().load()
        assert (np.diff(task.time.astype(np.int64)) == 1).all()
        for fold in Resampling(folds=3).plan(task):
            split = fold.splits[0]
            assert max(split.fit.max(), split.valid.max()) < fold.test.min()

    def test_lines_are_drawn_by_their_number_alone(self, provide):
        lines = criteo_lines(1_500)
        provide("criteo/train.txt", text(lines))
        task = Criteo(rows=1_000).load()
        drawn = sorted(sorted(range(1_500), key=lambda line: md5(str(line)))[:1_000])
        assert task.cases.features["I1"].tolist() == drawn
        assert task.time.astype(np.int64).tolist() == drawn

    @pytest.mark.parametrize("line", ["Id,Label,I1\n1,0,2\n", "0\t1\t2\n"])
    def test_another_layout_is_refused(self, provide, line):
        provide("criteo/train.txt", line)
        with pytest.raises(DataError, match=r"(?s)40 cells and no names.*with a tab") as told:
            Criteo().load()
        assert line.splitlines()[0].encode("unicode_escape").decode() in str(told.value)

    def test_a_file_cut_off_is_refused(self, provide):
        path = provide("criteo/train.txt.gz", text(criteo_lines(2_000)))
        path.write_bytes(path.read_bytes()[:-4_000])
        with pytest.raises(DataError, match="cannot be read to the end"):
            Criteo().load()

    def test_real_lines_where_a_sample_is_at_hand(self, provide):
        sample = Path(ORIGINAL, "criteo_tiny/criteo_train_tiny_1999.csv.gz")
        if not sample.is_file():
            pytest.skip("needs $INTENTBENCH_DATA/criteo_tiny")
        lines = gzip.decompress(sample.read_bytes()).decode().splitlines()[1:]
        official = [line.partition(",")[2].replace(",", "\t") for line in lines]
        provide("criteo/train.txt", text(official))
        task = Criteo().load()
        assert (len(task), int(task.target.sum())) == (1_999, 418)


class TestAvazu:
    def test_what_a_row_becomes(self, provide):
        lines = avazu_lines(60)
        provide("avazu/train.gz", text(lines))
        task = Avazu().load()
        features = task.cases.features
        assert not {"id", "click", "hour", "device_id", "device_ip"} & set(features)
        cells = {row[3]: row for row in (line.split(",") for line in lines[1:])}
        for case, which in enumerate(features["C1"]):
            _, click, hour, *_ = cells[which]
            moment = pd.to_datetime(hour, format="%y%m%d%H")
            assert task.target[case] == int(click) and task.time[case] == moment
            assert features["hour_of_day"].iloc[case] == moment.hour
            assert features["weekday"].iloc[case] == moment.weekday()
            assert features["C21"].iloc[case] == cells[which][-1]

    def test_rows_are_drawn_by_their_id_alone(self, provide):
        header, *lines = avazu_lines(1_500)
        provide("avazu/train", text([header, *lines]))
        task = Avazu(rows=1_000).load()
        identity = {line.split(",")[3]: line.split(",")[0] for line in lines}
        drawn = {identity[which] for which in task.cases.features["C1"]}
        assert drawn == set(sorted(identity.values(), key=md5)[:1_000])
        assert (np.diff(task.time.astype(np.int64)) >= 0).all(), "in the order of time"
        provide("avazu/train", text([header, *np.random.default_rng(1).permutation(lines)]))
        assert Avazu(rows=1_000).load().fingerprint() == task.fingerprint()

    def test_train_hours_come_before_test_hours(self, provide):
        provide("avazu/train", text(avazu_lines(600)))
        task = Avazu().load()
        for fold in Resampling(folds=3).plan(task):
            assert task.time[fold.splits[0].valid].max() < task.time[fold.test].min()

    def test_an_hour_that_is_none_is_named(self, provide):
        header, first, *lines = avazu_lines(30)
        cells = first.split(",")
        cells[2] = "2014-10-21"
        provide("avazu/train", text([header, ",".join(cells), *lines]))
        with pytest.raises(DataError, match="holds the hour '2014-10-21'.*YYMMDDHH"):
            Avazu().load()

    def test_a_file_without_its_names_is_refused(self, provide):
        provide("avazu/train", text(avazu_lines(30)[1:]))
        with pytest.raises(DataError, match="should have the names: id, click, hour"):
            Avazu().load()


@pytest.mark.parametrize("kind", [Criteo, Avazu])
@pytest.mark.parametrize("wrong", [999, 2_000_001, 1e5, True])
def test_a_wrong_number_of_rows_says_what_would_be_right(kind, wrong):
    with pytest.raises(DataError, match=r"rows is .* whole number, 1,000 to 2,000,000"):
        kind(rows=wrong)


@pytest.mark.parametrize("kind", [Criteo, Avazu])
def test_a_missing_file_says_how_to_get_it(kind, provide):
    with pytest.raises(DataError) as caught:
        kind().load()
    assert kind.how_to_get in str(caught.value)


@pytest.mark.parametrize("kind", [Criteo, Avazu])
def test_nothing_stays_behind(kind, provide, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    provide("criteo/train.txt", text(criteo_lines(50)))
    provide("avazu/train", text(avazu_lines(50)))
    before = sorted(tmp_path.iterdir())
    kind().load()
    assert sorted(tmp_path.iterdir()) == before
