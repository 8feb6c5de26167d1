"""Keep, recalibrate or train anew: what each is worth on the labels there are."""

from dataclasses import dataclass

import numpy as np

from ..deploy.manifest import Manifest
from ..deploy.reference import Reference
from ..metrics.thresholds import decide
from ..stats.clustered import error_of
from ..suite.decisions import PER_CASES, Decisions, choose
from .recalibration import KEEP, Candidate, Recalibration, choose_map, why_too_few

_NORMAL = 1.959963984540054


@dataclass(frozen=True)
class Remedy:
    """One of the three.

    ``log_loss`` is of labelled cases, of maps that had not seen them; ``money`` is what wrong
    decisions cost, or what right ones bring, of 1,000 cases, None where the file knows no worth.
    """

    name: str
    title: str
    log_loss: float
    money: float | None
    money_low: float | None
    money_high: float | None


@dataclass(frozen=True, eq=False)
class Remedies:
    """What is known of all three; ``why_not`` where labels are too few to say.

    ``n_labels`` are those since look ``since`` with labels, from 0 on.  ``costs`` tells that money
    is a cost, lower is better.  ``judged`` is the log loss when it was tested: what training anew
    could bring back at best, if the new can be learnt as well as the old.
    """

    remedies: tuple[Remedy, ...]
    recalibration: Recalibration | None
    judged: float
    costs: bool
    n_labels: int
    since: int
    why_not: str = ""


def decisions_of(manifest: Manifest) -> Decisions:
    """Give what the file knows of the worth of decisions."""
    return Decisions(**manifest.costs)


def thresholds_at_their_word(decisions: Decisions, p: np.ndarray) -> dict[str, float]:
    """Choose the threshold of each rule on probabilities that are taken at their word.

    Each case counts as ``p`` positive and ``1 - p`` negative cases: the rule sees what is to be
    expected, not which of some hundred outcomes chance has dealt.  Where costs or profits are
    known, true probabilities have one best threshold, whatever the cases are [1]_.

    References
    ----------
    .. [1] Elkan (2001), "The foundations of cost-sensitive learning", IJCAI.
    """
    y = np.repeat([1, 0], len(p))
    weight = np.concatenate([p, 1 - p])
    chosen = choose(decisions.rules(), y, np.concatenate([p, p]), weight)
    if decisions.costs is not None:
        wrong_yes, wrong_no = decisions.costs
        chosen["cost"] = wrong_yes / (wrong_yes + wrong_no)
    if decisions.profit is not None:
        value, action = decisions.profit
        chosen["profit"] = min(action / value, 1.0)
    return chosen


def remedies_of(
    manifest: Manifest,
    reference: Reference,
    p: np.ndarray,
    y: np.ndarray,
    group: np.ndarray | None,
    since: int = 0,
) -> Remedies:
    """Weigh keeping against recalibrating, on labels.

    Parameters
    ----------
    manifest : Manifest
    reference : Reference
    p : ndarray, shape (n_labels,)
    y : ndarray of 0 and 1, shape (n_labels,)
    group : ndarray of int, shape (n_labels,), optional
    since : int
        The look with labels from which on these are, from 0 on.
    """
    decisions = decisions_of(manifest)
    costs = decisions.profit is None
    judged = reference.log_loss.value
    if why := why_too_few(y):
        return Remedies((), None, judged, costs, len(y), since, why)
    found = choose_map(p, y, group)
    kept, best = found.candidates[0], found.best
    made = [_remedy(kept, "Keep it", y, group, decisions, manifest.threshold.threshold)]
    if found.chosen != KEEP:
        threshold = thresholds_at_their_word(decisions, best.p)[manifest.decides_by]
        title = f"Recalibrate it: {best.title}"
        made.append(_remedy(best, title, y, group, decisions, threshold))
    return Remedies(tuple(made), found, judged, costs, len(y), since)


def _remedy(
    candidate: Candidate,
    title: str,
    y: np.ndarray,
    group: np.ndarray | None,
    decisions: Decisions,
    threshold: float,
) -> Remedy:
    name, loss = candidate.name, candidate.log_loss
    acted = decide(candidate.p, threshold).astype(float)
    if decisions.profit is not None:
        value, action = decisions.profit
        each = value * acted * y - action * acted
    elif decisions.costs is not None:
        wrong_yes, wrong_no = decisions.costs
        each = wrong_yes * acted * (1 - y) + wrong_no * (1 - acted) * y
    else:
        return Remedy(name, title, loss, None, None, None)
    money = PER_CASES * float(each.mean())
    reach = PER_CASES * _NORMAL * error_of((each - each.mean()) / len(y), group)
    return Remedy(name, title, loss, money, money - reach, money + reach)
