"""Events of a body as those that models read."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..deploy.manifest import EventFacts
from ..events import Events
from .refusals import Fault, RefusedError


def events_of(cases: Sequence[Sequence[Mapping[str, Any]]], facts: EventFacts) -> Events:
    """Lay the events of all cases end to end.

    Parameters
    ----------
    cases : sequence of sequences of mappings
        Of each case its events, in order; each with all marks.
    facts : EventFacts

    Raises
    ------
    RefusedError
        If a number is larger than models read (single precision).
    """
    lengths = [len(events) for events in cases]
    flat = [event for events in cases for event in events]
    marks: dict[str, np.ndarray] = {}
    vocabulary: dict[str, tuple[str, ...]] = {}
    for name in facts.marks:
        values = [event[name] for event in flat]
        if name in facts.vocabulary:
            texts = [str(value) for value in values]
            # Without an event there is still a vocabulary, of one name at least.
            vocabulary[name] = tuple(dict.fromkeys(texts)) or facts.vocabulary[name][:1]
            code_of = {text: code for code, text in enumerate(vocabulary[name])}
            marks[name] = np.array([code_of[text] for text in texts], dtype=np.int32)
            continue
        with np.errstate(over="ignore"):
            marks[name] = np.array(values, dtype=np.float64).astype(np.float32)
        if not np.isfinite(marks[name]).all():
            raise _too_large(name, lengths, int(np.argmin(np.isfinite(marks[name]))))
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Events(offsets, marks, vocabulary)


def _too_large(name: str, lengths: Sequence[int], at: int) -> RefusedError:
    ends = np.cumsum(lengths)
    case = int(np.searchsorted(ends, at, side="right"))
    number = at - int(ends[case] - lengths[case])
    message = "It is larger than a number in single precision can be (about 3.4e38)."
    return RefusedError(422, Fault(f"events[{case}][{number}][{name!r}]", message))
