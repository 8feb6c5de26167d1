"""A data folder of the test's own, for files written in a publisher's layout."""

import gzip

import pytest
from intentbench.bench.download import fetch


@pytest.fixture
def provide(monkeypatch, tmp_path):
    """Put files below $INTENTBENCH_DATA, which is empty at first, as is the cache."""
    root = tmp_path / "data"
    root.mkdir()
    monkeypatch.setenv("INTENTBENCH_DATA", str(root))
    monkeypatch.setattr(fetch, "cache_folder", lambda: tmp_path / "cache")

    def put(name, text):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = text.encode()
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
        return path

    return put
