"""``intentbench new model NAME``: a working, commented plugin to start from."""

import keyword
from pathlib import Path

from .errors import RequestError
from .registry import ROOT

_TEMPLATE = '''\
"""{title}: say in one line what idea this model stands for."""

import numpy as np
from sklearn.naive_bayes import GaussianNB

from {contract}.encoding import ScaledOneHot
from {contract}.model import Explanation, Model


class {cls}(Model):
    """One line that `intentbench list` prints.

    Parameters
    ----------
    smoothing : float, default=1e-2
        Share of the largest variance that is added to every variance.
    """

    # What the model is.  These are read from the source without running it: keep them literals.
    title = "{title}"
    family = "other"  # baseline, linear, tree, svm, bayesian, sequence, deep or other
    views = frozenset({{"features"}})  # what it reads: "features", "events" or both
    requires = ()  # import names beyond numpy, scipy, pandas and scikit-learn

    # __init__ stores its keywords and does nothing else.  A model that uses chance has the
    # keyword random_state=None, which the harness sets.
    def __init__(self, smoothing=1e-2):
        self.smoothing = smoothing

    # `cases.features` is a DataFrame that may hold missing values and categories; `cases.events`
    # are the event sequences (see bench/events.py).  `y` is 0/1 and holds both.  `valid` is there
    # to be watched (early stopping, calibration), never to be learnt from.
    def fit(self, cases, y, *, valid):
        """Learn from the fit cases; what is learnt ends in an underscore."""
        self.encoder_ = ScaledOneHot().fit(cases.features)
        x = self.encoder_.transform(cases.features)
        self.estimator_ = GaussianNB(var_smoothing=self.smoothing).fit(x, y)
        return self

    def predict_proba(self, cases):
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return self.estimator_.predict_proba(self.encoder_.transform(cases.features))

    # Optional: what was learnt, as a small table in the report.
    def explain(self):
        """Rank the features by how far apart the two outcomes' means are."""
        apart = self.estimator_.theta_[1] - self.estimator_.theta_[0]
        reading = "Difference between the means of yes and no cases, in standard deviations."
        return Explanation.importances(self.encoder_.names_, np.asarray(apart), reading)
'''


def new_model(name: str, folder: Path | None = None) -> Path:
    """Write an example plugin.

    Parameters
    ----------
    name : str
        Becomes the file's and the plugin's name.
    folder : Path, optional
        By default ``models/`` of a checkout, or the present folder where the house is installed
        as a package.

    Returns
    -------
    Path
        The new file.

    Raises
    ------
    RequestError
        If the name cannot be a module's, or the file is there already.
    """
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise RequestError(
            f"{name!r} cannot be a plugin's name: use letters, digits and underscores, as in "
            "my_model."
        )
    in_house = folder is None and (ROOT / "pyproject.toml").exists()
    target = (ROOT / "models" if in_house else folder or Path.cwd()) / f"{name.lower()}.py"
    if target.exists():
        raise RequestError(f"{target} is there already; choose another name or delete it.")
    content = _TEMPLATE.format(
        title=name.replace("_", " ").capitalize(),
        cls="".join(part.capitalize() for part in name.split("_")),
        contract="..bench" if in_house else "intentbench.bench",
    )
    try:
        target.write_text(content, encoding="utf-8")
    except OSError as error:
        raise RequestError(f"cannot write {target}: {error.strerror}.") from error
    return target
