"""A model of a run by its name: with what its suite gives, or with what a search chose."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import RequestError
from ..language.sentence import Sentence, Text
from ..model import Model
from ..plugins.loading import load
from ..plugins.registry import Plugin, Registry
from ..search.space import as_parameters
from ..store.records import RunRecord
from ..variants.named import find_model, varied


@dataclass(frozen=True)
class NamedModel:
    """A model, and what makes an unfitted one; ``chosen`` says how its parameters were found."""

    plugin: Plugin
    make: Callable[[], Model]
    chosen: Text = ""


def named_model(run: RunRecord, task: str, name: str, models: Registry) -> NamedModel:
    """Find a model of a run.

    Of a searched one, the parameters are those that most folds chose; of as many, those of the
    latest fold.

    Parameters
    ----------
    run : RunRecord
    task : str
    name : str
    models : Registry

    Raises
    ------
    RequestError
        If it is not at hand, or learnt another task first.
    """
    if run.transfer is not None and name in run.transfer.bases:
        base = run.transfer.bases[name]
        raise RequestError(
            f"{name!r} learnt the task {run.transfer.source!r} first, and a model file is fitted "
            f"on the cases of one task.  Name another model, as in --model {base}."
        )
    searches = [one for one in run.searches if (one.task, one.model) == (task, name)]
    if not searches:
        plugin = find_model(models, name)[0]
        model_class = load(plugin)
        given = as_parameters(run.manifest["suite_content"].get("parameters", {}).get(name, {}))
        return NamedModel(plugin, lambda: varied(model_class(), plugin.steps).set_params(**given))
    plugin = find_model(models, searches[0].base)[0]
    model_class = load(plugin)
    votes = Counter(one.chosen for one in searches if one.chosen >= 0)
    latest = {one.chosen: one.fold for one in searches}
    number = max(votes, key=lambda each: (votes[each], latest[each]))
    params = as_parameters(searches[0].configurations[number])
    return NamedModel(
        plugin,
        lambda: varied(model_class(), plugin.steps).set_params(**params),
        _said(params, votes[number], searches),
    )


def _said(params: Mapping[str, Any], votes: int, searches: list[Any]) -> Sentence:
    told = ", ".join(f"{name} = {value}" for name, value in params.items()) or Sentence("its own")
    return Sentence(
        "Parameters as {n} of {all} folds chose them: {parameters}.",
        n=votes,
        all=len(searches),
        parameters=told,
    )
