"""Audited claims against mlscorecheck, which solves for the counts by other means."""

import numpy as np
import pytest
from intentbench.bench.audit.claims import Claim, read_figure
from intentbench.bench.audit.readings import check

binary = pytest.importorskip("mlscorecheck.check.binary")

NAMES = {"accuracy": "acc", "precision": "ppv", "recall": "sens", "specificity": "spec", "f1": "f1"}
DIGITS = 3
UNIT = 10.0**-DIGITS


def printed(rng, fold):
    """Figures of a matrix, to three digits; now and then one of them is moved."""
    tp, fp, tn, fn = fold
    figures = {
        "accuracy": (tp + tn) / sum(fold), "precision": tp / max(tp + fp, 1),
        "recall": tp / (tp + fn), "specificity": tn / (tn + fp), "f1": 2 * tp / (2 * tp + fp + fn),
    }  # fmt: skip
    return {name: round(value + rng.choice([0] * 6 + [5 * UNIT]), DIGITS)
            for name, value in figures.items()}  # fmt: skip


def a_fold(rng):
    positives, negatives = int(rng.integers(5, 60)), int(rng.integers(20, 300))
    tp, fp = int(rng.integers(1, positives + 1)), int(rng.integers(0, negatives // 2))
    return tp, fp, negatives - fp, positives - tp


def claim_of(values, **counts):
    figures = {name: read_figure(name, f"{value:.{DIGITS}f}") for name, value in values.items()}
    return Claim("x", figures, average="binary", **counts)


def inconsistent(values, n, positives, eps):
    """What mlscorecheck says of one matrix."""
    return binary.check_1_testset_no_kfold(
        testset={"p": positives, "n": n - positives},
        scores={NAMES[name]: value for name, value in values.items()},
        eps=eps,
    )["inconsistency"]


def test_one_matrix():
    rng = np.random.default_rng(0)
    verdicts = []
    for _ in range(150):
        fold = a_fold(rng)
        values = printed(rng, fold)
        if max(values.values()) > 1:
            continue
        kept = rng.choice(list(NAMES), size=3, replace=False)
        values = {name: value for name, value in values.items() if name in kept}
        n, positives = sum(fold), fold[0] + fold[3]
        verdict = check(claim_of(values, n=n, positives=positives, folds=1))
        # The audit's ranges hold half a unit to either side, and lie within a unit.
        if verdict.possible:
            assert not inconsistent(values, n, positives, 1.01 * UNIT), (fold, values)
        else:
            assert inconsistent(values, n, positives, UNIT / 2), (fold, values)
        verdicts.append(verdict.possible)
    assert 0.2 < np.mean(verdicts) < 0.8


def test_means_over_known_folds():
    rng = np.random.default_rng(1)
    verdicts = []
    for _ in range(12):
        folds = [a_fold(rng) for _ in range(3)]
        every = [printed(rng, fold) for fold in folds]
        values = {
            name: round(float(np.mean([fold[name] for fold in every])), DIGITS)
            for name in ("accuracy", "recall", "specificity")
        }
        if max(values.values()) > 1:
            continue
        positives = [fold[0] + fold[3] for fold in folds]
        sizes = [sum(fold) for fold in folds]
        verdict = check(
            claim_of(values, folds=3, fold_sizes=tuple(sizes), fold_positives=tuple(positives))
        )
        scores = {NAMES[name]: value for name, value in values.items()}
        known = {
            "folds": [
                {"p": yes, "n": size - yes} for yes, size in zip(positives, sizes, strict=True)
            ]
        }
        if not verdict.possible:
            assert binary.check_1_dataset_known_folds_mos(
                dataset={"p": sum(positives), "n": sum(sizes) - sum(positives)},
                folding=known, scores=scores, eps=UNIT / 2,
            )["inconsistency"], (folds, values, verdict)  # fmt: skip
        verdicts.append(verdict.possible)
    assert any(verdicts)
