"""Data sets whose files nobody has published a SHA-256 of."""

import hashlib

import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.dataset import Dataset
from intentbench.bench.download import fetch
from intentbench.bench.errors import DataError
from intentbench.bench.task import Card

CONTENT = b"pages,bought\n3,0\n9,1\n4,0\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Log(Dataset):
    card = Card("Log", "Bought?", "the shop", "CC0", "A purchase.", caveats=("Small.",))
    folder, files = "a_log", {"events.csv": ""}

    def read(self, paths):
        (path,) = paths.values()
        frame = pd.read_csv(path)
        return self.task(Cases(frame[["pages"]]), frame["bought"])


class Twice(Log):
    files = {"events.csv": SHA256}
    other_files = {"old.csv": ""}


@pytest.fixture
def put(monkeypatch, tmp_path):
    monkeypatch.setenv("INTENTBENCH_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(fetch, "cache_folder", lambda: tmp_path / "cache")

    def put(name, content=CONTENT):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return put


@pytest.mark.parametrize("where", ["data/a_log/events.csv", "cache/a_log/events.csv"])
def test_a_file_is_read_and_the_card_says_what_it_was(put, where):
    put(where)
    caveats = Log().load().card.caveats
    assert caveats[0] == "Small." and len(caveats) == 2
    assert "events.csv" in caveats[1] and "not verified" in caveats[1] and SHA256 in caveats[1]
    assert Log.card.caveats == ("Small.",)


def test_a_file_of_a_common_name_is_taken_from_the_data_sets_folder_only(put):
    put("data/events.csv")
    with pytest.raises(DataError, match="needs 'events.csv'"):
        Log().load()
    path = put("data/events.csv")
    assert Twice().locate() == {"events.csv": path}, "its SHA-256 says that it is the one"


def test_it_is_never_downloaded(put, monkeypatch):
    monkeypatch.setattr(fetch, "download", lambda *given: pytest.fail("nobody could verify it"))
    monkeypatch.setattr(Log, "url", "https://shop.example/events.csv")
    monkeypatch.setattr(Log, "how_to_get", "Ask the shop.")
    with pytest.raises(DataError) as caught:
        Log().load()
    message = str(caught.value)
    assert "nobody knows its SHA-256" in message and message.endswith("Ask the shop.")
    assert "the sub-folder a_log of any folder" in message


def test_verified_files_leave_the_card_alone(put):
    put("data/a_log/events.csv")
    assert Twice().load().card is Twice.card


def test_files_of_another_layout_serve_where_the_first_are_missing(put):
    old = put("data/a_log/old.csv")
    assert Twice().locate() == {"old.csv": old}
    assert "old.csv" in Twice().load().card.caveats[-1]
    new = put("data/a_log/events.csv")
    assert Twice().locate() == {"events.csv": new}


def test_what_is_missing_is_named_by_the_first_layout(put):
    with pytest.raises(DataError, match=r"needs 'events\.csv', which"):
        Twice().locate()


def test_many_missing_files_are_named_as_a_list(put, monkeypatch):
    monkeypatch.setattr(Log, "files", {"a.csv": "", "b.csv": "", "c.csv": ""})
    with pytest.raises(DataError, match=r"needs 'a\.csv', 'b\.csv' and 'c\.csv', which"):
        Log().locate()


def test_values_are_verified_whatever_the_writing(put, monkeypatch):
    put("data/a_log/events.csv")
    monkeypatch.setattr(Log, "content", Log().load().fingerprint())
    put("data/a_log/events.csv", CONTENT.replace(b"\n", b"\r\n").replace(b",1", b",1.0"))
    assert Log().load().card is Log.card, "verified: nothing is to be said"
    put("data/a_log/events.csv", CONTENT.replace(b"9,1", b"8,1"))
    with pytest.raises(DataError, match="not the published values") as caught:
        Log().load()
    assert "events.csv" in str(caught.value) and Log.content in str(caught.value)
