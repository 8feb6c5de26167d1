"""Archives that escape, explode, lie or are broken, made by the tests."""

import gzip
import io
import stat
import tarfile
import zipfile

import pytest
from intentbench.bench.download.archives import unpack
from intentbench.bench.errors import DataError

NAME = "visits.csv"
CONTENT = b"visit,bought\n1,0\n2,1\n" * 1000
MOST = 100_000


def zipped(members, kind=None):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            if kind is not None:
                member.external_attr = (kind | 0o777) << 16
            archive.writestr(member, content)
    return body.getvalue()


def tarred(members, kind=tarfile.REGTYPE, mode="w"):
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode=mode) as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            member.size = len(content) if kind == tarfile.REGTYPE else 0
            archive.addfile(member, io.BytesIO(content))
    return body.getvalue()


def unpacked(tmp_path, body, wanted=(NAME,), most=MOST):
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "body").write_bytes(body)
    found = unpack(tmp_path / "body", wanted, inside, most)
    assert {path.parent for path in found.values()} <= {inside}
    return {name: path.read_bytes() for name, path in found.items()}


GOOD = [("readme.txt", b"hello"), (f"export/2024/{NAME}", CONTENT), ("export/2024/more", b"x")]


@pytest.mark.parametrize(
    "body",
    [zipped(GOOD), tarred(GOOD), tarred(GOOD, mode="w:gz"), zipped(GOOD, stat.S_IFREG)],
    ids=["zip", "tar", "tar.gz", "zip of unix"],
)
def test_takes_what_is_wanted_out_of_any_folder(tmp_path, body):
    assert unpacked(tmp_path, body, (NAME, "readme.txt")) == {NAME: CONTENT, "readme.txt": b"hello"}


@pytest.mark.parametrize(
    "body", [CONTENT, gzip.compress(CONTENT, mtime=0), b"", gzip.compress(b"", mtime=0)]
)
def test_a_single_file_is_what_is_wanted(tmp_path, body):
    assert unpacked(tmp_path, body) == {NAME: CONTENT if len(body) > 30 else b""}


@pytest.mark.parametrize(
    "path",
    ["../visits.csv", "a/../../visits.csv", "/etc/visits.csv", "..\\visits.csv", "\\visits.csv",
     "C:\\data\\visits.csv", "c:visits.csv", "export/.."],
)  # fmt: skip
@pytest.mark.parametrize("made", [zipped, tarred])
def test_a_path_that_leads_out_is_refused_wherever_it_stands(tmp_path, path, made):
    with pytest.raises(DataError, match="leads out of its folder: nothing of it is used"):
        unpacked(tmp_path, made([*GOOD, (path, b"x")]))


@pytest.mark.parametrize(
    "body",
    [
        zipped([(NAME, b"/etc/passwd")], stat.S_IFLNK),
        zipped([(NAME, b"")], stat.S_IFIFO),
        tarred([(NAME, b"")], tarfile.SYMTYPE),
        tarred([(NAME, b"")], tarfile.LNKTYPE),
        tarred([(NAME, b"")], tarfile.CHRTYPE),
        tarred([(NAME, b"")], tarfile.FIFOTYPE, "w:gz"),
    ],
)
def test_links_and_devices_are_refused(tmp_path, body):
    with pytest.raises(DataError, match=r"'visits\.csv', which is a link or a device"):
        unpacked(tmp_path, body)


ZEROS = bytes(MOST + 1)


@pytest.mark.parametrize(
    "body",
    [
        zipped([(NAME, ZEROS)]),
        gzip.compress(ZEROS, mtime=0),
        tarred([(NAME, ZEROS)], mode="w:gz"),
        tarred([("before", ZEROS), (NAME, b"x")], mode="w:gz"),
        ZEROS,
    ],
    ids=["zip", "gzip", "tar.gz", "before it in the tar.gz", "bare"],
)
def test_what_expands_beyond_measure_is_stopped(tmp_path, body):
    with pytest.raises(DataError, match="content is larger than 100000 bytes"):
        unpacked(tmp_path, body)
    assert sum(path.stat().st_size for path in (tmp_path / "inside").iterdir()) <= MOST


def test_a_method_that_may_take_any_memory_is_refused(tmp_path):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr(NAME, CONTENT)
    with pytest.raises(DataError, match="packed with LZMA"):
        unpacked(tmp_path, body.getvalue())


def test_several_files_share_the_measure(tmp_path):
    body = zipped([(NAME, bytes(60_000)), ("more.csv", bytes(60_000))])
    with pytest.raises(DataError, match="content is larger than 100000 bytes"):
        unpacked(tmp_path, body, (NAME, "more.csv"))


def test_a_file_full_of_holes_is_as_large_as_it_reads(tmp_path):
    # A header that says: one byte at the very end of ten megabytes (the old GNU format).
    member = tarfile.TarInfo(NAME)
    member.size, member.type = 1, tarfile.GNUTYPE_SPARSE
    header = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    header[386:410] = b"%011o\0%011o\0" % (9_999_999, 1)
    header[483:495] = b"%011o\0" % 10_000_000
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    body = bytes(header) + b"x".ljust(512, b"\0") + bytes(1024)
    assert tarfile.open(fileobj=io.BytesIO(body)).next().size == 10_000_000
    with pytest.raises(DataError, match="content is larger than 100000 bytes"):
        unpacked(tmp_path, body)


@pytest.mark.parametrize("made", [zipped, tarred])
def test_a_name_that_is_there_twice_is_no_answer(tmp_path, made):
    with pytest.raises(DataError, match=r"'visits\.csv' twice"):
        unpacked(tmp_path, made([*GOOD, (NAME, b"another")]))


@pytest.mark.parametrize("made", [zipped, tarred])
def test_a_name_that_is_not_there_is_missed(tmp_path, made):
    with pytest.raises(DataError, match=r"not hold 'clicks\.csv'; it holds readme\.txt, export/20"):
        unpacked(tmp_path, made(GOOD), ("clicks.csv",))


@pytest.mark.parametrize("made", [CONTENT, gzip.compress(CONTENT, mtime=0)])
def test_one_file_is_not_two(tmp_path, made):
    with pytest.raises(DataError, match=r"one file came where 2 were wanted \(visits\.csv, more"):
        unpacked(tmp_path, made, (NAME, "more.csv"))


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(CONTENT, mtime=0)[:-20],
        gzip.compress(CONTENT, mtime=0)[:20] + b"!!!!!!!!" + gzip.compress(CONTENT, mtime=0)[28:],
        gzip.compress(CONTENT, mtime=0)[:-8] + bytes(8),
        tarred(GOOD, mode="w:gz")[:-30],
        tarred(GOOD)[:2000],
        zipped(GOOD)[:60] + bytes(30) + zipped(GOOD)[90:],
    ],
    ids=["gz cut", "gz broken", "gz checksum", "tar.gz cut", "tar cut", "zip broken"],
)
def test_what_is_damaged_is_said_to_be(tmp_path, body):
    with pytest.raises(DataError, match="what came is damaged: ."):
        unpacked(tmp_path, body)


def test_an_encrypted_member_is_said_to_be(tmp_path):
    body = bytearray(zipped(GOOD))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := body.find(signature, start)) >= 0:
            body[start + at] |= 1
            start += 4
    with pytest.raises(DataError, match="encrypted"):
        unpacked(tmp_path, bytes(body))
