"""Policy: the contract of what decides, after each event of a visit, to act now or to wait."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator


@dataclass(frozen=True)
class Economics:
    """What acting costs and brings, as the user states it; none of it is learnt.

    A log without randomised offers does not say what an offer would have changed.

    Parameters
    ----------
    value : float
        What a saved sale is worth, the offer already taken off.
    cost : float
        Of acting once, whatever comes of it.
    giveaway : float
        What is given away where the sale would have come anyway.
    uplift : tuple of float
        Probability that acting saves a sale which would have been lost: by event, from the first
        one on after which one can act; the last stands for all later events.
    """

    value: float
    cost: float
    giveaway: float
    uplift: tuple[float, ...]

    def uplift_at(self, event: int | np.ndarray) -> np.ndarray:
        """Give the uplift of acting after an event.

        Parameters
        ----------
        event : int or ndarray of int
            Numbered from 1.
        """
        return np.asarray(self.uplift)[np.minimum(event, len(self.uplift)) - 1]

    def gain(self, p: np.ndarray, event: int | np.ndarray) -> np.ndarray:
        """Give what acting after an event is expected to bring, over never acting.

        Parameters
        ----------
        p : ndarray
            P(target = 1) without acting; with outcomes, 0 and 1, it is what acting brings in the
            mean over what the offer may do.
        event : int or ndarray of int
            Numbered from 1.
        """
        return (1 - p) * self.uplift_at(event) * self.value - p * self.giveaway - self.cost


@dataclass(frozen=True, eq=False)
class Seen:
    """What is known of some visits right after one of their events; each of them got there.

    Parameters
    ----------
    p : ndarray, shape (n_visits, event)
        P(target = 1) after each event so far, the present one in the last column.
    kind : ndarray of int, shape (n_visits, event)
        Code of each event's kind.
    gap : ndarray, shape (n_visits, event)
        Seconds since the event before.
    """

    p: np.ndarray
    kind: np.ndarray
    gap: np.ndarray

    @property
    def event(self) -> int:
        """Number of the present event, from 1."""
        return self.p.shape[1]

    @property
    def now(self) -> np.ndarray:
        """P(target = 1) at present, shape (n_visits,)."""
        return self.p[:, -1]


@dataclass(frozen=True, eq=False)
class Visits:
    """Whole visits, event by event, from the first event on after which one can act.

    Parameters
    ----------
    p : ndarray, shape (n_visits, n_events)
        P(target = 1) after each event, NaN after a visit's last.
    kind : ndarray of int, shape (n_visits, n_events)
        Code of each event's kind, -1 after a visit's last.
    gap : ndarray, shape (n_visits, n_events)
        Seconds since the event before, NaN after a visit's last.
    """

    p: np.ndarray
    kind: np.ndarray
    gap: np.ndarray

    @property
    def n_events(self) -> int:
        """Events of the longest visit."""
        return self.p.shape[1]

    @cached_property
    def goes_on(self) -> np.ndarray:
        """Whether each visit gets to each event, shape (n_visits, n_events)."""
        return ~np.isnan(self.p)

    def at(self, event: int) -> np.ndarray:
        """Number the visits that get to an event.

        Parameters
        ----------
        event : int
            From 1.
        """
        return np.flatnonzero(self.goes_on[:, event - 1])

    def seen(self, rows: np.ndarray, event: int) -> Seen:
        """Give what is known of some visits after an event; copies, behind which there is no more.

        Parameters
        ----------
        rows : ndarray of int
            Of visits that get there.
        event : int
            From 1.
        """
        return Seen(
            *(np.array(each[rows, :event], order="C") for each in (self.p, self.kind, self.gap))
        )


class Policy(BaseEstimator, ABC):
    """One way to decide, after each event of a visit, whether to act now.

    A subclass states its ``title``; ``requires`` names what it imports beyond the core install.
    ``__init__`` stores its keywords and does nothing else; ``random_state``, if it is one of them,
    is set by the harness.
    """

    title: ClassVar[str]
    requires: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def learn(self, visits: Visits, y: np.ndarray, economics: Economics) -> Self:
        """Learn from visits whose outcomes are known, before any other visit is seen.

        Parameters
        ----------
        visits : Visits
            Their probabilities are from a model that was fitted on others, and calibrated on these.
        y : ndarray of 0 and 1, shape (n_visits,)
            What became of them.
        economics : Economics
            What later acting costs and brings, too.

        Returns
        -------
        Policy
            Itself.
        """

    @abstractmethod
    def act(self, seen: Seen) -> np.ndarray:
        """Say of each visit whether to act now; a visit in which one has acted is not asked again.

        An answer may depend on what is seen of that visit alone.

        Parameters
        ----------
        seen : Seen
            Of all visits that are going on and wait.

        Returns
        -------
        ndarray of bool, shape (n_visits,)
        """
