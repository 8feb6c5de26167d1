"""Gates: ``roc_auc:0.005`` lets a loss through unless more than 0.005 of it is established."""

import math
from collections.abc import Sequence

from ..bench.errors import RequestError, did_you_mean
from ..bench.judge.two_runs import GateVerdict, TwoRuns
from ..bench.language.speaking import _
from ..bench.metrics.key import CHOSEN, Key, keys_of
from ..bench.metrics.metrics import METRICS


def read_gates(given: Sequence[str]) -> dict[Key, float]:
    """Read gates from the command line.

    Returns
    -------
    dict of Key to float
        The loss that each lets through, in the metric's own units.

    Raises
    ------
    RequestError
        If one is not written ``METRIC:AMOUNT``, or names no metric.
    """
    known = {str(key): key for key in keys_of()}
    gates: dict[Key, float] = {}
    for text in given:
        name, _colon, written = text.rpartition(":")
        name, written = (name, written) if name else (written, "")
        if name not in known:
            raise RequestError(
                f"--fail-if-worse {text}: unknown metric {name!r}."
                f"{did_you_mean(name, list(known))}  "
                f"Metrics: {', '.join(METRICS)}; those of decisions also as in {Key('f1', CHOSEN)}."
            )
        try:
            amount = float(written)
        except ValueError:
            amount = math.nan
        if not 0 <= amount < math.inf:
            raise RequestError(
                f"--fail-if-worse {text}: write the loss to be let through as a number from 0 on, "
                f"in the metric's own units, as in {name}:0.005."
            )
        if known[name] in gates:
            raise RequestError(f"--fail-if-worse names {name} twice.  Give one amount.")
        gates[known[name]] = amount
    return gates


def verdicts(compared: TwoRuns, gates: dict[Key, float]) -> tuple[GateVerdict, ...]:
    """Say which losses are established to be larger than a gate lets through.

    That is so where the whole 95 % interval of the paired difference lies beyond it: a loss that
    noise may explain ends no build, however large it looks.
    """
    return tuple(_verdict(compared, key, amount) for key, amount in gates.items())


def _verdict(compared: TwoRuns, key: Key, amount: float) -> GateVerdict:
    title = _(METRICS[key.metric].title)
    losses, n_compared = [], 0
    for changed in compared.tasks:
        for change in changed.changes:
            if key not in change.gaps or not change.gaps[key].difference.available:
                continue
            n_compared += 1
            found = change.gaps[key].difference
            if found.high < -amount:
                losses.append(
                    _(
                        "{title} on {task} lost {lost:.4f} in {metric} (95 % interval {low:.4f} to "
                        "{high:.4f})"
                    ).format(
                        title=change.title,
                        task=changed.task.name,
                        lost=-found.value,
                        metric=title,
                        low=-found.high,
                        high=-found.low,
                    )
                )
    return GateVerdict(key, amount, tuple(losses), n_compared)
