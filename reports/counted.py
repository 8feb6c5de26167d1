"""A number with its noun: in the right number in English, with its measure word in Chinese."""

from ..bench.language.speaking import ngettext
from . import formats


def cases(n: float) -> str:
    """Count cases."""
    return ngettext("{n} case", "{n} cases", round(n)).format(n=formats.count(n))


def cells(n: int) -> str:
    """Count cells."""
    return ngettext("{n} cell", "{n} cells", n).format(n=formats.count(n))


def ensembles(n: int) -> str:
    """Count ensembles."""
    return ngettext("{n} ensemble", "{n} ensembles", n).format(n=formats.count(n))


def events_seen(n: int) -> str:
    """Count events."""
    return ngettext("{n} event", "{n} events", n).format(n=formats.count(n))


def findings(n: int) -> str:
    """Count findings."""
    return ngettext("{n} finding", "{n} findings", n).format(n=formats.count(n))


def folds(n: int) -> str:
    """Count folds."""
    return ngettext("{n} fold", "{n} folds", n).format(n=formats.count(n))


def members(n: int) -> str:
    """Count members of an ensemble."""
    return ngettext("{n} member", "{n} members", n).format(n=formats.count(n))


def models(n: int) -> str:
    """Count models."""
    return ngettext("{n} model", "{n} models", n).format(n=formats.count(n))


def slices(n: int) -> str:
    """Count slices."""
    return ngettext("{n} slice", "{n} slices", n).format(n=formats.count(n))


def tasks(n: int) -> str:
    """Count tasks."""
    return ngettext("{n} task", "{n} tasks", n).format(n=formats.count(n))
