"""The drivers as flat rows: for ``drivers.csv`` and for data frames."""

import math
from collections.abc import Iterator
from typing import Any

from ..bench.judge.judgement import Entry, TaskJudgement
from ..bench.judge.model_drivers import Driver, Place
from . import formats
from .sections.drivers import driver_name

DRIVER_COLUMNS = (
    "driver", "change", "names", "roc_auc_lost", "roc_auc_lost_low", "roc_auc_lost_high",
    "log_loss_rise", "log_loss_rise_low", "log_loss_rise_high", "column", "method", "direction",
    "from", "p_from", "to", "p_to", "share", "n_folds", "n_cases", "missing",
)  # fmt: skip


def driver_rows(judged: TaskJudgement, entry: Entry) -> Iterator[dict[str, Any]]:
    """Give a row a driver of a model, the largest loss first; one with the reason without any."""
    known = judged.drivers.get(entry.name)
    if known is None:
        return
    if not known.drivers:
        yield {name: None for name in DRIVER_COLUMNS} | {"missing": known.missing}
    for driver in known.drivers:
        yield _row(driver)


def _row(driver: Driver) -> dict[str, Any]:
    way, loss, rise = driver.direction, driver.loss, driver.log_loss
    values = (
        driver_name(driver), driver.kind, "; ".join(driver.names), loss.value, loss.low, loss.high,
        rise.value, rise.low, rise.high,
        *((way.column, way.method, way.word) if way else (None,) * 3),
        *(_place(way.start) if way else (None,) * 2),
        *(_place(way.end) if way else (None,) * 2),
        None if math.isnan(driver.share) else driver.share, driver.n_folds, driver.n_cases, "",
    )  # fmt: skip
    return dict(zip(DRIVER_COLUMNS, values, strict=True))


def _place(place: Place) -> tuple[str, float]:
    return formats.span(place.label, place.low, place.high), place.p
