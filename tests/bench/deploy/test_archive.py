import json
import zipfile

import pytest
from intentbench.bench.deploy import archive
from intentbench.bench.deploy.archive import read_archive, write_archive
from intentbench.bench.deploy.predictor import Predictor
from intentbench.bench.errors import DataError, RequestError


def rewritten(path, **changes):
    """The same archive with other members; None takes one out."""
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()} | changes
    with zipfile.ZipFile(path, "w") as new:
        for name, content in members.items():
            if content is not None:
                new.writestr(name, content)


def test_members_come_back_and_the_same_content_is_the_same_file(tmp_path):
    members = {"a.json": b"{}", "b.bin": bytes(range(256)) * 100}
    first = write_archive(tmp_path / "first", members)
    assert write_archive(tmp_path / "second", members) == first
    assert read_archive(tmp_path / "first") == members
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first", "second"]


def test_no_edited_byte_goes_unnoticed(saved):
    whole = saved.read_bytes()
    before, unnoticed = read_archive(saved), 0
    for at in range(0, len(whole), max(1, len(whole) // 200)):
        saved.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            read = read_archive(saved)
        except DataError as error:
            assert str(saved) in str(error)
        else:
            # Dates and attributes of the zip's own, which nobody reads.
            assert read == before
            unnoticed += 1
    assert unnoticed < 20


def test_file_cut_short_is_told(saved):
    whole = saved.read_bytes()
    for n_bytes in (0, 1, 100, len(whole) // 2, len(whole) - 1):
        saved.write_bytes(whole[:n_bytes])
        with pytest.raises(DataError, match="not a whole file of a model"):
            read_archive(saved)


def test_edited_member_is_named(saved):
    rewritten(saved, **{"manifest.json": b"{}"})
    with pytest.raises(DataError, match=r"was changed after it was written \(manifest.json\)"):
        Predictor.load(saved)


def test_member_too_many_or_too_few_is_told(saved):
    rewritten(saved, **{"more.bin": b"x"})
    with pytest.raises(DataError, match=r"was changed after it was written \(more.bin\)"):
        read_archive(saved)
    rewritten(saved, **{"more.bin": None, "manifest.json": None})
    with pytest.raises(DataError, match="a member is missing"):
        read_archive(saved)


@pytest.mark.parametrize("name", ["../evil.py", "/etc/evil", "a/b", "..", ".hidden", "c:\\evil"])
def test_member_outside_of_the_archive_is_refused(saved, name, tmp_path):
    rewritten(saved, **{name: b"evil"})
    with pytest.raises(DataError, match="names a place outside of the archive"):
        read_archive(saved)
    assert [path.name for path in tmp_path.rglob("*")] == [saved.name]


def test_bomb_is_not_unpacked(tmp_path, monkeypatch):
    path = tmp_path / "bomb.intent"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("seal.json", b"{}")
        bomb.writestr("model.skops", bytes(70 * 2**20))
    read = []
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda self, name: read.append(name))
    with pytest.raises(DataError, match="would unpack to 73,400,322"):
        read_archive(path)
    assert read == []


def test_other_format_is_refused_with_both(saved):
    with zipfile.ZipFile(saved) as old:
        seal = json.loads(old.read("seal.json"))
    rewritten(saved, **{"seal.json": json.dumps(seal | {"format": archive.FORMAT + 1})})
    with pytest.raises(DataError, match="has format 2; this version of intentbench reads format 1"):
        Predictor.load(saved)


@pytest.mark.parametrize("seal", [b"", b"[]", b"{}", b'{"format": 1}', b"\xff", b"[" * 100_000])
def test_seal_that_is_none_is_told(saved, seal):
    rewritten(saved, **{"seal.json": seal})
    with pytest.raises(DataError, match="its seal cannot be read"):
        read_archive(saved)


def test_what_is_no_such_file_is_told(tmp_path):
    (tmp_path / "text").write_text("no zip")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("something.txt", "else")
    for name, why in (
        ("missing", "there is no such file"),
        ("text", "not a whole file of a model"),
        ("other.zip", "not one that `intentbench train` wrote: it holds 'something.txt'"),
        (".", "is a folder"),
    ):
        with pytest.raises(DataError, match=why):
            read_archive(tmp_path / name)


def test_place_that_cannot_be_written_is_told_and_left_clean(tmp_path):
    with pytest.raises(RequestError, match="there is no folder"):
        write_archive(tmp_path / "no" / "a.intent", {})
    with pytest.raises(RequestError, match="is a folder"):
        write_archive(tmp_path, {})
    assert not list(tmp_path.iterdir())
