"""What a training run looked like, as curves for the report."""

import numpy as np

from ...bench.model import Explanation

_MOST_ROWS = 40


def training_curves(history: list[dict[str, float]]) -> Explanation:
    """Show the log loss of fit and valid cases by epoch, and say which weights were kept.

    Parameters
    ----------
    history : list of dict
        As ``train`` returns it, one a round.
    """
    kept = max((number for number, entry in enumerate(history, 1) if entry["best"]), default=0)
    wasted = len(history) - kept
    end = "the last" if wasted == 0 else f"after it {wasted} more brought no progress"
    shown = np.unique(np.linspace(0, len(history) - 1, _MOST_ROWS).round().astype(int))
    keys = ("epoch", "fit_loss", "valid_loss")
    return Explanation(
        "curves",
        "Mean log loss after each round of training; that of the fit cases is measured on the "
        f"way, with dropout.  The weights of round {kept} of {len(history)} were kept: {end}.",
        ("epoch", "fit log loss", "valid log loss"),
        tuple(tuple(float(history[row][key]) for key in keys) for row in shown),
        title=f"training ended after {len(history)} rounds, the weights of round {kept} were kept",
    )
