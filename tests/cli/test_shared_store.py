"""Commands on a store that machines share: a bucket of a server on loopback."""

import signal
from pathlib import Path

import pytest
from intentbench.bench.store.run_reader import read_run
from intentbench.bench.store.store import Store
from intentbench.cli.main import main

from ..bench.store.s3_server import BUCKET, s3_server

SUITE = """
title = "Toy"
tasks = ["toy_shop"]
models = ["steady"]
[resampling]
folds = 2
"""
URL = f"s3://{BUCKET}/team/toy"
PLUGINS = Path(__file__).parents[1] / "plugins"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with s3_server(tmp_path_factory.mktemp("buckets")) as environment:
        yield environment


@pytest.fixture(scope="module")
def folder(tmp_path_factory, server):
    """Where a run was made, by the machine ``one``."""
    made = tmp_path_factory.mktemp("shared")
    (made / "toy.toml").write_text(SUITE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        for name, value in server.items():
            patched.setenv(name, value)
        patched.chdir(made)
        assert run("one") == 0
    return made


@pytest.fixture(autouse=True)
def there(folder, server, monkeypatch):
    for name, value in server.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(folder)


def run(machine, *more):
    words = [word for name in ("steady", "toy_shop") for word in
             ("--plugin", str(PLUGINS / f"{name}.py"))]  # fmt: skip
    before = signal.getsignal(signal.SIGTERM)
    code = main(["run", "toy.toml", "--store", URL, "--results", machine, *words, *more])
    signal.signal(signal.SIGTERM, before)
    return code


def test_same_run_on_another_machine_computes_nothing(capsys):
    assert run("other") == 0
    said = capsys.readouterr()
    assert "Nothing has changed since run" in said.err and "to compute" not in said.err
    assert f"is in {URL}." in said.err
    report = Path(said.out.strip().splitlines()[-1])
    assert report.parts[0] == "other"
    whole = Path("one", *report.parts[1:])
    assert report.read_bytes() == whole.read_bytes()


def test_report_of_the_latest_run_is_made_where_nothing_is(capsys):
    assert main(["report", "--store", URL, "--results", "third"]) == 0
    report = Path(capsys.readouterr().out.strip().splitlines()[-1])
    assert report.is_file() and read_run(Store(Path("third"))).run_id == report.parent.name


def test_copy_is_not_written_to_without_its_store(capsys):
    assert main(["run", "toy.toml", "--results", "one", "--plugin", str(PLUGINS / "steady.py"),
                 "--plugin", str(PLUGINS / "toy_shop.py")]) == 2  # fmt: skip
    assert f"one is the copy of {URL}" in capsys.readouterr().err


def test_store_that_is_none_is_told(capsys):
    assert main(["report", "--store", "gs://bucket/x"]) == 2
    assert "store 'gs://bucket/x': there is no such store" in capsys.readouterr().err
