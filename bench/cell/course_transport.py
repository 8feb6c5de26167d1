"""How cases went on, on its way to the worker processes."""

from pathlib import Path

import numpy as np
import pandas as pd

from ..cases import Cases
from ..events import Events
from ..task import Course
from .transport import receive_cases, send_cases

_TRUTH = "truth.npy"


def send_course(course: Course, folder: Path, views: str = "") -> None:
    """Write how cases went on, with the truth given some views if any are named."""
    send_cases(Cases(pd.DataFrame(index=range(len(course.events))), course.events), folder)
    if views:
        np.save(folder / _TRUTH, course.truth[views])


def receive_course(folder: Path) -> tuple[Events, np.ndarray | None]:
    """Read it back, and the truth after each event where it was sent along."""
    truth = np.load(folder / _TRUTH) if (folder / _TRUTH).exists() else None
    return receive_cases(folder).events, truth
