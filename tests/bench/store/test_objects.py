"""Objects in a folder and in a bucket: the same contract, and what is said when it is not kept."""

import threading
from datetime import timedelta

import pytest
from intentbench.bench.errors import RequestError, StoreError
from intentbench.bench.store import objects as objects_module
from intentbench.bench.store.folder_objects import FolderObjects
from intentbench.bench.store.objects import opened_objects

from .s3_server import BUCKET, CUT, SILENT, Wrong, s3_server, wrong_server


@pytest.fixture(scope="module")
def bucket(tmp_path_factory):
    with s3_server(tmp_path_factory.mktemp("buckets")) as environment:
        yield environment


@pytest.fixture(params=["folder", "bucket"])
def objects(request, tmp_path, monkeypatch):
    """An empty store."""
    if request.param == "folder":
        return opened_objects((tmp_path / "a store").as_uri())
    for name, value in request.getfixturevalue("bucket").items():
        monkeypatch.setenv(name, value)
    return opened_objects(f"s3://{BUCKET}/{tmp_path.name}/prefix")


def test_object_is_read_back_and_never_replaced(objects):
    assert objects.get("cells/ab/one.zip") is None and not objects.exists("cells/ab/one.zip")
    assert objects.put_if_absent("cells/ab/one.zip", b"first")
    assert not objects.put_if_absent("cells/ab/one.zip", b"second")
    assert objects.get("cells/ab/one.zip") == b"first" and objects.exists("cells/ab/one.zip")
    objects.remove("cells/ab/one.zip")
    objects.remove("cells/ab/one.zip")
    assert objects.get("cells/ab/one.zip") is None
    assert objects.put_if_absent("cells/ab/one.zip", b"")
    assert objects.get("cells/ab/one.zip") == b""


def test_objects_of_a_folder_are_listed_in_order_without_what_lies_deeper(objects):
    assert objects.list("runs") == []
    for name in ("runs/b.zip", "runs/a.zip", "runs/deeper/c.zip", "names/a"):
        objects.put_if_absent(name, b"x")
    assert objects.list("runs") == ["a.zip", "b.zip"]


def test_of_several_writers_at_once_one_wins(objects):
    for number in range(5):
        start, won = threading.Barrier(4), []

        def write(who, name=f"race/{number}", start=start, won=won):
            start.wait()
            if objects.put_if_absent(name, who):
                won.append(who)

        writers = [threading.Thread(target=write, args=(bytes([n]) * 30_000,)) for n in range(4)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        assert len(won) == 1 and objects.get(f"race/{number}") == won[0]


def test_folder_holds_nothing_half_written(tmp_path, monkeypatch):
    objects = FolderObjects(tmp_path)

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.link", full)
    with pytest.raises(StoreError, match="file://.*No space left.*--store"):
        objects.put_if_absent("runs/a", b"x")
    assert objects.list("runs") == [] and not any((tmp_path / "runs").iterdir())


@pytest.mark.parametrize(
    "url",
    [
        "", "s3:", "s3://", "s3:///a", "s3://A_B", "s3://bucket/../a", "s3://bucket/a b", "gs://bucket",
        "file://host/a", "file:///", "bucket/a", "s3://bucket/a?b=c", "s3://bucket//", "s3://bucket/a\n",
    ],
)  # fmt: skip
def test_what_is_no_store_is_refused_with_those_there_are(url):
    if url == "s3://bucket//":  # a slash too many is none
        pytest.importorskip("obstore", reason="the extra 's3' is not installed")
        assert opened_objects(url).url == "s3://bucket"
        return
    with pytest.raises(RequestError, match="no such store.*s3://BUCKET/PREFIX.*file:///FOLDER"):
        opened_objects(url)


def test_client_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setattr(objects_module, "find_spec", lambda name: None)
    with pytest.raises(RequestError, match=r"pip install 'intentbench\[s3\]'"):
        opened_objects("s3://bucket/prefix")


ANSWERS = {
    "expired": (Wrong(400, "ExpiredToken"), "credentials have expired .*Renew AWS_ACCESS_KEY_ID"),
    "not allowed": (Wrong(403, "AccessDenied"), r"does not allow it \(AccessDenied\).*AWS_SECRET"),
    "no bucket": (Wrong(404, "NoSuchBucket"), "no bucket 'intentbench-tests'.  Create it"),
    "no conditions": (Wrong(501, "NotImplemented"), "refuses conditional puts .*another server"),
    "another region": (Wrong(301, "PermanentRedirect"), "another region.  Set AWS_REGION"),
    "overloaded": (Wrong(503, "SlowDown"), "SlowDown.*the same command goes on"),
    "cut off": (Wrong(CUT), "does not answer as it should.*the same command goes on"),
    "too slow": (Wrong(SILENT), "does not answer as it should.*the same command goes on"),
}


@pytest.mark.parametrize(("wrong", "words"), ANSWERS.values(), ids=ANSWERS)
def test_what_a_server_says_is_told_with_what_mends_it(wrong, words, monkeypatch):
    module = pytest.importorskip(
        "intentbench.bench.store.bucket_objects", reason="the extra 's3' is not installed"
    )
    short = {"init_backoff": timedelta(milliseconds=1), "max_backoff": timedelta(milliseconds=1)}
    monkeypatch.setitem(module._RETRY, "backoff", {**short, "base": 2})
    if wrong.status == SILENT:
        monkeypatch.setattr(module, "_REQUEST", timedelta(milliseconds=50))
    with wrong_server(wrong) as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        objects = opened_objects(f"s3://{BUCKET}/prefix")
        with pytest.raises(StoreError, match=f"the store s3://{BUCKET}/prefix: .*{words}"):
            objects.put_if_absent("name", b"content")
    assert wrong.n_asked <= 1 + module._RETRY["max_retries"]


def test_server_that_is_not_there_and_credentials_that_are_not(monkeypatch):
    module = pytest.importorskip(
        "intentbench.bench.store.bucket_objects", reason="the extra 's3' is not installed"
    )
    monkeypatch.setitem(module._RETRY, "max_retries", 0)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with pytest.raises(StoreError, match="127.0.0.1:1 does not answer.*Look at the network"):
        opened_objects("s3://bucket/prefix").get("name")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1")
    with pytest.raises(StoreError, match="there are no credentials.*Set AWS_ACCESS_KEY_ID"):
        opened_objects("s3://bucket/prefix").get("name")
