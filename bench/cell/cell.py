"""One cell: what a model sees, its fit, its predictions, its time and its memory."""

import hashlib
import json
import resource
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..cases import Cases
from ..encoding import ColumnTokens
from ..errors import ModelError
from ..events import Events
from ..model import EXPLANATION_KINDS, Explanation, Model
from ..splits.fold import Split
from ..store.records import Predictions
from ..task import Task
from .transport import ShownTask

_MOST_WARNINGS = 5
_MOST_ROWS, _MOST_EXPLANATIONS = 40, 6


def cell_key(
    task_fingerprint: str,
    test: np.ndarray,
    split: Split,
    source: str,
    seed: int,
    versions: dict[str, str],
) -> str:
    """Hash of all that decides a cell's outcome: data, case numbers, code, seed, libraries."""
    digest = hashlib.sha256()
    for rows in (split.fit, split.valid, test):
        digest.update(len(rows).to_bytes(8, "little") + rows.astype("<i8").tobytes())
    decisive = [task_fingerprint, source, seed, sorted(versions.items())]
    digest.update(json.dumps(decisive).encode())
    return digest.hexdigest()[:40]


def cell_seed(seed: int, fold: int, split: int) -> int:
    """Give each cell of a model its own seed, the same one for every model."""
    return int(np.random.SeedSequence([seed, fold, split]).generate_state(1)[0] % 2**31)


class Views:
    """The cases of one split as models see them; the derived view is learnt once."""

    def __init__(self, task: Task | ShownTask, split: Split, test: np.ndarray) -> None:
        self._task = task
        self._rows = (split.fit, split.valid, test)
        self._derived: tuple[Events, ...] | None = None

    def parts(self, views: frozenset[str]) -> tuple[Cases, ...]:
        """Cut fit, valid and test cases, showing only the declared views.

        Every call cuts anew: a model that changes its input changes its own copy.
        """
        return tuple(
            show_only(Cases(cases.features, events), views)
            for cases, events in zip(*self._cut(views), strict=True)
        )

    def outcomes(self) -> tuple[np.ndarray, np.ndarray]:
        """Give the targets of the fit and the valid cases; nobody else's are given out."""
        fit, valid, _ = self._rows
        return self._task.target[fit].copy(), self._task.target[valid].copy()

    def is_derived(self, views: frozenset[str]) -> bool:
        """Tell whether a model that reads these views gets derived events."""
        return "events" in views and not self._task.has_events

    def _cut(self, views: frozenset[str]) -> tuple[list[Cases], list[Events]]:
        cut = [self._task.cases.take(rows) for rows in self._rows]
        if not self.is_derived(views):
            return cut, [cases.events for cases in cut]
        if self._derived is None:
            tokens = ColumnTokens().fit(cut[0].features)
            self._derived = tuple(tokens.transform(cases.features) for cases in cut)
            for events in self._derived:
                for mark in (events.offsets, *events.marks.values()):
                    mark.setflags(write=False)  # shared by the models that come after
        return cut, list(self._derived)


def show_only(cases: Cases, views: frozenset[str]) -> Cases:
    """Hide the views that a model did not declare."""
    features = cases.features if "features" in views else cases.features.iloc[:, :0]
    events = cases.events if "events" in views else Events.none(len(cases))
    return Cases(features, events)


@dataclass(frozen=True)
class Outcome:
    """A carried-out cell: its predictions, what is noted of it, and what was fitted."""

    predictions: Predictions
    facts: dict[str, Any]
    fitted: Any


def carry_out(model_class: type[Model], views: Views, seed: int) -> Outcome:
    """Fit a model on the fit cases and predict the valid and the test cases.

    Raises
    ------
    ModelError
        If what the model returns breaks its contract.  Other errors of the model pass through.
    """
    model = model_class()
    if "random_state" in model.get_params():
        model.set_params(random_state=seed)
    fit, valid, test = views.parts(model_class.views)
    y_fit, y_valid = views.outcomes()
    memory = PeakMemory()
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        started = time.perf_counter()
        model.fit(fit, y_fit, valid=(valid, y_valid))
        fitted = time.perf_counter()
        p_valid = probability_of_yes(model, valid, "valid")
        p_test = probability_of_yes(model, test, "test")
        predicted = time.perf_counter()
    peak_bytes = memory.added_bytes()
    facts = {
        "derived_view": views.is_derived(model_class.views),
        "fit_seconds": fitted - started,
        "predict_seconds": predicted - fitted,
        "n_predicted": len(p_valid) + len(p_test),
        "peak_bytes": peak_bytes,
        "warnings": unique_warnings(raised),
        "views": sorted(model_class.views),
        "params": {name: _plain(value) for name, value in model.get_params().items()},
    }
    facts |= _explained(model, facts["warnings"])
    return Outcome(Predictions(p_valid, p_test), facts, model)


def probability_of_yes(model: Model, cases: Cases, part: str) -> np.ndarray:
    """Predict, and hold the model to the shape and range that its contract states."""
    proba = np.asarray(model.predict_proba(cases))
    name = type(model).__name__
    if proba.shape != (len(cases), 2):
        raise ModelError(
            f"{name}.predict_proba returned the shape {proba.shape} for {len(cases)} {part} cases; "
            f"it must be ({len(cases)}, 2): P(no) and P(yes) of every case it is given."
        )
    if not np.issubdtype(proba.dtype, np.floating):
        raise ModelError(
            f"{name}.predict_proba returned values of type {proba.dtype}; it must be probabilities."
        )
    wrong = np.flatnonzero(~np.isfinite(proba).all(axis=1))
    if len(wrong):
        raise ModelError(
            f"{name}.predict_proba returned {proba[wrong[0]].tolist()} for {part} case {wrong[0]} "
            f"({len(wrong)} of {len(cases)} cases are not finite).  Look at empty event sequences, "
            "missing values and logarithms of 0."
        )
    if (proba < -1e-6).any() or (np.abs(proba.sum(axis=1) - 1) > 1e-4).any():
        row = int(np.argmax(np.abs(proba.sum(axis=1) - 1) + (proba < -1e-6).any(axis=1)))
        raise ModelError(
            f"{name}.predict_proba returned {proba[row].tolist()} for {part} case {row}; the two "
            "must not be negative and add up to 1."
        )
    return np.clip(proba[:, 1].astype(np.float64), 0.0, 1.0)


def _explained(model: Model, noted: list[str]) -> dict[str, Any]:
    # An explanation is an extra: one that fails must not cost the cell its predictions.
    try:
        return {"explanations": checked_explanations(model.explain())}
    except Exception as error:
        noted.append(f"explain() failed: {type(error).__name__}: {error}")
        return {"explanations": []}


def checked_explanations(
    given: Explanation | Sequence[Explanation] | None,
) -> list[dict[str, Any]]:
    """Turn what ``explain`` gave into plain values.

    Raises
    ------
    ModelError
        If something is no explanation; says what is wrong with it.
    """
    if given is None:
        return []
    several = list(given) if isinstance(given, (tuple, list)) else [given]
    if len(several) > _MOST_EXPLANATIONS:
        raise ModelError(
            f"explain() gave {len(several)} explanations; give the {_MOST_EXPLANATIONS} that "
            "matter most"
        )
    return [_checked(explanation) for explanation in several]


def _checked(explanation: Explanation) -> dict[str, Any]:
    if not isinstance(explanation, Explanation):
        raise ModelError(f"explain() returned a {type(explanation).__name__}, not an Explanation")
    texts = (explanation.kind, explanation.reading, explanation.title, *explanation.columns)
    if not all(isinstance(text, str) for text in texts):
        raise ModelError(f"explain() gave {texts}; kind, reading, title and columns must be texts")
    if explanation.kind not in EXPLANATION_KINDS:
        raise ModelError(
            f"explain() gave the kind {explanation.kind!r}; it must be one of "
            f"{', '.join(EXPLANATION_KINDS)}"
        )
    rows = [[_plain(value) for value in row] for row in explanation.rows[:_MOST_ROWS]]
    for row in rows:
        if len(row) != len(explanation.columns):
            raise ModelError(f"explain() gave the row {row} for the columns {explanation.columns}")
        if any(isinstance(value, float) and not np.isfinite(value) for value in row):
            raise ModelError(f"explain() gave a number that is not finite in the row {row}")
    return asdict(explanation) | {"columns": list(explanation.columns), "rows": rows}


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else repr(value)


def unique_warnings(raised: Sequence[warnings.WarningMessage]) -> list[str]:
    """Say what was warned of, each warning once and the first few only."""
    texts = [f"{item.category.__name__}: {item.message}" for item in raised]
    return list(dict.fromkeys(texts))[:_MOST_WARNINGS]


class PeakMemory:
    """Resident memory that was added since this object was made, at its highest."""

    def __init__(self) -> None:
        try:
            # Linux can lower the high-water mark to the present level; elsewhere the mark is that
            # of the process so far, and a cell smaller than an earlier one shows 0.
            with open("/proc/self/clear_refs", "w", encoding="ascii") as marks:
                marks.write("5")
        except OSError:
            pass
        self._before = self._high_water_bytes()

    def added_bytes(self) -> int:
        """Give the most that was added up to now."""
        return max(0, self._high_water_bytes() - self._before)

    def _high_water_bytes(self) -> int:
        try:
            with open("/proc/self/status", encoding="ascii") as status:
                marks = [line for line in status if line.startswith("VmHWM")]
            return int(marks[0].split()[1]) * 1024
        except (OSError, IndexError):
            unit = 1 if sys.platform == "darwin" else 1024
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
