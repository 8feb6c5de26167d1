"""`intentbench fetch`, from the command line to the paths."""

import hashlib

import pytest
from intentbench.bench.plugins.registry import Registry
from intentbench.cli.fetch import fetch_files
from intentbench.cli.main import main

CONTENT = b"pages,bought\n3,0\n9,1\n4,0\n"
PLUGIN = '''
from intentbench.bench.dataset import Dataset
from intentbench.bench.task import Card


class Shop(Dataset):
    """A shop."""

    card = Card("Shop", "Bought?", "https://shop.example/visits", "CC0", "A purchase.")
    files = {{"visits.csv": {sha256!r}}}
    url = {url!r}

    def read(self, paths):
        raise AssertionError("fetching a file is not reading it")
'''


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    """A cache of the test's own."""
    monkeypatch.delenv("INTENTBENCH_DATA", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("intentbench.bench.download.fetch.sys.platform", "linux")
    return tmp_path / "cache" / "intentbench"


def a_shop(tmp_path, name, content=CONTENT, url=""):
    """Write a data set plugin; its file lies beside it, where an address can point."""
    published = tmp_path / f"{name}.csv"
    published.write_bytes(content)
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    plugin = tmp_path / f"{name}.py"
    text = PLUGIN.format(sha256=sha256, url=published.as_uri() if url == "" else url)
    plugin.write_text(text, encoding="utf-8")
    return str(plugin)


def test_downloads_and_prints_the_path(tmp_path, cache, capsys):
    plugin = a_shop(tmp_path, "shop_one")
    assert main(["fetch", "shop_one", "--plugin", plugin]) == 0
    path = cache / "shop_one" / "visits.csv"
    said = capsys.readouterr()
    assert said.out == f"{path}\n" and path.read_bytes() == CONTENT
    assert said.err.startswith("downloading file://")
    assert main(["fetch", "shop_one", "shop_one", "--plugin", plugin]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == (f"{path}\n", ""), "it is there: named once, not downloaded"


def test_one_that_cannot_be_had_does_not_stop_the_others(tmp_path, cache, capsys):
    plugins = [
        a_shop(tmp_path, "shop_wrong", b"something else"),
        a_shop(tmp_path, "shop_closed", url=None),
        a_shop(tmp_path, "shop_two"),
    ]
    flags = [flag for plugin in plugins for flag in ("--plugin", plugin)]
    assert main(["fetch", "shop_wrong", "shop_closed", "shop_two", *flags]) == 2
    said = capsys.readouterr()
    assert said.out == f"{cache / 'shop_two' / 'visits.csv'}\n"
    assert "error: data set 'shop_wrong' needs 'visits.csv'" in said.err
    assert "is not the published 'visits.csv'" in said.err
    assert "error: data set 'shop_closed' needs 'visits.csv'" in said.err
    assert "from https://shop.example/visits" in said.err, "says where to get it"
    assert str(cache / "shop_closed") in said.err, "and where to put it"
    assert "Traceback" not in said.err


def test_a_wrong_name_downloads_nothing(tmp_path, cache, capsys):
    plugin = a_shop(tmp_path, "shop_three")
    assert main(["fetch", "shop_three", "shop_thre", "--plugin", plugin]) == 2
    said = capsys.readouterr()
    assert said.out == "" and "Did you mean 'shop_three'?" in said.err
    assert not cache.exists()


def test_without_a_name_it_is_a_wrong_request(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["fetch"])
    assert caught.value.code == 2 and "NAME" in capsys.readouterr().err


def test_a_data_set_without_files_needs_nothing(capsys):
    assert main(["fetch", "simulated", "simulated"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == ("simulated: has no files of its own, so there is nothing to fetch\n")


def test_a_plugin_that_fails_is_refused_with_its_reason(tmp_path):
    broken = tmp_path / "shop_broken.py"
    broken.write_text(
        "from intentbench.bench.dataset import Dataset\n\n\n"
        "class Shop(Dataset):\n    def __init__(self, where):\n        pass\n\n"
        "    def read(self, paths):\n        pass\n"
    )
    unknown = tmp_path / "shop_unknown.py"
    unknown.write_text("from intentbench.bench.dataset import Dataset\nimport no_such_thing\n")
    datasets = Registry("dataset", [broken, unknown])
    paths, refused = fetch_files(["shop_broken", "shop_unknown"], datasets, print)
    assert paths == []
    assert "finding the files failed: TypeError" in refused[0] and str(broken) in refused[0]
    assert "cannot be imported" in refused[1] and "pip install no_such_thing" in refused[1]
