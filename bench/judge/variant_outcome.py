"""What a variant of a model brought on a task."""

import math
from dataclasses import dataclass

from .findings import Gap


@dataclass(frozen=True)
class VariantOutcome:
    """A variant of a model on a task.

    Parameters
    ----------
    name, title : str
    base, base_title : str
        Of the model itself.
    gain : Gap or None
        In the task's main metric over the model itself; None where one of the two failed.
    kept : tuple of int
        Of a selection, how many columns were kept in each of its fits; empty of others.
    n_columns : int
        Of the task.
    always, never : int
        Columns that all fits kept, and that none did.
    stability, error : float
        Of the selection over the fits, see ``selection_stability``; NaN where it cannot be told.
    """

    name: str
    title: str
    base: str
    base_title: str
    gain: Gap | None
    kept: tuple[int, ...] = ()
    n_columns: int = 0
    always: int = 0
    never: int = 0
    stability: float = math.nan
    error: float = math.nan
