"""A judged task as data frames: one a method of ``Result``, which says what stands in it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..bench.errors import RequestError, did_you_mean
from ..bench.judge.choice import entry_to_act_on
from ..bench.judge.gains import gains
from ..bench.judge.judgement import TaskJudgement
from ..bench.judge.slices import slices_of_entry
from ..bench.metrics.key import Key
from ..bench.metrics.metrics import METRICS
from ..bench.store.records import TaskRecord
from ..reports.driver_rows import DRIVER_COLUMNS, driver_rows
from ..reports.sections.drivers import shown_entry
from ..reports.slice_rows import SLICE_COLUMNS, slice_rows
from .choosing import entry_of

_DRAWS, _SEED = 2000, 0


def comparison_frame(judged: TaskJudgement, metric: str) -> pd.DataFrame:
    """Give a row a model or ensemble; see ``Result.table``."""
    if metric not in METRICS:
        raise RequestError(f"there is no metric {metric!r}.{did_you_mean(metric, METRICS)}")
    rows = []
    for entry in (*judged.models, *judged.ensembles):
        score = entry.scores.get(Key(metric))
        rows.append(
            {
                "name": entry.name,
                "title": entry.title,
                "family": entry.family,
                "figure": np.nan if score is None else score.value,
                "low": np.nan if score is None else score.low,
                "high": np.nan if score is None else score.high,
                "standing": entry.standing,
                "fit_seconds": entry.contestant.fit_seconds,
                "predict_microseconds": entry.contestant.predict_microseconds,
            }
        )
    return pd.DataFrame(rows).set_index("name")


def gains_frame(judged: TaskJudgement, model: str | None, shares: Sequence[float]) -> pd.DataFrame:
    """Give a row a share of the cases; see ``Result.gains``."""
    entry = entry_of(judged, model)
    rows = [
        {"share": each.share}
        | {
            f"{what}{end}": getattr(getattr(each, what), of)
            for what in ("found", "precision", "lift")
            for end, of in (("", "value"), ("_low", "low"), ("_high", "high"))
        }
        for each in gains(judged.task, entry, shares, _DRAWS, _SEED)
    ]
    return pd.DataFrame(rows).set_index("share")


def drivers_frame(judged: TaskJudgement, model: str | None) -> pd.DataFrame:
    """Give a row a driver; see ``Result.drivers``."""
    entry = shown_entry(judged) if model is None else entry_of(judged, model)
    if entry is None:
        raise RequestError("no model took part.")
    if entry.family == "ensemble":
        raise RequestError(
            f"model={entry.name!r}: the drivers of ensembles are not computed; name a model."
        )
    return pd.DataFrame(driver_rows(judged, entry), columns=list(DRIVER_COLUMNS))


def slices_frame(judged: TaskJudgement, model: str | None) -> pd.DataFrame:
    """Give a row a slice; see ``Result.slices``."""
    entry = entry_to_act_on(judged) if model is None else entry_of(judged, model)
    if entry is None:
        raise RequestError("every model failed; there are no predictions.")
    known = judged.slices.get(entry.name)
    outcomes = known if model is None and known else slices_of_entry(judged.task, entry)
    return pd.DataFrame(slice_rows(outcomes), columns=list(SLICE_COLUMNS))


def predictions_frame(judged: TaskJudgement) -> pd.DataFrame:
    """Give a row a tested case of a fold; see ``Result.predictions``."""
    entries = [entry for entry in (*judged.models, *judged.ensembles) if entry.predictions]
    parts = [
        pd.DataFrame(
            {
                "fold": fold.number,
                "case": fold.test,
                "outcome": judged.task.target[fold.test],
                **_weights(judged.task, fold.test),
                **{entry.name: entry.predictions[i].p for entry in entries},
            }
        )
        for i, fold in enumerate(judged.task.folds)
    ]
    return pd.concat(parts, ignore_index=True)


def _weights(task: TaskRecord, rows: np.ndarray) -> dict[str, np.ndarray]:
    weight = task.weight_of(rows)
    return {} if weight is None else {"weight": weight}
