import sys

import pytest
from intentbench.bench.plugins.registry import Registry

MODEL = '''
from intentbench.bench import Model
class {name}(Model):
    """A model of somebody else."""
    title, family, views = "Mine", "tree", frozenset({{"features"}})
    def fit(self, cases, y, *, valid): return self
    def predict_proba(self, cases): return None
'''


@pytest.fixture
def write(tmp_path):
    def write(text, name="mine.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    yield write
    for name in [name for name in sys.modules if name.startswith("intentbench_plugin_mine")]:
        del sys.modules[name]


@pytest.fixture
def given():
    """Find the plugin of a file."""
    return lambda path, kind="model": Registry(kind, [path]).find(path.stem)


@pytest.fixture
def model():
    """The source of a model of somebody else, of a class of such a name."""
    return lambda name="Mine": MODEL.format(name=name)
