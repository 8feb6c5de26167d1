"""Augmented: a model of events that learns from a changed copy of each fit case as well."""

from abc import abstractmethod
from typing import Self

import numpy as np
import pandas as pd

from ..cases import Cases
from ..errors import ModelError
from ..events import Events
from .variant import ModelVariant, of_weights

_LEAST_KEPT = 0.5
_MASKED = 0.2
_JITTER = 0.3


class Augmented(ModelVariant):
    """A model of twice the fit cases: each as it was, and once more with other events.

    What is changed must not change the outcome.  Copies have the features, the outcome and the
    weight of their case; valid and test cases are as they were.
    """

    @abstractmethod
    def changed(self, events: Events, rng: np.random.Generator) -> Events:
        """Give the events of the copies.

        Parameters
        ----------
        events : Events
            Of the fit cases.
        rng : numpy.random.Generator
        """

    def fit(
        self,
        cases: Cases,
        y: np.ndarray,
        *,
        valid: tuple[Cases, np.ndarray],
        weight: np.ndarray | None = None,
        valid_weight: np.ndarray | None = None,
    ) -> Self:
        """Change copies of the fit cases, and fit the model on both."""
        if "events" not in self.views:
            raise ModelError(
                f"{type(self.model).__name__} reads no events; +{self.word} changes nothing else."
            )
        copies = self.changed(cases.events, np.random.default_rng(self.random_state))
        both = Cases(
            pd.concat([cases.features] * 2, ignore_index=True),
            Events.joined([cases.events, copies]),
        )
        twice = None if weight is None else np.tile(weight, 2)
        self.model_ = self.new_model().fit(
            both, np.tile(y, 2), valid=valid, **of_weights(twice, valid_weight)
        )
        return self


class Cropped(Augmented):
    """Copies of the fit cases whose earliest events, up to half of them, are cut off [1]_.

    References
    ----------
    .. [1] Xie et al. (2022), Contrastive learning for sequential recommendation.  IEEE ICDE.
    """

    word, said = "cropped", "with cropped events"

    def changed(self, events: Events, rng: np.random.Generator) -> Events:
        """Keep the latest events: the prediction is made after them."""
        share = rng.uniform(_LEAST_KEPT, 1.0, len(events))
        n_kept = np.ceil(share * events.lengths).astype(np.int64)
        to_the_end = events.offsets[1:][events.owner] - np.arange(events.n_events)
        return events.kept(to_the_end <= n_kept[events.owner])


class Masked(Augmented):
    """Copies of the fit cases without a fifth of their events, drawn by chance; never the latest.

    The gap before an event is then the time since the one that is left [1]_.

    References
    ----------
    .. [1] As item masking of Xie et al. (2022), Contrastive learning for sequential recommendation.
       IEEE ICDE.
    """

    word, said = "masked", "with masked events"

    def changed(self, events: Events, rng: np.random.Generator) -> Events:
        """Leave events out."""
        kept = rng.random(events.n_events) >= _MASKED
        kept[events.offsets[1:][events.lengths > 0] - 1] = True
        return events.kept(kept)


class Jittered(Augmented):
    """Copies of the fit cases whose gaps between events are a third longer or shorter by chance.

    Each gap is multiplied with ``exp(0.3 z)``, z being standard normal [1]_.

    References
    ----------
    .. [1] As scaling of Um et al. (2017), Data augmentation of wearable sensor data for Parkinson's
       disease monitoring using convolutional neural networks.  ACM ICMI.
    """

    word, said = "jittered", "with jittered gaps"

    def changed(self, events: Events, rng: np.random.Generator) -> Events:
        """Stretch and shrink gaps; events stay what they are."""
        gap = events.gap * np.exp(_JITTER * rng.normal(size=events.n_events))
        marks = {**events.marks, "gap": gap.astype(np.float32)}
        return Events(events.offsets, marks, events.vocabulary)
