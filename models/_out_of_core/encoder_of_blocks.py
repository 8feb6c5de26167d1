"""Encoders of features learnt from cases on disk: each column on its own, as they are anyway."""

import numpy as np

from ...bench.categories import RATED
from ...bench.encoding import Ordinal, ScaledOneHot
from ...bench.fit_blocks import FitBlocks
from .rated_column import RatedColumn, rated_columns


class EncodedBlocks:
    """What an encoder's ``fit_transform`` gives of fit cases, block by block.

    Parameters
    ----------
    encoder : ScaledOneHot or Ordinal
        Unfitted.
    blocks : FitBlocks

    Attributes
    ----------
    encoder_ : ScaledOneHot or Ordinal
        Fitted: what it would have learnt of the same cases in memory.
    """

    def __init__(self, encoder: ScaledOneHot | Ordinal, blocks: FitBlocks) -> None:
        self._blocks = blocks
        self.encoder_ = _fitted(encoder, blocks)
        self._rated = rated_columns(blocks)
        self.encoder_.rate_scales_ = {}
        for one in self._rated:
            self.encoder_.rates_[one.name] = one.rates
            self.encoder_.rate_scales_[one.name] = self._scale_of(one)
            self.encoder_.names_.append(RATED.format(one.name))
        self.target, self.weight, self.n_cases = blocks.target, blocks.weight, blocks.n_cases

    def _scale_of(self, one: RatedColumn) -> tuple[float, float]:
        if isinstance(self.encoder_, Ordinal):
            return 0.0, 1.0
        log_odds = one.out_of_fold(self._blocks, 0, self._blocks.n_cases)
        return float(log_odds.mean()), float(log_odds.std()) or 1.0

    @property
    def n_columns(self) -> int:
        """How many columns an encoded case has."""
        return max(len(self.encoder_.names_), 1)

    def encoded(self, start: int, stop: int) -> np.ndarray:
        """Encode neighbouring fit cases without showing them their own outcomes."""
        x = self.encoder_.transform(self._blocks.block(start, stop))
        for place, one in enumerate(self._rated, x.shape[1] - len(self._rated)):
            mean, sd = self.encoder_.rate_scales_[one.name]
            x[:, place] = (one.out_of_fold(self._blocks, start, stop) - mean) / sd
        # As of cases in memory: without a column there is still a base rate.
        return x if x.shape[1] else np.zeros((stop - start, 1))


def _fitted(encoder: ScaledOneHot | Ordinal, blocks: FitBlocks) -> ScaledOneHot | Ordinal:
    """Fit an encoder column by column; of a category, on its values and how often each occurs."""
    whole = encoder.fit(blocks.block(0, 0).iloc[:, :0])
    flags, coded = [], []
    for name in blocks.names:
        if is_category := blocks.is_category(name):
            counted = blocks.counted(name)
            of_one = type(encoder)().fit(counted.column.to_frame(), weight=counted.weight)
        else:
            of_one = type(encoder)().fit(blocks.column(name).to_frame())
        n_flags = len(getattr(of_one, "flagged_", []))
        whole.names_ += of_one.names_[: len(of_one.names_) - n_flags]
        flags += of_one.names_[len(of_one.names_) - n_flags :]
        coded.append(is_category)
        for learnt in ("numeric_", "categories_"):
            if hasattr(whole, learnt):
                getattr(whole, learnt).update(getattr(of_one, learnt))
        for listed in ("columns_", "flagged_"):
            if hasattr(whole, listed):
                getattr(whole, listed).extend(getattr(of_one, listed))
    whole.names_ += flags
    if isinstance(whole, Ordinal):
        whole.categorical_ = np.array(coded, dtype=bool)
    return whole
