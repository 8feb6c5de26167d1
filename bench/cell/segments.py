"""Who the segments are: what marks each among the fit cases, and whether they are found again.

No outcome is looked at here.  Whoever judges knows those of the test cases.
"""

import math
import time
import warnings
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from ..cases import Cases, is_numeric, numbers
from ..content_columns import without_content
from ..errors import ModelError, said_in_a_line
from ..language.sentence import Sentence, Text
from ..model import Model, Segments
from ..store.segments import CellSegments, Difference, Segment, as_text
from .views import Views

_MOST_SEGMENTS = 100
_MOST_DIFFERENCES = 3
_LEAST_OF_A_VALUE = 20  # fit cases: a rarer one could be told of a person
_N_BOOTSTRAPS = 10
_MOST_COMPARED = 5_000  # fit cases, between two ways to tell them apart
_MOST_SECONDS = 20.0  # of processor time, for all bootstraps


def segments_of(
    model: Model, make: Callable[[], Model], views: Views, seed: int, fit_seconds: float
) -> CellSegments | None:
    """Ask a fitted model for its segments; None of one that has none.

    Parameters
    ----------
    model : Model
        As fitted in the cell; its predictions are made and kept.
    make : callable
        Gives an unfitted model.
    views : Views
    seed : int
    fit_seconds : float
        That it took to fit, of processor time.

    Returns
    -------
    CellSegments or None
        With the reason where there are none: what a model does here costs no cell.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # The fence around plugin code: a model that cannot say who is alike has predicted.
        try:
            found = model.segments()
            return None if found is None else _noted(found, model, make, views, seed, fit_seconds)
        except Exception as error:
            why = said_in_a_line(error)
            return CellSegments(missing=Sentence("asking for them failed: {why}", why=why))


def _noted(
    found: Segments,
    model: Model,
    make: Callable[[], Model],
    views: Views,
    seed: int,
    fit_seconds: float,
) -> CellSegments:
    if found.n_segments < 2:
        return CellSegments(
            missing=Sentence(
                "all cases are in one segment: nothing that the model reads tells them apart"
            )
        )
    fit, _valid, test = views.parts(model.views)
    of_fit, of_test = (_checked(found, cases) for cases in (fit, test))
    # The view that was derived for the model says nothing that the table does not.
    derived = views.is_derived(model.views)
    columns = _columns(views.fit_cases() if derived else fit)
    segments = tuple(
        Segment(
            int((of_fit == number).sum()),
            _differences(columns, of_fit == number),
            found.paths[number] if found.paths and not derived else (),
        )
        for number in range(found.n_segments)
    )
    stability, n_bootstraps, unmeasured = _stability(model, make, views, of_fit, seed, fit_seconds)
    return CellSegments(
        as_text(of_test), segments, found.chosen, stability, n_bootstraps, unmeasured
    )


def _checked(found: Segments, cases: Cases) -> np.ndarray:
    segment = np.asarray(found.of(cases))
    good = segment.shape == (len(cases),) and np.issubdtype(segment.dtype, np.integer)
    if not good or not 1 < found.n_segments <= _MOST_SEGMENTS:
        raise ModelError(
            f"segments must be whole numbers, one a case, below n_segments, which is at most "
            f"{_MOST_SEGMENTS}"
        )
    if len(segment) and not (0 <= segment.min() and segment.max() < found.n_segments):
        raise ModelError(f"some cases are in none of the {found.n_segments} segments")
    return segment


def _columns(cases: Cases) -> dict[str, pd.Series]:
    """Give what cases can differ in: their columns, and how many events of each kind they hold."""
    columns: dict[str, pd.Series] = dict(without_content(cases.features).items())
    events = cases.events
    if events.n_events:
        columns[Sentence("number of events")] = pd.Series(events.lengths)
        for code, kind in enumerate(events.vocabulary["kind"]):
            held = np.bincount(events.owner[events.kind == code], minlength=len(cases))
            columns[Sentence("events of the kind “{kind}”", kind=kind)] = pd.Series(held)
    return columns


def _differences(columns: dict[str, pd.Series], inside: np.ndarray) -> tuple[Difference, ...]:
    """Find the columns in which a segment's cases differ most from the others, one entry each."""
    if inside.all() or not inside.any():
        return ()
    found = []
    for name, column in columns.items():
        of_column = [
            _difference(name, value, x, inside) for value, x in _read(column) if x[1].sum() > 1
        ]
        known = [one for one in of_column if one is not None]
        if known:
            found.append(max(known, key=lambda one: abs(one.distance)))
    found.sort(key=lambda one: -abs(one.distance))
    return tuple(found[:_MOST_DIFFERENCES])


def _read(column: pd.Series) -> Iterator[tuple[str, tuple[np.ndarray, np.ndarray]]]:
    """Give a column as numbers, and where they are known; of categories, one for each value."""
    if is_numeric(column) and not pd.api.types.is_bool_dtype(column.dtype):
        x = numbers(column)
        known = ~np.isnan(x)
        yield "", (np.where(known, x, 0.0), known)
        return
    known = column.notna().to_numpy()
    counts = column.value_counts()
    for value in counts.index[counts >= _LEAST_OF_A_VALUE][:_MOST_SEGMENTS]:
        yield str(value), ((column == value).fillna(False).to_numpy(dtype=float), known)


def _difference(
    name: str, value: str, of_column: tuple[np.ndarray, np.ndarray], inside: np.ndarray
) -> Difference | None:
    x, known = of_column
    within, without = x[known & inside], x[known & ~inside]
    spread = float(x[known].std())
    if not len(within) or not len(without) or spread <= 1e-9 * max(1.0, abs(x[known].mean())):
        return None
    means = float(within.mean()), float(without.mean())
    return Difference(name, value, *means, (means[0] - means[1]) / spread)


def _stability(
    model: Model,
    make: Callable[[], Model],
    views: Views,
    of_fit: np.ndarray,
    seed: int,
    fit_seconds: float,
) -> tuple[float, int, Text]:
    """Find segments in bootstrap draws of the fit cases, and compare how these are told apart.

    Cases of one group are drawn together: a draw of cases would hold parts of all persons, and
    segments would look steadier than those of other persons are.
    """
    again = model.stopped_like([model]) or make()
    if fit_seconds * _N_BOOTSTRAPS > _MOST_SECONDS:
        why = Sentence(
            "to find them again {n} times would have taken about {seconds:.2g} s of processor time",
            n=_N_BOOTSTRAPS,
            seconds=fit_seconds * _N_BOOTSTRAPS,
        )
        return math.nan, 0, why
    rng = np.random.default_rng([seed, 29])
    fit, valid, _test = views.parts(model.views)
    y_fit, y_valid = views.outcomes()
    group = views.group_of_fit()
    compared = np.sort(rng.permutation(len(fit))[:_MOST_COMPARED])
    shown, before = fit.take(compared), of_fit[compared]
    found: list[float] = []
    began = time.process_time()
    for number in range(_N_BOOTSTRAPS):
        drawn = _drawn(len(fit), group, rng)
        if len(np.unique(y_fit[drawn])) < 2 or time.process_time() - began > _MOST_SECONDS:
            continue
        if "random_state" in again.get_params():
            again.set_params(random_state=seed + number + 1)
        again.fit(fit.take(drawn), y_fit[drawn], valid=(valid, y_valid))
        segments = again.segments()
        found.append(adjusted_rand_score(before, np.asarray(segments.of(shown))))
    if not found:
        return math.nan, 0, Sentence("they could not be found again in time")
    return float(np.mean(found)), len(found), ""


def _drawn(n: int, group: np.ndarray | None, rng: np.random.Generator) -> np.ndarray:
    """Draw cases with replacement, or as many groups as there are, each of them whole."""
    if group is None:
        return rng.integers(n, size=n)
    code = np.unique(group, return_inverse=True)[1]
    members = np.split(np.argsort(code, kind="stable"), np.cumsum(np.bincount(code))[:-1])
    return np.concatenate([members[one] for one in rng.integers(len(members), size=len(members))])
