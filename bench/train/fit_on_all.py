"""A model fitted on all cases of a task, by one stated rule.

* A model that does not watch valid cases is fitted on all cases.
* One that watches them to know when to stop is fitted on parts first, then on all cases for as
  long as these fits took on average.
* Of any other, the models of the parts are kept and their predictions averaged.

``benchmarks/refit_or_bag.py`` measures what each of these is worth, and costs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..cell.further_cases import asked_of_further, learning_from
from ..cell.views import readied, show_only
from ..deploy.scorers import Bag, OneModel
from ..embedding import Embedding
from ..encoding import ColumnTokens
from ..fit_blocks import learns_from_blocks
from ..language.sentence import Sentence, Text
from ..language.speaking import marked
from ..model import Model
from ..plugins.registry import PACKAGE
from ..run.cell_plan import cell_seed
from ..splits.fold import Split
from ..splits.resampling import Resampling
from ..task import Task

PARTS = 5


@dataclass(frozen=True, eq=False)
class Fitted:
    """A fitted scorer, and in a sentence on which cases and for how long it was fitted."""

    scorer: Bag | OneModel
    how: Text


def fit_on_all(make: Callable[[], Model], task: Task, resampling: Resampling, seed: int) -> Fitted:
    """Fit a model on all cases: those on disk, too, where it learns from them in a run.

    Parameters
    ----------
    make : callable
        Gives an unfitted model, as its class does.
    task : Task
        Its events have a name in each vocabulary for what was never seen.
    resampling : Resampling
        The run's; it splits the cases into parts.
    seed : int
    """
    everybody = np.arange(len(task))
    nobody = everybody[:0]
    unfitted = make()
    n_cases = len(task) + (task.further.n_cases if _learns_further(unfitted, task) else 0)
    if not unfitted.watches:
        scorer = _fit(_new(make, cell_seed(seed, 0, 0)), task, Split(everybody, nobody))
        return Fitted(scorer, Sentence("Fitted on all {n:,} cases.", n=n_cases))
    splits = resampling.splits_of_all(task, PARTS)
    parts = [
        _fit(_new(make, cell_seed(seed, 0, number)), task, split)
        for number, split in enumerate(splits)
    ]
    again = parts[0].model.stopped_like([part.model for part in parts])
    if again is not None:
        scorer = _fit(again, task, Split(everybody, nobody))
        return Fitted(scorer, Sentence(_STOPPED, n=n_cases, parts=_parts_said(splits)))
    if len(parts) == 1:
        fit, valid = n_cases - len(task) + len(splits[0].fit), len(splits[0].valid)
        said = _WATCHING_LATEST if task.time is not None else _WATCHING
        return Fitted(parts[0], Sentence(said, fit=fit, valid=valid))
    return Fitted(Bag(tuple(parts)), Sentence(_BAG, parts=len(parts), n=n_cases))


_STOPPED = marked("Fitted on all {n:,} cases, for as long as {parts} took that watched the others.")
_WATCHING = marked("Fitted on {fit:,} cases while it watched {valid:,} others.")
_WATCHING_LATEST = marked("Fitted on {fit:,} cases while it watched the {valid:,} latest ones.")
_BAG = marked(
    "The mean of {parts} models, each fitted on another part of all {n:,} cases while it watched "
    "the rest."
)


def _parts_said(splits: Sequence[Split]) -> Sentence:
    return Sentence.counted("a fit to a part", "{n} fits to parts", len(splits))


def _new(make: Callable[[], Model], seed: int) -> Model:
    model = make()
    if "random_state" in model.get_params():
        model.set_params(random_state=seed)
    return model


def _fit(model: Model, task: Task, split: Split) -> OneModel:
    fit, valid = task.cases.take(split.fit), task.cases.take(split.valid)
    tokens, embedding = None, None
    derived = "events" in model.views and not task.has_events
    if ("features" in model.views or derived) and Embedding.is_needed(fit.features):
        embedding = Embedding().fit(fit.features)
        fit, valid = (readied(part, embedding, None) for part in (fit, valid))
    if derived:
        tokens = ColumnTokens().fit(fit.features)
        fit, valid = (readied(part, None, tokens) for part in (fit, valid))
    weights = {}
    if task.weight is not None and model.uses_weights:
        weights = {"weight": task.weight[split.fit], "valid_weight": task.weight[split.valid]}
    shown = [show_only(part, model.views) for part in (fit, valid)]
    if _learns_further(model, task):
        fitted = model
        model = learning_from(
            lambda: fitted, asked_of_further(task, split, split.valid[:0], None)
        )()
    model.fit(
        shown[0], task.target[split.fit], valid=(shown[1], task.target[split.valid]), **weights
    )
    return OneModel(model, tokens, embedding)


def _learns_further(model: Model, task: Task) -> bool:
    is_of_house = type(model).__module__.startswith(f"{PACKAGE}.")
    return task.further is not None and is_of_house and learns_from_blocks(model)
