"""The key of a figure: a metric, and the rule for the threshold at which it decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from .metrics import METRICS, Metric

AT_HALF, CHOSEN = "", "chosen"


@dataclass(frozen=True, order=True)
class Key:
    """A figure of an entry.

    Its text, ``"roc_auc"`` or ``"f1@chosen"``, is for files and for the command line.

    Parameters
    ----------
    metric : str
        By name.
    rule : str, default=""
        By which the threshold is chosen, ``"chosen"`` being that of the highest F1; empty at 0.5,
        and for metrics of probabilities.
    """

    metric: str
    rule: str = AT_HALF

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a key's text."""
        metric, _, rule = text.partition("@")
        return cls(metric, rule)

    def __str__(self) -> str:
        return f"{self.metric}@{self.rule}" if self.rule else self.metric


def keys_of(
    metrics: Mapping[str, Metric] = METRICS, rules: Iterable[str] = (AT_HALF, CHOSEN)
) -> tuple[Key, ...]:
    """List the figures that metrics give, those of decisions once for every rule."""
    rules = tuple(rules)
    return tuple(
        Key(name, rule)
        for name, metric in metrics.items()
        for rule in (rules if metric.needs == "decision" else (AT_HALF,))
    )
