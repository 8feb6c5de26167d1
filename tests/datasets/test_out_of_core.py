"""Tables larger than memory: a sample in memory, all other rows on disk, read the same way."""

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cell.further_cases import asked_of_further, rows_of
from intentbench.bench.errors import DataError
from intentbench.bench.language.sentence import said
from intentbench.bench.run.canary import canary_work
from intentbench.bench.run.work import Work
from intentbench.bench.splits.fold import Split
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.stored_cases import StoredCases
from intentbench.bench.suite.suite import Suite
from intentbench.bench.task import ALWAYS_VALID
from intentbench.datasets._table import blocks
from intentbench.datasets.table_file import TableFile

N = 3000


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(blocks, "_ROWS", 700)  # several blocks
    return tmp_path / "cache" / "intentbench" / "table_file"


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(5)
    day = np.sort(rng.integers(0, 300, N))
    return pd.DataFrame(
        {
            "who": [f"p{number}" for number in rng.integers(0, 400, N)],
            "at": pd.Timestamp("2024-01-01") + pd.to_timedelta(day, "D"),
            "amount": np.where(rng.random(N) < 0.1, np.nan, rng.exponential(20, N).round(2)),
            "kind": rng.choice(["new", "old", "vip"], N),
            "bought": np.where(rng.random(N) < 0.3, "won", "lost"),
        }
    )


def load(path, **keywords):
    given = {"positive": "won", "rows": 500, "out_of_core": True, **keywords}
    return TableFile(str(path), "bought", **given).load()


def everything(task):
    """Give all cases of a task, those in memory first."""
    stored, columns = task.further, {}
    for name in stored.names:
        values = stored.read(name, 0, stored.n_cases)
        if name in stored.values:
            values = np.array(stored.values[name], dtype=object)[values]
        columns[name] = np.concatenate([task.cases.features[name].to_numpy(object), values])
    return pd.DataFrame(columns).assign(y=np.concatenate([task.target, stored.target]))


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_sample_and_further_rows_are_the_table(table, tmp_path, ending):
    path = tmp_path / f"large.{ending}"
    write = table.to_csv if ending == "csv" else table.to_parquet
    write(path, index=False)
    task = load(path, group="who", time="at")
    whole = TableFile(str(path), "bought", positive="won", group="who", time="at").load()
    assert 400 < len(task) <= 500 and len(task) + task.further.n_cases == N
    found = everything(task)
    expected = whole.cases.features.assign(y=whole.target)
    order = list(found.columns)
    assert order == list(expected.columns)
    kinds = {
        name: float if pd.api.types.is_numeric_dtype(kind) else "str"
        for name, kind in expected.dtypes.items()
    }
    same = [
        frame.astype(kinds).sort_values(order, ignore_index=True) for frame in (found, expected)
    ]
    pd.testing.assert_frame_equal(*same)
    times = np.sort(np.concatenate([task.time, task.further.time]))
    assert np.array_equal(times, np.sort(whole.time))
    # Nobody is on both sides.
    sampled = table["who"][table["at"].isin(task.time)]
    assert len(np.unique(task.group)) < sampled.nunique()
    (told,) = [said(c) for c in task.card.caveats if "Out of core" in said(c)]
    assert told.startswith(f"Out of core: {len(task)} of 3,000 rows")
    # In time, only what was known before the first watched or tested case.
    split = Split(np.flatnonzero(task.time < task.time.max()), np.array([len(task) // 2]))
    asked = asked_of_further(task, split, np.array([len(task) - 1]), None)
    until = task.time[[len(task) // 2, len(task) - 1]].min()
    assert np.array_equal(rows_of(task.further, asked), np.flatnonzero(task.further.time < until))


SPLITS = {
    "folds": np.array(["1", "2", "3"], dtype=object)[np.arange(N) % 3],
    "sides": np.array(["train", "train", "valid", "test", "train"], dtype=object)[np.arange(N) % 5],
}


@pytest.mark.parametrize("kind", SPLITS)
@pytest.mark.parametrize("half", [None, 1])
def test_given_split_keeps_its_sides_on_disk_too(table, tmp_path, kind, half):
    number, part = np.arange(N) + 0.5, SPLITS[kind]
    table[["amount", "bought"]].assign(number=number, part=part).to_csv(
        tmp_path / "large.csv", index=False
    )
    task = load(tmp_path / "large.csv", split="part", keep=["number"])
    of_sample = task.cases.features["number"].to_numpy()
    on_disk = task.further.read("number", 0, task.further.n_cases)
    assert set(of_sample) | set(on_disk) == set(number)
    for fold in Resampling().plan(task):
        (split,) = fold.splits
        tested = part[(of_sample[fold.test] - 0.5).astype(int)]
        (side,) = set(tested)
        # What a fold of the whole table learns from and does not watch.
        expected = {n for n, of in zip(number, part, strict=True) if of not in (side, "valid")}
        rows = rows_of(task.further, asked_of_further(task, split, fold.test, half))
        learnt = {*on_disk[rows]}
        if half is None:
            assert learnt | set(of_sample[split.fit]) | set(of_sample[split.valid]) >= expected
            assert learnt == expected & set(on_disk)
        else:
            every_second = set(on_disk[half::2])
            assert learnt == expected & every_second


def test_split_on_disk_has_the_parts_of_the_sample(table, tmp_path):
    parts = SPLITS["folds"].copy()
    path = tmp_path / "large.csv"
    sample = load_rows(table, path)
    row = next(row for row in range(2000, N) if row not in sample)
    parts[row] = "4"
    table[["amount", "bought"]].assign(part=parts).to_csv(path, index=False)
    with pytest.raises(DataError, match=f"'part' of large.csv holds '4' in row {row + 1:,}"):
        load(path, split="part")
    parts[row] = None
    table[["amount", "bought"]].assign(part=parts).to_csv(path, index=False)
    with pytest.raises(DataError, match="'part' .* is missing"):
        load(path, split="part")
    sides = np.where(np.arange(N) % 2, "train", "test").astype(object)
    sides[row] = "valid"  # is known by its name
    table[["amount", "bought"]].assign(part=sides).to_csv(path, index=False)
    assert (load(path, split="part").further.side == ALWAYS_VALID).sum() == 1


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_weights_of_rows_on_disk_are_read_as_those_in_memory(table, tmp_path, ending):
    path, rng = tmp_path / f"large.{ending}", np.random.default_rng(1)
    people = rng.integers(0, 2000, N).astype(float)
    people[7] = np.nan
    weighed = table[["amount", "kind", "bought"]].assign(people=people)
    write = weighed.to_csv if ending == "csv" else weighed.to_parquet
    write(path, index=False)
    task = load(path, weight="people")
    whole = TableFile(str(path), "bought", positive="won", weight="people").load()
    weights = np.concatenate([task.weight, task.further.weight])
    assert np.array_equal(np.sort(weights), np.sort(whole.weight))
    outcomes = np.concatenate([task.target, task.further.target])
    assert weights[outcomes == 1].sum() == whole.weight[whole.target == 1].sum()
    assert task.further.weight.min() > 0
    (told,) = [said(c) for c in task.card.caveats if "rows on disk are left out" in said(c)]
    held = load(path, drop=["people"])  # the same sample, rows without weight among it
    n_out = N - len(whole) - (len(held) - len(task))
    assert told == f"{n_out} rows on disk are left out: 'people' is missing or 0."


def test_weight_on_disk_that_is_none_is_named(table, tmp_path):
    path = tmp_path / "large.csv"
    sample = load_rows(table, path)
    row = next(row for row in range(2000, N) if row not in sample)
    people = np.ones(N).astype(object)
    people[row] = -3
    table[["amount", "bought"]].assign(people=people).to_csv(path, index=False)
    with pytest.raises(DataError, match=rf"'people' of large.csv holds '-3' in row {row + 1:,}"):
        load(path, weight="people")


def test_halves_part_the_further_cases(table, tmp_path):
    table.to_parquet(tmp_path / "large.parquet", index=False)
    task = load(tmp_path / "large.parquet", drop=["at"])
    rows = Split(np.arange(100), np.arange(100, 200)), np.arange(200, 300)
    halves = [rows_of(task.further, asked_of_further(task, *rows, half)) for half in (0, 1)]
    assert np.array_equal(np.sort(np.concatenate(halves)), np.arange(task.further.n_cases))
    assert rows_of(task.further, asked_of_further(task, *rows, None)) is None


def test_it_is_read_once_and_anew_when_the_file_changes(table, tmp_path, cache):
    path = tmp_path / "large.parquet"
    table.to_parquet(path, index=False)
    first = load(path)
    written = sorted(cache.iterdir())
    assert load(path).fingerprint() == first.fingerprint()
    assert sorted(cache.iterdir()) == written
    table.assign(amount=table["amount"] + 1).to_parquet(path, index=False)
    assert load(path).fingerprint() != first.fingerprint()
    # What lies in the cache is looked at before it is believed.
    file = first.further.folder / "column-0.i4"
    damaged = bytearray(file.read_bytes())
    damaged[0] ^= 1
    file.write_bytes(damaged)
    with pytest.raises(DataError, match="was changed since it was written"):
        first.further.verify()
    file.write_bytes(damaged[:-4])
    with pytest.raises(DataError, match="not as long as it should be"):
        StoredCases.open(first.further.folder)


def test_row_that_contradicts_the_sample_is_named(table, tmp_path, cache):
    path = tmp_path / "large.csv"
    texts = table.astype({"amount": "str"})
    sample = load_rows(texts, path)
    row = next(row for row in range(2000, N) if row not in sample)
    for column, value, told in (
        ("amount", "much", f"holds 'much' in row {row + 1:,}"),
        ("bought", "perhaps", "'perhaps'"),
    ):
        changed = texts.copy()
        changed.loc[row, column] = value
        changed.to_csv(path, index=False)
        with pytest.raises(DataError, match=told):
            load(path)
        assert not list(cache.glob(".part-*"))


def load_rows(texts, path):
    """Give the numbers of the rows in the sample, which hang on nothing but their number."""
    texts.assign(at=np.arange(N) + 0.5).to_csv(path, index=False)
    return {int(value) for value in load(path, keep=["at"]).cases.features["at"]}


def test_cells_that_the_sample_lacks_too_are_counted(table, tmp_path):
    path = tmp_path / "large.csv"
    texts = table.astype({"amount": "str"})
    texts.loc[::40, "amount"] = "much"
    texts.to_csv(path, index=False)
    caveats = [said(caveat) for caveat in load(path).card.caveats]
    assert "'amount': 75 cells of all rows could not be read and count as missing." in caveats


def test_small_table_is_an_ordinary_task(table, tmp_path):
    table[:400].to_csv(tmp_path / "small.csv", index=False)
    assert load(tmp_path / "small.csv").further is None


def test_what_cannot_be_streamed_is_refused(table, tmp_path):
    path = tmp_path / "large.csv.gz"
    table.to_csv(path, index=False)
    with pytest.raises(DataError, match="no --in-order"):
        load(path, in_order=True)
    table.drop(columns="at").to_json(tmp_path / "large.jsonl", orient="records", lines=True)
    with pytest.raises(DataError, match="Parquet, CSV and TSV"):
        load(tmp_path / "large.jsonl")
    with pytest.raises(DataError, match="holds not even one group"):
        load(path, group="kind")
    table.assign(who=table["who"].where(np.arange(N) != 7)).to_csv(path, index=False)
    with pytest.raises(DataError, match="'who' of large.csv.gz is missing in row 8"):
        load(path, group="who")


def test_full_disk_leaves_nothing_behind(table, tmp_path, cache, monkeypatch):
    table.to_csv(tmp_path / "large.csv", index=False)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("intentbench.bench.stored_cases.CaseWriter.add", full)
    with pytest.raises(DataError, match=r"No space left on device\.  Free some space there"):
        load(tmp_path / "large.csv")
    assert not [
        folder for folder in cache.iterdir() if folder.name.startswith((".part", "further"))
    ]


def test_canary_learns_nothing_from_disk(table, tmp_path):
    table.to_csv(tmp_path / "large.csv", index=False)
    task = load(tmp_path / "large.csv", drop=["at"])
    plan = Resampling().plan(task)
    work = Work(Suite("s", "s", ()), (task,), (), {task.name: plan}, {})
    assert all(dealt.further is None for dealt in canary_work(work).tasks)
