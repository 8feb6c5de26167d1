import gzip
import hashlib
import zipfile

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.dataset import Dataset
from intentbench.bench.download import fetch
from intentbench.bench.errors import DataError
from intentbench.bench.task import Card

CONTENT = b"pages,bought\n3,0\n9,1\n4,0\n"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Visits(Dataset):
    card = Card("Visits", "Bought?", "https://shop.example/visits", "CC0", "A purchase.")
    files = {"visits.csv": SHA256}
    n_cases, n_positive = 3, 1

    def read(self, paths):
        frame = pd.read_csv(paths["visits.csv"])
        return self.task(Cases(frame[["pages"]]), frame["bought"], group=["a", "b", "b"])


class Shelf(Visits):
    package, package_folder = "a_shelf_of_files", "inner"


@pytest.fixture
def folders(monkeypatch, tmp_path):
    """A data folder and a cache of the test's own, both empty."""
    data, cache = tmp_path / "data", tmp_path / "cache"
    data.mkdir()
    monkeypatch.setenv("INTENTBENCH_DATA", str(data))
    monkeypatch.setattr(fetch, "cache_folder", lambda: cache)
    return data, cache


def put(path, content=CONTENT):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def a_download(monkeypatch, *, content=CONTENT, error=None):
    calls = []

    def download(url, files, folder):
        calls.append((url, dict(files), folder))
        if error is not None:
            raise DataError(error)
        for name in files:
            put(folder / name, content)

    monkeypatch.setattr(fetch, "download", download)
    return calls


def test_load_gives_a_task_with_the_plugins_name_card_and_agreed_types(folders):
    put(folders[0] / "visits.csv")
    task = Visits().load()
    assert (task.name, task.card) == (Visits().name, Visits.card)
    assert task.target.dtype == np.int8 and task.target.tolist() == [0, 1, 0]
    assert task.group.tolist() == ["a", "b", "b"] and task.time is None


def test_times_are_read_to_the_second():
    cases = Cases(pd.DataFrame({"pages": [1, 2]}))
    task = Visits().task(cases, [0, 1], time=pd.to_datetime(["2017-01-01", "2017-01-02"]))
    assert task.time.dtype == np.dtype("datetime64[s]")


def test_the_name_is_that_of_the_file():
    assert Visits().name == "test_dataset"


def test_only_a_packaged_data_set_is_offline():
    assert Shelf().offline and not Visits().offline


@pytest.mark.parametrize(
    "place",
    ["data/test_dataset/visits.csv", "data/test_dataset/visits.csv.gz", "data/visits.csv",
     "data/visits.csv.gz", "cache/test_dataset/visits.csv", "cache/test_dataset/visits.csv.gz"],
)  # fmt: skip
def test_finds_the_file_where_it_may_lie(folders, tmp_path, place):
    path = put(tmp_path / place)
    assert Visits().locate() == {"visits.csv": path}
    assert len(Visits().load()) == 3


def test_the_folder_can_be_named_otherwise(folders, monkeypatch):
    monkeypatch.setattr(Visits, "folder", "shop")
    path = put(folders[0] / "shop" / "visits.csv")
    assert Visits().locate() == {"visits.csv": path}


def test_the_users_folder_comes_before_the_cache(folders):
    put(folders[1] / "test_dataset" / "visits.csv")
    path = put(folders[0] / "visits.csv.gz")
    assert Visits().locate() == {"visits.csv": path}


@pytest.mark.parametrize("name", ["visits.csv", "visits.csv.gz"])
def test_a_wrong_file_of_the_user_is_an_error_that_names_it_and_both_hashes(folders, name):
    path = put(folders[0] / "test_dataset" / name, b"something else")
    put(folders[1] / "test_dataset" / "visits.csv")
    with pytest.raises(DataError) as caught:
        Visits().locate()
    found = hashlib.sha256(b"something else").hexdigest()
    assert str(path) in str(caught.value)
    assert SHA256 in str(caught.value) and found in str(caught.value)


def test_a_truncated_gz_of_the_user_is_named(folders):
    path = put(folders[0] / "visits.csv.gz")
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(DataError, match=r"visits\.csv\.gz is not (.|\n)*nothing that can be read"):
        Visits().locate()


def test_what_is_found_nowhere_is_downloaded_into_the_cache(folders, monkeypatch):
    calls = a_download(monkeypatch)
    monkeypatch.setattr(Visits, "url", "https://shop.example/visits.zip")
    folder = folders[1] / "test_dataset"
    assert Visits().locate() == {"visits.csv": folder / "visits.csv"}
    assert calls == [("https://shop.example/visits.zip", {"visits.csv": SHA256}, folder)]
    assert len(Visits().load()) == 3 and len(calls) == 1, "the second time it is in the cache"


def test_a_download_from_end_to_end(folders, monkeypatch, tmp_path):
    with zipfile.ZipFile(tmp_path / "visits.zip", "w") as archive:
        archive.writestr("export/visits.csv", CONTENT)
    monkeypatch.setattr(Visits, "url", (tmp_path / "visits.zip").as_uri())
    assert len(Visits().load()) == 3
    kept = [path for path in folders[1].rglob("*") if path.is_file()]
    assert kept == [folders[1] / "test_dataset" / "visits.csv"]


def test_a_damaged_file_in_the_cache_is_downloaded_again(folders, monkeypatch):
    calls = a_download(monkeypatch)
    monkeypatch.setattr(Visits, "url", "https://shop.example/visits.zip")
    path = put(folders[1] / "test_dataset" / "visits.csv", CONTENT[:-3])
    assert Visits().locate() == {"visits.csv": path}
    assert path.read_bytes() == CONTENT and len(calls) == 1


def test_only_the_missing_files_are_downloaded(folders, monkeypatch):
    calls = a_download(monkeypatch)
    monkeypatch.setattr(Visits, "url", "https://shop.example/visits.zip")
    monkeypatch.setattr(Visits, "files", {"visits.csv": SHA256, "more.csv": SHA256})
    put(folders[0] / "visits.csv")
    assert Visits().locate()["more.csv"] == folders[1] / "test_dataset" / "more.csv"
    assert list(calls[0][1]) == ["more.csv"]


def test_when_nothing_works_the_error_says_what_to_do(folders, monkeypatch):
    a_download(monkeypatch, error="HTTP Error 503: try later")
    monkeypatch.setattr(Visits, "url", "https://shop.example/visits.zip")
    with pytest.raises(DataError) as caught:
        Visits().locate()
    data, cache = folders
    for part in (
        "'visits.csv'",
        "https://shop.example/visits.zip",
        "HTTP Error 503: try later",
        str(cache / "test_dataset"),
        f"INTENTBENCH_DATA ({data})",
        "set INTENTBENCH_DATA to that folder",
    ):
        assert part in str(caught.value)


def test_without_an_address_the_error_names_the_source(folders, monkeypatch):
    monkeypatch.delenv("INTENTBENCH_DATA")
    with pytest.raises(DataError, match=r"not set(.|\n)*from https://shop\.example/visits and"):
        Visits().locate()


@pytest.mark.parametrize(("counts"), [(4, 1), (3, 2)])
def test_other_counts_than_declared_are_an_error(folders, monkeypatch, counts):
    put(folders[0] / "visits.csv")
    monkeypatch.setattr(Visits, "n_cases", counts[0])
    monkeypatch.setattr(Visits, "n_positive", counts[1])
    with pytest.raises(DataError, match=rf"expected {counts[0]} cases, {counts[1]} .*read 3 and 1"):
        Visits().load()


@pytest.fixture
def shelf(monkeypatch, tmp_path):
    package = tmp_path / "site" / "a_shelf_of_files"
    put(package / "__init__.py", b"raise SystemExit('code of a data package was run')")
    put(package / "inner" / "visits.csv")
    monkeypatch.syspath_prepend(tmp_path / "site")
    return package


def test_a_packages_files_are_found_without_running_its_code(shelf):
    assert Shelf().locate() == {"visits.csv": shelf / "inner" / "visits.csv"}
    assert len(Shelf().load()) == 3


def test_a_packages_file_with_other_content_is_an_error(shelf):
    put(shelf / "inner" / "visits.csv", b"newer")
    with pytest.raises(DataError, match="pip install --force-reinstall a-shelf-of-files"):
        Shelf().locate()


def test_a_packages_file_that_is_gone_is_an_error(shelf):
    (shelf / "inner" / "visits.csv").unlink()
    with pytest.raises(DataError, match="no such file"):
        Shelf().locate()


def test_a_missing_package_is_named_with_the_command(folders):
    with pytest.raises(DataError, match="pip install a-shelf-of-files"):
        Shelf().locate()
