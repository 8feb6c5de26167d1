"""A synthetic task on which plugins are tried: its outcome shows in both views."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..cases import Cases
from ..cell.views import show_only
from ..events import Events

_N_FIT, _N_VALID, _N_NEW = 480, 160, 240
# What a user would state of it without having seen a case.
STATED: Mapping[str, Any] = {
    "epsilon": 300.0,
    "bounds": {"seconds on page": [0, 400], "pages": [0, 30], "noise": [-4, 4]},
    "categories": {
        "channel": ["mail", "ad", "other"],
        "weekend": [0, 1],
        "région 7": ["nord", "süd"],
    },
}


class Parts:
    """Fit, valid and new cases of a synthetic task."""

    def __init__(
        self,
        fit: Cases,
        y_fit: np.ndarray,
        valid: Cases,
        y_valid: np.ndarray,
        new: Cases,
        y_new: np.ndarray,
    ) -> None:
        self.fit, self.y_fit = fit, y_fit
        self.valid, self.y_valid = valid, y_valid
        self.new, self.y_new = new, y_new

    def shown(self, views: frozenset[str]) -> "Parts":
        """Give copies without the views that are not named; a model may spoil its own only."""
        cut = [copy_of(cases, views) for cases in (self.fit, self.valid, self.new)]
        return Parts(cut[0], self.y_fit.copy(), cut[1], self.y_valid.copy(), cut[2], self.y_new)

    def with_outcomes(self, change: Callable[[np.ndarray], np.ndarray]) -> "Parts":
        """Give the same cases with other outcomes to learn from."""
        return Parts(
            self.fit, change(self.y_fit), self.valid, change(self.y_valid), self.new, self.y_new
        )

    def with_features(self, change: Callable[[pd.DataFrame], pd.DataFrame]) -> "Parts":
        """Give the same cases with a changed tabular view."""
        return self.with_cases(lambda cases: Cases(change(cases.features), cases.events))

    def with_cases(self, change: Callable[[Cases], Cases]) -> "Parts":
        """Give the same outcomes with changed cases."""
        cut = [change(cases) for cases in (self.fit, self.valid, self.new)]
        return Parts(cut[0], self.y_fit, cut[1], self.y_valid, cut[2], self.y_new)


def copy_of(cases: Cases, views: frozenset[str]) -> Cases:
    """Copy cases without the views that are not named."""
    return show_only(cases.take(np.arange(len(cases))), views)


def make_parts(seed: int, n_fit: int = _N_FIT, n_valid: int = _N_VALID) -> Parts:
    """Make a task whose outcome shows in three columns, in the events' kinds and in their order."""
    rng = np.random.default_rng(seed)
    n = n_fit + n_valid + _N_NEW
    y = (rng.random(n) < 0.4).astype(np.int8)
    cases = Cases(_make_features(rng, y), _make_events(rng, y))
    rows = np.split(np.arange(n), [n_fit, n_fit + n_valid])
    return Parts(
        cases.take(rows[0]), y[rows[0]], cases.take(rows[1]), y[rows[1]],
        cases.take(rows[2]), y[rows[2]],
    )  # fmt: skip


def _make_features(rng: np.random.Generator, y: np.ndarray) -> pd.DataFrame:
    n = len(y)
    channel = np.where(rng.random(n) < 0.75, np.where(y == 1, "mail", "ad"), "other")
    return pd.DataFrame(
        {
            "seconds on page": rng.exponential(30 * np.exp(1.2 * y)),
            "pages": rng.poisson(3 + 3 * y).astype("int64"),
            "channel": pd.Series(channel, dtype="category"),
            "weekend": rng.random(n) < 0.3,
            "noise": rng.normal(size=n),
            "région 7": pd.Series(rng.choice(["nord", "süd"], n), dtype="string"),
        }
    )


def _make_events(rng: np.random.Generator, y: np.ndarray) -> Events:
    kinds = ("view", "search", "cart", "help")
    stay = np.array([[0.55, 0.25, 0.05, 0.15], [0.35, 0.15, 0.40, 0.10]])
    lengths = rng.integers(3, 14, len(y))
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    owner = np.repeat(np.arange(len(y)), lengths)
    draws = rng.random(offsets[-1])
    kind = (draws[:, None] > np.cumsum(stay, axis=1)[y[owner]]).sum(axis=1).clip(max=3)
    gap = rng.exponential(40.0, offsets[-1]) * np.where(y[owner] == 1, 0.6, 1.0)
    gap[offsets[:-1]] = 0
    return Events(
        offsets=offsets,
        marks={
            "kind": kind.astype(np.int32),
            "gap": gap.astype(np.float32),
            "price": rng.lognormal(2.0, 1.0, offsets[-1]).astype(np.float32),
            "device": rng.integers(0, 2, offsets[-1]).astype(np.int32),
        },
        vocabulary={"kind": kinds, "device": ("phone", "desk")},
    )


def shortened(events: Events, lengths: np.ndarray) -> Events:
    """Keep the first ``lengths`` events of each case."""
    position = np.arange(events.n_events) - events.offsets[:-1][events.owner]
    keep = position < lengths[events.owner]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    marks = {name: mark[keep] for name, mark in events.marks.items()}
    return Events(offsets, marks, events.vocabulary)
