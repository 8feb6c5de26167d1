"""Data sets that are missing are named together, before anything runs."""

import pytest
from intentbench.bench.errors import DataError
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.run.prepare import prepare
from intentbench.bench.suite.suite import Suite

MISSING = '''
from intentbench.bench import Dataset
class Missing(Dataset):
    """Data that are not there."""
    def load(self):
        from intentbench.bench.errors import DataError
        raise DataError("{name}.csv is nowhere")
    def read(self, paths): return None
'''


def test_all_missing_sets_are_named_at_once_with_what_can_run(plugins, tmp_path):
    files = [plugins / "toy_shop.py"]
    for name in ("one_gone", "two_gone"):
        files.append(tmp_path / f"{name}.py")
        files[-1].write_text(MISSING.format(name=name), encoding="utf-8")
    suite = Suite("toy", "Toy", tasks=("one_gone", "toy_shop", "two_gone"), models=("steady",))
    with pytest.raises(DataError) as caught:
        prepare(suite, Registry("model", [plugins / "steady.py"]), Registry("dataset", files))
    message = str(caught.value)
    assert "2 of 3 tasks cannot be loaded: one_gone, two_gone." in message
    assert "one_gone.csv is nowhere" in message and "two_gone.csv is nowhere" in message
    assert message.endswith("To run without them: --task toy_shop")
