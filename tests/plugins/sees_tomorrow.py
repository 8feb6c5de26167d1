"""A planted leak: a case's events and a column run on to what came after its moment."""

import numpy as np
import pandas as pd
from intentbench.bench import Card, Cases, Dataset, Task
from intentbench.bench.events import Events

DAY = 86_400
START = np.datetime64("2024-03-01", "s").astype(int)


class SeesTomorrow(Dataset):
    """Visitors of a made-up shop, each asked about once a week for six weeks."""

    card = Card(
        title="Sees tomorrow",
        question="Will this made-up visitor buy in the week to come?",
        source="drawn at random by the tests",
        licence="none needed",
        target="1 = bought within 7 days",
        real=False,
        horizon_days=7.0,
    )
    files = {}

    def __init__(self, days_too_many=0.0, marks_moments=True, has_last_seen=False):
        self.days_too_many, self.marks_moments = days_too_many, marks_moments
        self.has_last_seen = has_last_seen

    def read(self, paths):
        """Draw the clicks, and cut them where each case is asked about (or later)."""
        return self.cut(drawn_clicks())

    def cut(self, clicks):
        """Make the cases of six weeks from a log of clicks (who, when, what)."""
        cuts = START + 7 * DAY * np.arange(1, 7)
        cases = [
            (who, at, of_one[of_one["when"] < at + DAY * self.days_too_many], of_one)
            for at in cuts
            for who, of_one in clicks.groupby("who")
        ]
        lengths = np.array([len(seen) for _, _, seen, _ in cases])
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        when = np.concatenate([seen["when"].to_numpy() for _, _, seen, _ in cases])
        gap = np.diff(when, prepend=0)
        gap[offsets[:-1][lengths > 0]] = 0
        kind = np.concatenate([seen["what"].to_numpy() for _, _, seen, _ in cases])
        marks = {"kind": kind.astype(np.int32), "gap": gap.astype(np.float32)}
        if self.marks_moments:
            marks["when"] = when.astype(np.float32)
        features = pd.DataFrame({"clicks": lengths})
        if self.has_last_seen:
            # Of the whole log: what came after the cut is in it.
            features["last_seen"] = [of_one["when"].max() for *_, of_one in cases]
        bought = [
            ((of_one["when"] >= at) & (of_one["when"] < at + 7 * DAY) & (of_one["what"] == 1)).any()
            for _, at, _, of_one in cases
        ]
        return Task(
            "sees_tomorrow",
            Cases(features, Events(offsets, marks, {"kind": ("look", "buy")})),
            np.array(bought, dtype=np.int8),
            self.card,
            group=np.array([who for who, *_ in cases]),
            time=np.array([at for _, at, *_ in cases]).astype("datetime64[s]"),
        )


def drawn_clicks():
    """Draw three thousand clicks of a hundred visitors over eight weeks."""
    rng = np.random.default_rng(3)
    clicks = pd.DataFrame(
        {
            "who": rng.integers(0, 100, 3000),
            "when": START + rng.integers(0, 56 * DAY, 3000),
            "what": (rng.random(3000) < 0.1).astype(int),
        }
    )
    return clicks.sort_values(["who", "when"], ignore_index=True)
