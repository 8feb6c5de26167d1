import threading

import pytest
from intentbench.bench.cluster.parcels import NotHere, ParcelCache, parcel_of


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "task"
    made.mkdir()
    (made / "features").write_bytes(b"x" * 3_000_000)
    (made / "about.json").write_text("{}", encoding="utf-8")
    return made


@pytest.fixture
def cache(tmp_path):
    return ParcelCache(tmp_path / "cache")


def contents(path):
    return {file.name: file.read_bytes() for file in path.iterdir()}


def test_folder_is_read_where_it_lies_and_then_kept(folder, cache):
    parcel = parcel_of(folder, {})
    path = cache.path(parcel, {})
    assert contents(path) == contents(folder) and path != folder
    (folder / "features").unlink()
    assert cache.path(parcel, {}) == path


def test_file_keeps_its_name(folder, cache):
    path = cache.path(parcel_of(folder / "about.json", {}), {})
    assert (path.name, path.read_text(encoding="utf-8")) == ("about.json", "{}")


def test_what_came_along_is_taken_from_there(folder, cache):
    parcel = parcel_of(folder, {})
    sent = {sha256: (folder / name).read_bytes() for name, sha256, _ in parcel.files}
    expected = contents(folder)
    for file in folder.iterdir():
        file.unlink()
    assert contents(cache.path(parcel, sent)) == expected


@pytest.mark.parametrize("how", ["gone", "changed", "sent wrongly"])
def test_other_content_is_never_taken(folder, cache, how):
    parcel, sent = parcel_of(folder, {}), {}
    if how == "gone":
        (folder / "features").unlink()
    elif how == "changed":
        (folder / "features").write_bytes(b"y" * 3_000_000)
    else:
        sent = {sha256: b"other" for _, sha256, _ in parcel.files}
    with pytest.raises(NotHere):
        cache.path(parcel, sent)
    assert list(cache.folder.iterdir()) == []


def test_parcels_go_by_names_and_contents(folder, tmp_path):
    first = parcel_of(folder, {}).sha256
    moved = folder.rename(tmp_path / "elsewhere")
    assert parcel_of(moved, {}).sha256 == first
    (moved / "about.json").rename(moved / "other.json")
    assert parcel_of(moved, {}).sha256 != first


def test_several_threads_may_fetch_the_same(folder, cache):
    parcel, found = parcel_of(folder, {}), []
    threads = [
        threading.Thread(target=lambda: found.append(cache.path(parcel, {}))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(found)) == 1
    assert contents(found[0]) == contents(folder)
    assert [path.name for path in cache.folder.iterdir()] == [parcel.sha256]
