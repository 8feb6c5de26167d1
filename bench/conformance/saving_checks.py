"""Advice: what a comparison does without, and a file of the model needs."""

import numpy as np

from ..deploy.stored_objects import from_bytes, to_bytes
from ..errors import DataError, ModelError
from .subject import Subject, need


def check_can_be_saved(subject: Subject) -> None:
    """A fitted model comes back from the file that `train` writes, and predicts the same."""
    fit = subject.first_fit
    module = subject.model_class.__module__
    try:
        copy = from_bytes(to_bytes(fit.model, [module]), "its file", [module])
    except DataError as error:
        raise ModelError(f"cannot be saved: {error}") from error
    p, p_copy = (subject.predict(model, fit.few.new) for model in (fit.model, copy))
    apart = np.abs(p - p_copy).max()
    need(
        apart == 0,
        f"cannot be saved: read back, probabilities change by {apart:.3g}.  Keep all that "
        "`predict_proba` reads in attributes.",
    )
