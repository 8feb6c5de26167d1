"""The harness, and the public names that plugin authors and scripts use.

The names are loaded when they are first asked for: importing scikit-learn takes a second, and
``intentbench --help`` must not wait for it.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .binning import Bins, ColumnTokens
    from .cases import Cases
    from .dataset import Dataset
    from .encoding import Ordinal, ScaledOneHot
    from .errors import DataError, IntentbenchError, ModelError, RequestError, StoreError
    from .events import Events
    from .language.sentence import Sentence
    from .metrics.metrics import Metric
    from .model import Explanation, Model, Segments
    from .policy import Economics, Policy, Seen, Visits
    from .splits.fold import Fold
    from .splits.resampling import Resampling
    from .tabular import TabularModel
    from .task import Card, Course, Task

HOME = {
    "Bins": "binning",
    "Card": "task",
    "Cases": "cases",
    "ColumnTokens": "binning",
    "Course": "task",
    "DataError": "errors",
    "Dataset": "dataset",
    "Economics": "policy",
    "Events": "events",
    "Explanation": "model",
    "Fold": "splits.fold",
    "IntentbenchError": "errors",
    "Metric": "metrics.metrics",
    "Model": "model",
    "ModelError": "errors",
    "Ordinal": "encoding",
    "Policy": "policy",
    "RequestError": "errors",
    "Resampling": "splits.resampling",
    "ScaledOneHot": "encoding",
    "Seen": "policy",
    "Segments": "model",
    "Sentence": "language.sentence",
    "StoreError": "errors",
    "TabularModel": "tabular",
    "Task": "task",
    "Visits": "policy",
}
__all__ = [
    "Bins", "Card", "Cases", "ColumnTokens", "Course", "DataError", "Dataset", "Economics",
    "Events", "Explanation", "Fold", "IntentbenchError", "Metric", "Model", "ModelError",
    "Ordinal", "Policy", "RequestError", "Resampling", "ScaledOneHot", "Seen", "Segments",
    "Sentence", "StoreError", "TabularModel", "Task", "Visits",
]  # fmt: skip


def lazily(package: str, home: Mapping[str, str]) -> Callable[[str], object]:
    """Give a package's ``__getattr__``, which loads names when they are first asked for.

    Parameters
    ----------
    package : str
        Its full name.
    home : mapping of str to str
        Where each name is, as seen from the package.
    """

    def load(name: str) -> object:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f".{home[name]}", package), name)

    return load


__getattr__ = lazily(__name__, HOME)
