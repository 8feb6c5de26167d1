"""Mangled files: an answer or a message; never a traceback, a hang, or a silent wrong number."""

import gzip
import io

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intentbench.bench.errors import DataError, RequestError
from intentbench.datasets.table_file import TableFile

N = 60
UNREADABLE = ("###", "??", "1.2.3", "--", "12abc", "\ufffd", "0x1F", "1e", "O")
slowly = settings(
    max_examples=150,
    deadline=600_000,  # longer is a hang, however busy the machine
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)


def sound():
    i = np.arange(N)
    return pd.DataFrame(
        {
            "pages": 1 + i * 7 % 23,
            "seconds": 1.5 + i * 13 % 97,
            "channel": np.array(["mail", "search, paid", "direct"])[i * 5 % 7 % 3],
            "day": [f"2024-03-{1 + k * 11 % 28:02d}" for k in i],
            "bought": np.where(i % 3 == 0, "yes", "no"),
        }
    )


CSV = sound().to_csv(index=False).encode()
JSONL = sound().to_json(orient="records", lines=True).encode()


def packed(write):
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


FILES = {
    "visits.csv": CSV,
    "visits.tsv": sound().to_csv(index=False, sep="\t").encode(),
    "visits.jsonl": JSONL,
    "visits.parquet": packed(lambda buffer: sound().to_parquet(buffer, index=False)),
    "visits.feather": packed(lambda buffer: sound().to_feather(buffer)),
    "visits.csv.gz": gzip.compress(CSV, mtime=0),
    "visits.jsonl.zst": pa.Codec("zstd").compress(JSONL).to_pybytes(),
}


def read(folder, name, content, **keywords):
    """Give the task, or None where a message of the house says why there is none."""
    path = folder / name
    path.write_bytes(content)
    try:
        return TableFile(path=str(path), target="bought", **keywords).load()
    except (DataError, RequestError) as error:
        assert len(str(error)) > 30 and "\0" not in str(error)
        return None


@slowly
@given(st.sampled_from(sorted(FILES)), st.floats(0, 1))
def test_cut_files_end_in_a_message_or_a_table(tmp_path, name, share):
    content = FILES[name]
    task = read(tmp_path, name, content[: int(share * len(content))])
    if task is not None:
        assert len(task) <= N
        # Only a file of lines can be cut where nobody can see it: at the end of a line.
        assert name in ("visits.csv", "visits.tsv", "visits.jsonl") or share == 1


@slowly
@given(st.sampled_from(sorted(FILES)), st.lists(st.integers(0, 10**6), min_size=1, max_size=8),
       st.integers(1, 255))  # fmt: skip
def test_flipped_bytes_end_in_a_message_or_a_table(tmp_path, name, places, flip):
    content = bytearray(FILES[name])
    for place in places:
        content[place % len(content)] ^= flip
    task = read(tmp_path, name, bytes(content))
    assert task is None or 0 < len(task) <= N + len(places)


@slowly
@given(st.binary(max_size=300), st.sampled_from(sorted(FILES)))
def test_any_bytes_end_in_a_message_or_a_table(tmp_path, content, name):
    read(tmp_path, name, content)


@slowly
@given(
    st.sampled_from([";", "|", "\t", "^", " ", '"', "\r", "\n\n"]),
    st.sampled_from([",", "\n", "-", '"', "yes"]),
    st.integers(1, 400),
)
def test_swapped_characters_end_in_a_message_or_a_table(tmp_path, new, old, times):
    task = read(tmp_path, "visits.csv", CSV.decode().replace(old, new, times).encode())
    if task is not None and old == "," and new in ";|\t^ ":
        # Only if all of them were swapped can it still be a table, and then it is said.
        assert any("cells are separated by" in caveat for caveat in task.card.caveats)


@slowly
@given(st.data())
def test_no_cell_that_cannot_be_read_goes_unsaid(tmp_path, data):
    column = data.draw(st.sampled_from(["pages", "seconds", "day"]))
    rows = data.draw(st.lists(st.integers(0, N - 1), min_size=1, max_size=N, unique=True))
    frame = sound().astype("str")
    texts = data.draw(st.lists(st.sampled_from(UNREADABLE), min_size=1, max_size=3))
    frame.loc[rows, column] = [texts[i % len(texts)] for i in range(len(rows))]
    task = read(tmp_path, "visits.csv", frame.to_csv(index=False).encode())
    (profile,) = [found for found in task.profile if found.name == column]
    warned = any(repr(column) in caveat for caveat in task.card.caveats)
    # With hardly a number left, the column is one of texts, and the profile shows it as such.
    assert warned or profile.kind not in ("number", "date")
    if profile.kind == "number":
        kept = frame[column].drop(rows).astype(float)
        values = task.cases.features[column]
        assert values.drop(rows).tolist() == kept.tolist() and values[rows].isna().all()


@slowly
@given(st.lists(st.integers(0, N - 1), min_size=1, max_size=20, unique=True),
       st.sampled_from(["", "maybe", "YES ", "1", "Y", "是"]))  # fmt: skip
def test_no_outcome_is_made_up(tmp_path, rows, value):
    frame = sound()
    frame.loc[rows, "bought"] = value
    task = read(tmp_path, "visits.csv", frame.to_csv(index=False).encode())
    if value == "":
        kept = np.delete(sound()["bought"].to_numpy() == "yes", rows)
        assert task.target.tolist() == kept.astype(int).tolist()
        assert any("their target is missing" in caveat for caveat in task.card.caveats)
    elif value == "maybe":
        assert task is None
    else:  # other spellings of yes are yes, and that is said
        expected = sound()["bought"].to_numpy() == "yes"
        expected[rows] = True
        assert task.target.tolist() == expected.astype(int).tolist()
        assert any("spellings of one outcome" in caveat for caveat in task.card.caveats)
