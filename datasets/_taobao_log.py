"""The Taobao log: reading it, finding visits, and what each event repeats of its user's past."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from ._histories import Histories

BEHAVIOURS = ("pv", "fav", "cart", "buy")
VIEW, FAVOURITE, CART, BUY = range(4)
VISIT_GAP_SECONDS = 30 * 60
# The shop's clock runs eight hours before the UTC of the log; it has no summer time.
_CLOCK_SECONDS = 8 * 3600
WINDOW = np.array(["2017-11-25", "2017-12-04"], dtype="datetime64[s]")


@dataclass(frozen=True, eq=False)
class Log:
    """Events in the order of user and time; those of one second in the order of the file.

    Parameters
    ----------
    user, item, category : ndarrays of int64, shape (n_events,)
    behaviour : ndarray of int64, shape (n_events,)
        Codes into ``BEHAVIOURS``.
    time : ndarray of datetime64[s], shape (n_events,)
        By the shop's clock.
    """

    user: np.ndarray
    item: np.ndarray
    category: np.ndarray
    behaviour: np.ndarray
    time: np.ndarray

    def __len__(self) -> int:
        return len(self.user)

    @cached_property
    def by_user(self) -> Histories:
        """The events as their users' histories, row for row."""
        return Histories(self.user, self.time)

    @cached_property
    def user_start(self) -> np.ndarray:
        """Row of the first event of each event's user."""
        return _start_of_run(np.diff(self.user, prepend=-1) != 0)

    @cached_property
    def begins_visit(self) -> np.ndarray:
        """Whether an event is its user's first, or more than 30 minutes after the one before."""
        gap = self.by_user.gap
        return (np.diff(self.user, prepend=-1) != 0) | (gap > VISIT_GAP_SECONDS)

    @cached_property
    def item_seen(self) -> np.ndarray:
        """How often the user met the item before, at each event."""
        return self._earlier(self.item, np.ones(len(self), dtype=np.int64))

    @cached_property
    def category_seen(self) -> np.ndarray:
        """How often the user met the category before, at each event."""
        return self._earlier(self.category, np.ones(len(self), dtype=np.int64))

    def item_had(self, behaviour: int) -> np.ndarray:
        """How often the user did this with the item before, at each event."""
        return self._earlier(self.item, (self.behaviour == behaviour).astype(np.int64))

    def category_had(self, behaviour: int) -> np.ndarray:
        """How often the user did this in the category before, at each event."""
        return self._earlier(self.category, (self.behaviour == behaviour).astype(np.int64))

    def _earlier(self, thing: np.ndarray, count: np.ndarray) -> np.ndarray:
        running = pd.Series(count).groupby([self.user, thing]).cumsum().to_numpy()
        return running - count


def read_log(path: Path) -> pd.DataFrame:
    """Read the file as it is: user_id, item_id, category_id, behavior_type, timestamp."""
    return pd.read_csv(path)


def as_log(events: pd.DataFrame) -> Log:
    """Put the events into order; those outside the nine days are clock errors and left out."""
    clock = events["timestamp"].to_numpy().astype(np.int64) + _CLOCK_SECONDS
    time = clock.astype("datetime64[s]")
    events = events.assign(time=time)[(time >= WINDOW[0]) & (time < WINDOW[1])]
    events = events.sort_values(["user_id", "time"], kind="stable")
    code = {name: number for number, name in enumerate(BEHAVIOURS)}
    return Log(
        user=events["user_id"].to_numpy().astype(np.int64),
        item=events["item_id"].to_numpy().astype(np.int64),
        category=events["category_id"].to_numpy().astype(np.int64),
        behaviour=events["behavior_type"].map(code).to_numpy().astype(np.int64),
        time=events["time"].to_numpy().astype("datetime64[s]"),
    )


def _start_of_run(begins: np.ndarray) -> np.ndarray:
    return np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))
