"""What learnt policies read of a visit, besides its probability: a few columns of the present."""

import numpy as np
from scipy.special import logit

from ..policy import Seen

_MOST_KINDS = 20
_SMALLEST_P = 1e-4


def log_odds(p: np.ndarray) -> np.ndarray:
    """Give log odds, finite for certainties, too."""
    return logit(np.clip(p, _SMALLEST_P, 1 - _SMALLEST_P))


def frequent_kinds(kind: np.ndarray) -> np.ndarray:
    """Name the codes of the kinds that come most often, at most twenty; negative ones are none."""
    codes, counts = np.unique(kind[kind >= 0], return_counts=True)
    return np.sort(codes[np.argsort(-counts, kind="stable")[:_MOST_KINDS]])


def columns(seen: Seen, kinds: np.ndarray) -> np.ndarray:
    """Lay the present out: how the log odds last moved, twice, the last gap, the last kind.

    Parameters
    ----------
    seen : Seen
    kinds : ndarray of int
        Codes that get a column each.

    Returns
    -------
    ndarray, shape (n_visits, 3 + n_kinds)
    """
    odds = log_odds(seen.p[:, -3:])
    odds = np.concatenate([np.repeat(odds[:, :1], 3 - odds.shape[1], axis=1), odds], axis=1)
    return np.column_stack(
        [
            np.diff(odds, axis=1),
            np.log1p(np.maximum(seen.gap[:, -1], 0.0)),
            seen.kind[:, -1:] == kinds,
        ]
    )
