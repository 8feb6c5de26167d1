"""What a training run looked like, as curves for the report."""

import numpy as np

from ...bench.language.sentence import Sentence
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
    end = Sentence("the last")
    if wasted:
        end = Sentence("after it {n} more brought no progress", n=wasted)
    shown = np.unique(np.linspace(0, len(history) - 1, _MOST_ROWS).round().astype(int))
    keys = ("epoch", "fit_loss", "valid_loss")
    return Explanation(
        "curves",
        Sentence(
            "Mean log loss after each round of training; that of the fit cases is "
            "measured on the way, with dropout.  The weights of round {kept} of {n} "
            "were kept: {end}.",
            kept=kept,
            n=len(history),
            end=end,
        ),
        (Sentence("epoch"), Sentence("fit log loss"), Sentence("valid log loss")),
        tuple(tuple(float(history[row][key]) for key in keys) for row in shown),
        title=Sentence(
            "training ended after {n} rounds, the weights of round {kept} were kept",
            n=len(history),
            kept=kept,
        ),
    )
