"""Recalibrate: the same model with truer probabilities, as a file of its own."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from ..deploy.manifest import Manifest, Threshold
from ..deploy.predictor import Predictor
from ..deploy.reference import Reference, ScoresAndOutcomes, facts_of_scores
from ..deploy.scorers import Recalibrated
from ..errors import RequestError
from .recalibration import KEEP, Recalibration, choose_map
from .remedies import decisions_of, thresholds_at_their_word


@dataclass(frozen=True, eq=False)
class Labelled:
    """Labels to learn from: where they come from, and cases with P(target = 1) by the file."""

    file: str
    sha256: str
    p: np.ndarray
    y: np.ndarray
    group: np.ndarray | None = None


def recalibrate(predictor: Predictor, labelled: Labelled) -> tuple[Predictor, Recalibration]:
    """Learn a map on labels, and give the predictor that asks it.

    Thresholds follow: each rule chooses anew on the labelled cases' new probabilities.  What new
    cases are compared with is renewed, too: scores and log loss are those of the labelled cases,
    each by a map that had not seen it; columns stay those of the fitted cases.

    Parameters
    ----------
    predictor : Predictor
    labelled : Labelled

    Raises
    ------
    RequestError
        If labels are too few or of one outcome, or keeping the file is best.
    """
    found = choose_map(labelled.p, labelled.y, labelled.group)
    if found.chosen == KEEP:
        kept, *others = found.candidates
        told = ", ".join(f"{each.log_loss:.4f} by {each.title}" for each in others)
        raise RequestError(
            f"Keep the file as it is: its log loss on {len(labelled.y):,} labels is "
            f"{kept.log_loss:.4f}, that of maps on labels they had not seen {told}.  Nothing was "
            "written."
        )
    manifest = predictor.manifest
    best = found.best
    chosen = thresholds_at_their_word(decisions_of(manifest), best.p)
    thresholds = tuple(
        Threshold(one.rule, one.title, chosen[one.rule]) for one in manifest.thresholds
    )
    made = replace(
        manifest,
        thresholds=thresholds,
        calibration=_CALIBRATION.format(
            map=best.title,
            n=len(labelled.y),
            file=labelled.file,
            sha256=labelled.sha256,
            loss=best.log_loss,
            kept=found.candidates[0].log_loss,
        ),
        made_at=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        notes=(*(note for note in manifest.notes if note != _JUDGED_BEFORE), _JUDGED_BEFORE),
    )
    made = replace(made, reference=_reference(made, best.p, labelled))
    return Predictor(made, Recalibrated(predictor.scorer, found.calibrate)), found


_CALIBRATION = (
    "Recalibrated: {map}, learnt on {n:,} labels of {file} (SHA-256 {sha256}).  On labels that it "
    "had not seen its log loss is {loss:.4f}, without it {kept:.4f}.  Thresholds were chosen anew "
    "on the new probabilities."
)
_JUDGED_BEFORE = "What was judged is the model before it was recalibrated."


def _reference(manifest: Manifest, p: np.ndarray, labelled: Labelled) -> Reference | None:
    if manifest.reference is None:
        return None
    facts = facts_of_scores(
        ScoresAndOutcomes(labelled.y, p, labelled.group), manifest.threshold.threshold
    )
    return replace(manifest.reference, **facts)
