from importlib import import_module

import pytest
from intentbench.bench.plugins.moved import MOVED, NAMES_MOVED
from intentbench.bench.plugins.registry import ROOT


def test_every_file_is_where_it_is_said_to_be():
    for old, new in MOVED.items():
        assert ROOT.joinpath(*new.split(".")).with_suffix(".py").is_file(), new
        assert not ROOT.joinpath(*old.split(".")).with_suffix(".py").is_file(), old


@pytest.mark.parametrize("place", NAMES_MOVED.values())
def test_every_name_is_where_it_is_said_to_be(place):
    module, _, name = place.rpartition(".")
    assert hasattr(import_module(f"intentbench.{module}"), name)


@pytest.mark.parametrize(
    ("room", "names"),
    [
        ("metrics", ["METRICS", "Metric"]),
        ("stats", ["LEVEL", "percentile_interval", "holm", "delong_influence"]),
        ("ensembles", ["RULES", "Rule"]),
        ("suite", ["Suite", "Limits", "load_suite"]),
        ("store", ["Store"]),
    ],
)
def test_names_of_a_file_that_became_a_room_are_imported_as_before(room, names):
    package = import_module(f"intentbench.bench.{room}")
    for name in names:
        value = getattr(package, name)
        assert getattr(value, "__module__", package.__name__).startswith(package.__name__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        package.__getattr__("nothing")
