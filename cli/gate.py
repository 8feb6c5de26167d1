"""Gates: ``roc_auc:0.005`` lets a loss through unless more than 0.005 of it is established."""

import math
from collections.abc import Sequence

from ..bench.errors import RequestError, did_you_mean
from ..bench.judge.scoring import CHOSEN
from ..bench.judge.two_runs import GateVerdict, TwoRuns
from ..bench.metrics.bootstrap import metric_keys
from ..bench.metrics.metrics import METRICS


def read_gates(given: Sequence[str]) -> dict[str, float]:
    """Read gates from the command line.

    Returns
    -------
    dict of str to float
        The loss that each lets through, in the metric's own units, by the figure's key.

    Raises
    ------
    RequestError
        If one is not written ``METRIC:AMOUNT``, or names no metric.
    """
    keys = metric_keys(("", CHOSEN))
    gates: dict[str, float] = {}
    for text in given:
        key, _, written = text.rpartition(":")
        key, written = (key, written) if key else (written, "")
        if key not in keys:
            raise RequestError(
                f"--fail-if-worse {text}: unknown metric {key!r}.{did_you_mean(key, keys)}  "
                f"Metrics: {', '.join(METRICS)}; those of decisions also as in f1{CHOSEN}."
            )
        try:
            amount = float(written)
        except ValueError:
            amount = math.nan
        if not 0 <= amount < math.inf:
            raise RequestError(
                f"--fail-if-worse {text}: write the loss to be let through as a number from 0 on, "
                f"in the metric's own units, as in {key}:0.005."
            )
        if key in gates:
            raise RequestError(f"--fail-if-worse names {key} twice.  Give one amount.")
        gates[key] = amount
    return gates


def verdicts(compared: TwoRuns, gates: dict[str, float]) -> tuple[GateVerdict, ...]:
    """Say which losses are established to be larger than a gate lets through.

    That is so where the whole 95 % interval of the paired difference lies beyond it: a loss that
    noise may explain ends no build, however large it looks.
    """
    return tuple(_verdict(compared, key, amount) for key, amount in gates.items())


def _verdict(compared: TwoRuns, key: str, amount: float) -> GateVerdict:
    title = METRICS[key.removesuffix(CHOSEN)].title
    losses, n_compared = [], 0
    for changed in compared.tasks:
        for change in changed.changes:
            if key not in change.gaps or not change.gaps[key].difference.available:
                continue
            n_compared += 1
            found = change.gaps[key].difference
            if found.high < -amount:
                losses.append(
                    f"{change.title} on {changed.task.name} lost {-found.value:.4f} in {title} "
                    f"(95 % interval {-found.high:.4f} to {-found.low:.4f})"
                )
    return GateVerdict(key, amount, tuple(losses), n_compared)
