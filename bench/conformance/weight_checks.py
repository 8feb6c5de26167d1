"""Check that weights count as the cases that they stand for, where a model says that it uses them.

It takes a ``Subject`` and raises ``ModelError`` with what is wrong, or returns a sentence where it
does not apply.
"""

import inspect

import numpy as np

from ..cases import Cases
from .subject import SEED, Subject, need
from .toy_task import Parts, make_parts

# Of the outcomes, that are turned round; those left count so many times.
_TURNED = 0.4
_COUNTS = {0: 3.0, 1: 5.0}
# Of what weights change, that a random model may miss.
_ROOM = 0.75


def check_weights_count_as_cases(subject: Subject) -> str | None:
    """A case of weight k teaches what k such cases would, and weights of one change nothing."""
    if not subject.model_class.uses_weights:
        return "uses no weights"
    taken = inspect.signature(subject.model_class.fit).parameters
    need(
        {"weight", "valid_weight"} <= set(taken)
        or any(one.kind is inspect.Parameter.VAR_KEYWORD for one in taken.values()),
        "`uses_weights` is set, but fit has no keywords `weight` and `valid_weight`, both None by "
        "default.  Add them, or leave `uses_weights` out.",
    )
    parts, weight, valid_weight = _weighted()
    plain = subject.predict(subject.fit(parts), parts.new)
    ones = subject.fit(parts, weights=(np.ones_like(weight), np.ones_like(valid_weight)))
    weighted = subject.fit(parts, weights=(weight, valid_weight))
    repeated = subject.fit(_repeated(parts, weight, valid_weight))
    p_repeated = subject.predict(repeated, parts.new)
    effect = np.abs(plain - p_repeated).mean()
    missed = np.abs(subject.predict(weighted, parts.new) - p_repeated).mean()
    need(
        missed <= _ROOM * effect,
        f"cases with weights from 1 to 5 teach it something else than as many cases: "
        f"probabilities differ by {missed:.3g} on average, and without weights by {effect:.3g}.  "
        "Pass `weight` on to everything that learns from outcomes.",
    )
    moved = np.abs(subject.predict(ones, parts.new) - plain).mean()
    need(
        moved <= _ROOM * effect,
        f"weights that are all 1 change probabilities by {moved:.3g} on average; they must change "
        "nothing but what is drawn by chance.",
    )
    return None


def _weighted() -> tuple[Parts, np.ndarray, np.ndarray]:
    """Make cases that say one thing, and by weight another: the true outcomes count for more."""
    parts = make_parts(SEED + 5, n_fit=240, n_valid=120)
    rng = np.random.default_rng(SEED + 6)
    weights = []

    def turned(y: np.ndarray) -> np.ndarray:
        wrong = rng.random(len(y)) < _TURNED
        weights.append(np.where(wrong, 1.0, np.where(y == 1, _COUNTS[1], _COUNTS[0])))
        return np.where(wrong, 1 - y, y).astype(np.int8)

    return parts.with_outcomes(turned), *weights


def _repeated(parts: Parts, weight: np.ndarray, valid_weight: np.ndarray) -> Parts:
    return Parts(
        *_times(parts.fit, parts.y_fit, weight),
        *_times(parts.valid, parts.y_valid, valid_weight),
        parts.new,
        parts.y_new,
    )


def _times(cases: Cases, y: np.ndarray, weight: np.ndarray) -> tuple[Cases, np.ndarray]:
    rows = np.repeat(np.arange(len(y)), weight.astype(int))
    return cases.take(rows), y[rows]
