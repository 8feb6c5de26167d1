"""Transfer in a run: which networks learn another task first, what of it, and at which shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..cases import Cases
from ..errors import RequestError
from ..language.sentence import Sentence
from ..plugins.outline import Outline
from ..plugins.registry import Plugin
from ..splits.fold import Fold
from ..splits.thinning import thinned
from ..suite.curve import LEARNING, Curve
from ..task import Task
from ..variants.meanings import counterparts
from ..variants.named import PLUS
from ..variants.transferred import TRANSFERRED

SHARES = (0.125, 0.25)
# What a network learns of more cases does not pay for the time that each of its cells takes.
MOST_CASES = 20_000
_FEWEST_OF_AN_OUTCOME = 10


@dataclass(frozen=True)
class Transfer:
    """What is learnt first, and by whom.

    Parameters
    ----------
    source : str
        The name of the source task.
    entries : mapping of str to (Plugin, Outline)
        By the name of a network, its entry that learns the source first.
    sources : mapping of str to Task
        By the name of a task, the source's cases that it may be given: events and outcomes.
    """

    source: str
    entries: Mapping[str, tuple[Plugin, Outline]]
    sources: Mapping[str, Task]

    @property
    def bases(self) -> dict[str, str]:
        """By the name of an entry, that of the network itself."""
        return {plugin.name: base for base, (plugin, _) in self.entries.items()}

    def source_of(self, task: str) -> Task:
        """Give the source's cases for a task, or for a point of one of its curves."""
        return self.sources[task.partition("@")[0]]

    def record(self) -> dict[str, Any]:
        """Say what a run notes of it, as ``TransferRecord`` has it."""
        return {
            "source": self.source,
            "bases": self.bases,
            "n_cases": {task: len(source) for task, source in self.sources.items()},
            "fingerprints": {task: given.fingerprint() for task, given in self.sources.items()},
        }


def require_networks(taking_part: Sequence[tuple[Plugin, Outline]]) -> None:
    """See that some network takes part that can learn another task first.

    Raises
    ------
    RequestError
    """
    if not any(_learns_first(*pair) for pair in taking_part):
        raise RequestError(
            "none of the models that take part can be pre-trained on another task; networks that "
            "read events alone can: gru, lstm, conv_lstm, transformer, pretrained_gru.  Name one, "
            "as in --model gru, or leave pretrain-on out."
        )


def _learns_first(plugin: Plugin, described: Outline) -> bool:
    return described.transfers and plugin.is_of_house and not plugin.steps


def _entry(plugin: Plugin, described: Outline, source: str) -> tuple[Plugin, Outline]:
    name = f"{plugin.name}{PLUS}{TRANSFERRED}"
    said = Sentence("{model}, pre-trained on {source}", model=described.title, source=source)
    return replace(plugin, name=name), replace(described, title=said)


def plan_transfer(
    source: Task,
    data: str,
    tasks: Sequence[tuple[Task, str]],
    taking_part: Sequence[tuple[Plugin, Outline]],
) -> Transfer:
    """See what of a source may be learnt before each task.

    Parameters
    ----------
    source : Task
    data : str
        The data set that it comes from.
    tasks : sequence of (Task, str)
        Those that are judged, and their data sets.
    taking_part : sequence of (Plugin, Outline)

    Raises
    ------
    RequestError
        If a task has no events; if source and target are the same data, have no kind of event in
        common or may share cases; or if too little of the source is left.
    """
    networks = [pair for pair in taking_part if _learns_first(*pair)]
    entries = {plugin.name: _entry(plugin, about, source.name) for plugin, about in networks}
    _require_events(source)
    sources = {task.name: _for(source, data, task, of_task) for task, of_task in tasks}
    return Transfer(source.name, entries, sources)


def _for(source: Task, data: str, task: Task, data_of_task: str) -> Task:
    _require_events(task)
    if source.fingerprint() == task.fingerprint():
        raise RequestError(
            f"pretrain-on {source.name!r} has the very cases of the task {task.name!r}: what is "
            "tested would have been learnt.  Name another task."
        )
    kinds = [each.cases.events.vocabulary["kind"] for each in (source, task)]
    if not counterparts(*kinds):
        shown = [", ".join(names[:6]) for names in kinds]
        raise RequestError(
            f"pretrain-on {source.name!r} and the task {task.name!r} have no kind of event in "
            f"common: {shown[0]}; and {shown[1]}.  Name a source whose events have the same names, "
            "or names that say viewed, put into the cart or bought."
        )
    return _reduced(source, _apart(source, data, task, data_of_task))


def _require_events(task: Task) -> None:
    if not task.has_events:
        raise RequestError(
            f"the task {task.name!r} is a table: it has no events from which a network could learn "
            "for another task, or to which it could be carried over.  Name tasks with events, or "
            "leave pretrain-on out."
        )


def _apart(source: Task, data: str, task: Task, data_of_task: str) -> np.ndarray:
    """Find the source's cases that are about nobody of the task."""
    everything = np.ones(len(source), dtype=bool)
    # Two files of the user's own may be about the same people, whatever reads them.
    own_files = source.card.sha256 and task.card.sha256
    if data != data_of_task and not own_files:
        return everything
    if source.group is None or task.group is None:
        if source.card.real is False and task.card.real is False:
            return everything  # drawn anew: nobody is in both
        raise RequestError(
            f"pretrain-on {source.name!r} and the task {task.name!r} are of one kind of data, "
            f"{data}, and do not say whom their cases are about: they may share cases.  Name "
            "another task, or say who (--group)."
        )
    names = pd.Index(pd.unique(pd.Series(task.group)).astype(str))
    return ~pd.Series(source.group).astype(str).isin(names).to_numpy()


def _reduced(source: Task, apart: np.ndarray) -> Task:
    """Keep events and outcomes of those cases, at most so many, drawn by chance."""
    rows = np.flatnonzero(apart)
    gone = len(source) - len(rows)
    if len(rows) > MOST_CASES:
        rows = np.sort(np.random.default_rng(0).choice(rows, MOST_CASES, replace=False))
    counts = np.bincount(source.target[rows], minlength=2)
    if counts.min() < _FEWEST_OF_AN_OUTCOME:
        why = f", after {gone:,} about people of the task were left out" if gone else ""
        raise RequestError(
            f"pretrain-on {source.name!r} has {counts[1]:,} positive and {counts[0]:,} negative "
            f"cases{why}; {_FEWEST_OF_AN_OUTCOME} of each are needed.  Name another task."
        )
    events = source.cases.events.take(rows)
    return Task(
        source.name,
        Cases(pd.DataFrame(index=range(len(rows))), events),
        source.target[rows],
        source.card,
    )


def curves_of(
    curves: Sequence[Curve],
    transfer: Transfer,
    tasks: Sequence[Task],
    plans: Mapping[str, Sequence[Fold]],
    seed: int,
) -> tuple[Curve, ...]:
    """Have learning curves drawn with and without transfer; make one where a task has none.

    Shares that leave too few cases of an outcome to fit on are no points of a curve made here.

    Raises
    ------
    RequestError
        If none is left.
    """
    both = {base: plugin.name for base, (plugin, _) in transfer.entries.items()}
    found = [
        replace(curve, models=(*curve.models, *(both[one] for one in curve.models if one in both)))
        if curve.kind == LEARNING
        else curve
        for curve in curves
    ]
    asked = {curve.task for curve in found if curve.kind == LEARNING}
    for task in (task for task in tasks if task.name not in asked):
        shares = tuple(share for share in SHARES if _bears(task, plans[task.name], share, seed))
        if not shares:
            raise RequestError(
                f"a quarter of the fit cases of the task {task.name!r} holds fewer than five cases "
                "of an outcome: too few to see what pre-training brings.  Ask for larger shares in "
                f'a suite file, with [[curve]] kind = "learning", task = "{task.name}", '
                "shares = [0.5]; or leave pretrain-on out."
            )
        models = tuple(name for pair in both.items() for name in pair)
        found.append(Curve(LEARNING, task.name, shares, models=models))
    return tuple(found)


def _bears(task: Task, plan: Sequence[Fold], share: float, seed: int) -> bool:
    try:
        thinned(task, plan, share, seed)
    except RequestError:
        return False
    return True
