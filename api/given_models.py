"""Models given from Python: names, groups, classes of models, and scikit-learn classifiers."""

import base64
import inspect
import pickle
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.utils.validation import has_fit_parameter

from ..bench.errors import RequestError, did_you_mean
from ..bench.model import Model
from ..bench.plugins.outline import outline
from ..bench.plugins.registry import Registry
from ..bench.run.given_parameters import by_themselves
from ..bench.variants.named import PLUS, find_model

# Groups by families, as in ensembles; "quick" are those that fit thousands of cases in a second.
_FAMILIES = {
    "classical": ("linear", "tree", "svm"),
    "bayesian": ("bayesian", "sequence"),
    "deep": ("deep",),
}
_QUICK = (
    "base_rate", "logistic_regression", "spline_logistic_regression", "decision_tree", "linear_svm",
    "categorical_nb", "tan", "hist_gradient_boosting", "xgboost", "lightgbm",
)  # fmt: skip
GROUPS = ("quick", *_FAMILIES, "all")

_WRAPPED = '''"""{title}, given from Python."""

import base64
import pickle

from intentbench.bench.{module} import {base}

_PICKLED = "{pickled}"


class Given({base}):
    """{title}, as it was given."""

    title = {title!r}
    family = "other"
{body}'''
_CLASSIFIER = '''    uses_weights = {uses_weights}

    def estimator(self):
        """Unpack it."""
        return pickle.loads(base64.b64decode(_PICKLED))
'''
_PIPELINE = '''    views = frozenset({"features"})

    def fit(self, cases, y, *, valid):
        """Fit it to the data frame of features."""
        self.estimator_ = pickle.loads(base64.b64decode(_PICKLED)).fit(cases.features, y)
        return self

    def predict_proba(self, cases):
        """Ask it."""
        return self.estimator_.predict_proba(cases.features)
'''


def named_models(models: object, registry: Registry, folder: Path) -> tuple[list[str], list[Path]]:
    """Say which models take part.

    Parameters
    ----------
    models : str, class, estimator, or an iterable or a mapping of these
        A name, a group of ``GROUPS``, the path of a plugin file, a class of a model that stands in
        a file, or a scikit-learn classifier or pipeline.  The keys of a mapping are their names.
    registry : Registry
        Of models.
    folder : Path
        Where files of wrapped classifiers are written.

    Returns
    -------
    names : list of str
        Empty for all there are.
    files : list of Path
        Plugin files that take part as well.

    Raises
    ------
    RequestError
        If one is not known, or cannot be run in another process.
    """
    names: list[str] = []
    files: list[Path] = []
    for called, one in _listed(models):
        if isinstance(one, str) and one == "all":
            names += by_themselves(registry)
        elif isinstance(one, str) and one == "quick":
            names += _QUICK
        elif isinstance(one, str) and one in _FAMILIES:
            names += [
                name
                for name in by_themselves(registry)
                if outline(registry.find(name)).family in _FAMILIES[one]
            ]
        elif isinstance(one, (str, Path)) and str(one).endswith(".py"):
            files.append(Path(one))
        elif isinstance(one, str):
            if PLUS in one:
                find_model(registry, one)
            elif one not in registry.names():
                near = did_you_mean(one, [*registry.names(), *GROUPS])
                raise RequestError(f"unknown model {one!r}.{near}  Groups: {', '.join(GROUPS)}.")
            names.append(one)
        elif isinstance(one, type) and issubclass(one, Model):
            files.append(_file_of(one))
        else:
            files.append(_wrapped(one, called, folder, [file.stem for file in files]))
    if not names and not files:
        raise RequestError(f"models is empty.  Name some, or a group: {', '.join(GROUPS)}.")
    return list(dict.fromkeys([*names, *(file.stem for file in files)])), files


def _listed(models: object) -> list[tuple[str, Any]]:
    if isinstance(models, Mapping):
        return [(str(name), one) for name, one in models.items()]
    single = isinstance(models, (str, Path, type, BaseEstimator)) or not isinstance(
        models, Iterable
    )
    return [("", one) for one in ([models] if single else models)]


def _file_of(model: type[Model]) -> Path:
    try:
        file = Path(inspect.getfile(model))
    except (TypeError, OSError):
        file = Path()
    # A script that is running would run once more in every worker.
    if model.__module__ == "__main__" or file.suffix != ".py" or not file.is_file():
        raise RequestError(
            f"the class {model.__name__} stands in no file of its own, from which another process "
            "could run it.  Write it into one (%%writefile my_model.py in a notebook) and give its "
            "path."
        )
    return file


def _wrapped(estimator: object, called: str, folder: Path, taken: list[str]) -> Path:
    what = type(estimator).__name__
    is_one = isinstance(estimator, BaseEstimator) and is_classifier(estimator)
    if not is_one or not hasattr(estimator, "predict_proba"):
        raise RequestError(
            f"{what} is no classifier with predict_proba.  Give a name, a group "
            f"({', '.join(GROUPS)}), a model's class or file, or a scikit-learn classifier; "
            "CalibratedClassifierCV gives probabilities to one that has none."
        )
    if type(estimator).__module__ == "__main__":
        raise RequestError(
            f"the class {what} is defined in this notebook or script, where no other process finds "
            "it.  Move it into a module that can be imported."
        )
    fresh = clone(estimator)
    unset = {
        name: 0
        for name, value in fresh.get_params().items()
        if name.rpartition("__")[2] == "random_state" and value is None
    }
    fresh.set_params(**unset)
    name = called or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", what).lower()
    if not name.isidentifier():
        raise RequestError(f"{name!r} cannot name a model: letters, digits and _ only.")
    number = 1
    while (stem := name if number == 1 else f"{name}_{number}") in taken:
        number += 1
    is_pipeline = hasattr(estimator, "steps")
    path = folder / f"{stem}.py"
    path.write_text(
        _WRAPPED.format(
            title=called or what,
            module="model" if is_pipeline else "tabular",
            base="Model" if is_pipeline else "TabularModel",
            pickled=base64.b64encode(pickle.dumps(fresh, protocol=5)).decode(),
            body=_PIPELINE
            if is_pipeline
            else _CLASSIFIER.format(uses_weights=has_fit_parameter(estimator, "sample_weight")),
        ),
        encoding="utf-8",
    )
    return path
