import pytest
from intentbench.bench.cluster import chosen
from intentbench.bench.cluster.chosen import ChosenEngine, chosen_engine
from intentbench.bench.errors import RequestError
from intentbench.cli.main import main

GOOD = {
    "local": ChosenEngine(),
    "dask:local:4": ChosenEngine(n_workers=4),
    "dask://host:8786": ChosenEngine(address="host:8786"),
    "dask://10.0.0.1:1/": ChosenEngine(address="10.0.0.1:1"),
    "dask://[::1]:8786": ChosenEngine(address="[::1]:8786"),
}
BAD = (
    "", "dask", "dask:local", "dask:local:0", "dask:local:2000", "dask:local:x", "dask://host",
    "dask://:8786", "dask://host:0", "dask://host:99999", "dask://a b:1", "Local", "ray://host:1",
    "dask://host:8786/x", "tcp://host:8786", "dask:local:٣",
)  # fmt: skip


@pytest.mark.parametrize(("text", "engine"), GOOD.items(), ids=GOOD)
def test_engines_are_read(text, engine, monkeypatch):
    monkeypatch.setattr(chosen, "find_spec", lambda name: object())
    assert chosen_engine(text) == engine
    assert engine.is_dask == (text != "local")


@pytest.mark.parametrize("text", BAD)
def test_what_is_none_is_refused_with_those_there_are(text):
    with pytest.raises(RequestError, match=r"--engine .*there is no such.*dask:local:N .*HOST"):
        chosen_engine(text)


def test_dask_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setattr(chosen, "find_spec", lambda name: None)
    assert not chosen_engine("local").is_dask
    with pytest.raises(RequestError, match=r"pip install 'intentbench\[dask\]'"):
        chosen_engine("dask:local:2")


def test_jobs_beside_dask_are_refused(capsys, monkeypatch):
    monkeypatch.setattr(chosen, "find_spec", lambda name: object())
    assert main(["run", "smoke", "--engine", "dask:local:2", "--jobs", "3"]) == 2
    assert "Leave --jobs out" in capsys.readouterr().err
