"""Tables as JSON: the same table in every form, with what stands inside named by its path."""

import json

import pandas as pd
import pyarrow as pa
import pytest
from intentbench.bench.errors import DataError
from intentbench.datasets.table_file import TableFile
from pyarrow import parquet

ROWS = [
    {
        "pages": k * 7 % 23,
        "bought": ["no", "yes", "no"][k % 3],
        "user": {
            "age": 20 + k % 40,
            "city": {"name": "ab"[k % 2]},
            "seen": f"2024-01-{1 + k % 28}",
        },
        "text": f'a}}{{"[\\{k % 3}',
    }
    for k in range(60)
]
FLAT = pd.json_normalize(ROWS)[
    ["pages", "bought", "user.age", "user.city.name", "user.seen", "text"]
]
FORMS = {
    "lines": "\n".join(map(json.dumps, ROWS)),
    "an array": json.dumps(ROWS),
    "an array over lines": json.dumps(ROWS, indent=1),
    "an array of lines": "[\n" + ",\n".join(map(json.dumps, ROWS)) + "\n]\n",
    "objects over lines": "\n".join(json.dumps(row, indent=2) for row in ROWS),
    "an object around the list": json.dumps({"n": 60, "data": ROWS}),
    "two objects around the list": json.dumps({"answer": {"n": 60, "data": ROWS}}, indent=2),
    "an array with a mark": "\ufeff" + json.dumps(ROWS),
    "pandas, by columns": FLAT.to_json(),
    "pandas, by index": FLAT.to_json(orient="index"),
    "pandas, split": FLAT.to_json(orient="split"),
    "pandas, records": FLAT.to_json(orient="records"),
}


def load(path, **keywords):
    return TableFile(path=str(path), target="bought", **keywords).load()


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    path = tmp_path_factory.mktemp("json") / "visits.csv"
    FLAT.to_csv(path, index=False)
    return load(path)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["visits.json", "visits.jsonl"])
def test_a_table_is_the_same_in_every_form(form, name, plain, tmp_path):
    path = tmp_path / name
    path.write_text(FORMS[form])
    task = load(path)
    assert task.fingerprint() == plain.fingerprint() and len(task) == 60
    told = [caveat for caveat in task.card.caveats if "read as a table of rows" in caveat]
    assert bool(told) == (form in list(FORMS)[5:7] + list(FORMS)[8:11])


def test_records_of_parquet_are_named_by_their_paths_too(plain, tmp_path):
    path = tmp_path / "visits.parquet"
    parquet.write_table(pa.Table.from_pylist(ROWS), path)
    assert load(path).fingerprint() == plain.fingerprint()


def test_a_path_can_have_a_role(tmp_path):
    path = tmp_path / "visits.json"
    path.write_text(json.dumps(ROWS))
    assert load(path, group="user.city.name").group is not None
    with pytest.raises(DataError, match="Did you mean 'user.age'"):
        load(path, drop=["user.ages"])


def test_two_objects_on_a_line_are_two_rows(tmp_path):
    path = tmp_path / "visits.jsonl"
    rows = [row | {"text": str(k) if k < 58 else "soon"} for k, row in enumerate(ROWS)]
    pairs = zip(rows[::2], rows[1::2], strict=True)
    path.write_text("\n".join(json.dumps(a) + json.dumps(b) for a, b in pairs))
    task = load(path)
    assert len(task) == 60
    assert any("first 'soon' (rows 59 and 60)" in caveat for caveat in task.card.caveats)


def test_half_a_surrogate_is_refused_like_any_wrong_text(tmp_path):
    path = tmp_path / "visits.json"
    path.write_text(json.dumps({"data": [ROWS[0] | {"text": "\ud800"}, *ROWS]}))
    with pytest.raises(DataError, match="surrogate pair"):
        load(path)


def test_what_only_late_rows_hold_is_missing_before(tmp_path):
    path = tmp_path / "visits.json"
    path.write_text(json.dumps([*ROWS, ROWS[0] | {"new": {"b": 2}}, ROWS[1] | {"new": {"b": 3}}]))
    found = {profile.name: profile for profile in load(path).profile}
    assert found["new.b"].n_missing == 60


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (json.dumps(ROWS)[:-50], "its brackets do not match, up to line 1; it is cut off"),
        (json.dumps(ROWS, indent=1)[:-50], "up to line 7"),
        (json.dumps(ROWS)[:-1] + ',{"a":' + "[" * 10**5 + "]" * 10**5 + "}]", "more than 64 br"),
        (json.dumps(ROWS)[:-1] + ',{"' + "k" * 10**5 + '":1}]', "object 61: a key of 100,000 let"),
        ('{"n": 1, "data": ' + "[" * 10**5 + "]" * 10**5 + "}", "more than 64 brackets"),
        (json.dumps([ROWS[0] | {"pages": "x"}, *ROWS]), "object 2: column 'pages' holds a number"),
        (json.dumps([ROWS[0] | {"user.age": 3}, *ROWS]), "are both called 'user.age'"),
        (FLAT.to_json(orient="values"), "is no row"),
        ("[[1,\n{}]]", "line 1: a list inside a list is no row"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(content, words, tmp_path):
    path = tmp_path / "visits.json"
    path.write_text(content)
    with pytest.raises(DataError) as error:
        load(path)
    assert words in str(error.value) and len(str(error.value)) < 400
