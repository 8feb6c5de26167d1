"""A suite: which tasks, models, splits, seeds and limits a run holds."""

from dataclasses import dataclass, field, replace
from typing import Any

from ..model import FAMILIES
from ..splits.resampling import Resampling
from .act_or_wait import ActOrWait
from .curve import Curve
from .decisions import Decisions
from .limits import Limits
from .search import Search


@dataclass(frozen=True)
class MemberSet:
    """Who takes part in an ensemble.

    Parameters
    ----------
    families : tuple of str
        Models of these families.
    most_ms_per_1000 : float, optional
        Only models that predict 1,000 cases within so many milliseconds.
    """

    families: tuple[str, ...]
    most_ms_per_1000: float | None = None


LEARNING_FAMILIES = tuple(family for family in FAMILIES if family != "baseline")
ENSEMBLES = {
    "all": MemberSet(LEARNING_FAMILIES),
    "classical": MemberSet(("linear", "tree", "svm")),
    "bayesian": MemberSet(("bayesian", "sequence")),
    "quick": MemberSet(LEARNING_FAMILIES, 10.0),
}


@dataclass(frozen=True)
class Variant:
    """A data set plugin with parameters of its own; or split so that strangers are tested."""

    data: str
    parameters: dict[str, Any]
    strangers: bool = False


@dataclass(frozen=True)
class Suite:
    """What to compare.

    Parameters
    ----------
    name, title : str
    tasks : tuple of str
        Data set plugins, and names of ``variants``.
    models : tuple of str
        Model plugins; empty for all there are.
    seeds : tuple of int
        Each model is fitted once for each.
    resampling : Resampling
    limits : Limits
    ensembles : dict of str to MemberSet
        The first is combined by every rule, the others by a few.
    decisions : Decisions
    variants : dict of str to Variant
        Further tasks: data sets with other parameters.
    curves : tuple of Curve
        What is asked of some of the tasks besides.
    slices : tuple of str
        Columns by whose values figures are told apart; without any, a few are chosen.
    search : Search, optional
        Whether configurations of models are tried, too.
    act_or_wait : ActOrWait, optional
        Whether policies act on visits or wait, and what that is said to bring.
    parameters : dict of str to dict
        Of models, by name: keywords that are not their own.
    pretrain_on : str
        A task, of a data set or of ``variants``, that networks of events learn first; empty for
        none.
    """

    name: str
    title: str
    tasks: tuple[str, ...]
    models: tuple[str, ...] = ()
    seeds: tuple[int, ...] = (0,)
    resampling: Resampling = field(default_factory=Resampling)
    limits: Limits = field(default_factory=Limits)
    ensembles: dict[str, MemberSet] = field(default_factory=lambda: dict(ENSEMBLES))
    decisions: Decisions = field(default_factory=Decisions)
    variants: dict[str, Variant] = field(default_factory=dict)
    curves: tuple[Curve, ...] = ()
    slices: tuple[str, ...] = ()
    search: Search | None = None
    act_or_wait: ActOrWait | None = None
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    pretrain_on: str = ""

    def resampling_of(self, task: str) -> Resampling:
        """Give the plan of a task: the suite's, on strangers where its variant asks for them."""
        variant = self.variants.get(task)
        if variant is None or not variant.strangers:
            return self.resampling
        return replace(self.resampling, strangers=True)

    def narrowed(self, tasks: list[str], models: list[str]) -> "Suite":
        """Keep the suite's plan, with other tasks or models where any are named."""
        narrow = replace(self, tasks=tuple(tasks) or self.tasks)
        if not models:
            return narrow
        # A curve whose own models are all left out is drawn of those that are not.
        curves = tuple(
            replace(curve, models=tuple(name for name in curve.models if name in models))
            for curve in self.curves
        )
        return replace(narrow, models=tuple(models), curves=curves)
