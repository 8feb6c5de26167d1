"""``intentbench new model|dataset NAME``: a working, commented plugin to start from."""

import argparse
import json
import keyword
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..bench.errors import EXIT_DONE, RequestError
from ..bench.plugins.registry import ROOT, Registry
from ..bench.run.prepare import load_task
from ..bench.suite.suite import Variant
from .output import say
from .own_data import own_task
from .shared import run_by_hand

_TEMPLATE = '''\
"""{title}: say in one line what idea this model stands for."""

{imports}


class {cls}(Model):
    """One line that `intentbench list` prints.

    Parameters
    ----------
    C : float, default=1.0
        Inverse strength of the penalty on the weights.
    """

    # What the model is.  These are read from the source without running it: keep them literals.
    title = "{title}"
    family = "other"  # baseline, linear, tree, svm, bayesian, sequence, deep or other
    views = frozenset({{"features"}})  # what it reads: "features", "events" or both
    requires = ()  # import names beyond numpy, scipy, pandas and scikit-learn

    # __init__ stores its keywords and does nothing else.  A model that uses chance has the
    # keyword random_state=None, which the harness sets.
    def __init__(self, C=1.0):
        self.C = C

    # `cases.features` is a DataFrame that may hold missing values and categories; `cases.events`
    # are the event sequences (see bench/events.py).  `y` is 0/1 and holds both.  `valid` is there
    # to be watched (early stopping, calibration), never to be learnt from.
    def fit(self, cases, y, *, valid):
        """Learn from the fit cases; what is learnt ends in an underscore."""
        self.encoder_ = ScaledOneHot().fit(cases.features)
        self.estimator_ = LogisticRegression(C=self.C, max_iter=1000)
        self.estimator_.fit(self._encoded(cases), y)
        return self

    def predict_proba(self, cases):
        """Give P(no) and P(yes) of each case, shape (n_cases, 2)."""
        return self.estimator_.predict_proba(self._encoded(cases))

    # A task may have no column at all: a constant one lets the classifier learn the base rate.
    def _encoded(self, cases):
        x = self.encoder_.transform(cases.features)
        return x if x.shape[1] else np.zeros((len(cases), 1))

    # Optional: what was learnt, as a small table in the report.
    def explain(self):
        """Rank the columns by their weights."""
        if not self.encoder_.names_:
            return None
        reading = "Change in the log odds of yes for one standard deviation more."
        return Explanation.importances(self.encoder_.names_, self.estimator_.coef_[0], reading)
'''

_IMPORTS = """\
import numpy as np
from intentbench.bench import Explanation, Model, ScaledOneHot
from sklearn.linear_model import LogisticRegression"""
_IMPORTS_IN_HOUSE = """\
import numpy as np
from sklearn.linear_model import LogisticRegression

from ..bench.encoding import ScaledOneHot
from ..bench.model import Explanation, Model"""

_DATASET_TEMPLATE = '''\
"""{title}: cases of a table of your own."""

{imports}


class {cls}(TableFile):
    """Cases of {file}, one row each; the target is its column {target}."""

    def __init__(self):
        super().__init__(
{keywords}
        )
'''


def new_command(given: argparse.Namespace) -> int:
    """Write a working plugin and say what comes next."""
    mine = own_task(given, ())
    if given.kind == "dataset":
        if given.data is None:
            raise RequestError(
                "a new data set is made of a table: add --data FILE --target COLUMN.  For other "
                "data write a plugin by hand, as docs/plugins.md shows."
            )
        path, how = new_dataset(given.name, *_examined(mine[1]))
        say(f"{path}\nnext: intentbench run {how}", file=sys.stderr)
        return EXIT_DONE
    if mine is not None:
        raise RequestError("a new model reads any data: leave the file and its flags out.")
    path = new_model(given.name)
    # In the house it is found by its name.
    how = "" if path.is_relative_to(ROOT) else f" --plugin {path}"
    say(f"{path}\nnext: intentbench check {path}, then intentbench run smoke{how}", file=sys.stderr)
    return EXIT_DONE


def _examined(variant: Variant) -> tuple[dict[str, Any], str]:
    """Read a table, so that no plugin is written of one that cannot be; give its SHA-256 too."""
    task = load_task(Registry("dataset").find(variant.data), None, variant.parameters)
    return variant.parameters, task.card.sha256


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
    cls = _class_name(name)
    in_house = _in_house(folder)
    content = _TEMPLATE.format(
        title=name.replace("_", " ").capitalize(),
        cls=cls,
        imports=_IMPORTS_IN_HOUSE if in_house else _IMPORTS,
    )
    return _write(ROOT / "models" if in_house else folder or Path.cwd(), name, content)


def new_dataset(
    name: str, parameters: Mapping[str, Any], sha256: str, folder: Path | None = None
) -> tuple[Path, str]:
    """Write a plugin that holds what the command line said of a table.

    Parameters
    ----------
    name : str
        Becomes the file's and the plugin's name.
    parameters : mapping of str to object
        Keywords of the table.
    sha256 : str
        Of the table's content; another one is going to be an error.
    folder : Path, optional
        By default ``datasets/`` of a checkout, or the present folder.

    Returns
    -------
    path : Path
        The new file.
    how : str
        The words that run it.

    Raises
    ------
    RequestError
        If the name cannot be a module's, or the file is there already.
    """
    cls = _class_name(name)
    in_house = _in_house(folder)
    target = ROOT / "datasets" if in_house else folder or Path.cwd()
    module = ".table_file" if in_house else "intentbench.datasets.table_file"
    imports = [f"from {module} import TableFile"]
    data = Path(parameters["path"]).expanduser().resolve()
    said = {key: _literal(value) for key, value in parameters.items()}
    said["path"] = _literal(str(data))
    if data.is_relative_to(target.resolve()):
        # The two can be moved together.
        beside = _literal(data.relative_to(target.resolve()).as_posix())
        said["path"] = f"str(Path(__file__).parent / {beside})"
        imports = ["from pathlib import Path", "", *imports]
    said["sha256"] = _literal(sha256)
    content = _DATASET_TEMPLATE.format(
        title=name.replace("_", " ").capitalize(),
        imports="\n".join(imports),
        cls=cls,
        file=_plain(data.name),
        target=_plain(str(parameters["target"])),
        keywords="\n".join(f"            {key}={value}," for key, value in said.items()),
    )
    path = _write(target, name, content)
    return path, f"--task {path.stem}" if in_house else f"--plugin {path}"


def _literal(value: Any) -> str:
    """Write a text, a number, or a list of texts as Python does, with double quotes."""
    if isinstance(value, (list, tuple)):
        inside = ", ".join(map(_literal, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return json.dumps(value, ensure_ascii=False)


def _plain(text: str) -> str:
    """Keep of a text what a docstring can hold."""
    return "".join(
        letter if letter.isprintable() and letter not in '"\\' else "_" for letter in text
    )


def _class_name(name: str) -> str:
    cls = "".join(part.capitalize() for part in name.split("_"))
    if not name.isidentifier() or name.startswith("_") or {name, cls} & set(keyword.kwlist):
        raise RequestError(
            f"{name!r} cannot be a plugin's name: use letters, digits and underscores, as in "
            "my_model."
        )
    return cls


def _in_house(folder: Path | None) -> bool:
    return folder is None and (ROOT / "pyproject.toml").exists()


def _write(folder: Path, name: str, content: str) -> Path:
    target = folder / f"{name.lower()}.py"
    if target.exists():
        raise RequestError(f"{target} is there already; choose another name or delete it.")
    try:
        target.write_text(content, encoding="utf-8")
    except OSError as error:
        raise RequestError(f"cannot write {target}: {error.strerror}.") from error
    return target


if __name__ == "__main__":
    run_by_hand(__file__)
