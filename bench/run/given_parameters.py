"""Parameters of models that a suite gives: who takes part because of them, and whether they fit."""

from collections.abc import Collection, Sequence

from ..errors import ModelError, RequestError, did_you_mean
from ..plugins.loading import load
from ..plugins.outline import Outline, outline
from ..plugins.registry import Plugin, Registry
from ..suite.suite import Suite
from ..task import Task
from ..variants.named import find_model, varied


def taking_part_in_suite(suite: Suite, models: Registry) -> list[tuple[Plugin, Outline]]:
    """Find the models of a suite.

    Without names these are all but those that wait to be named, or for something to be stated.

    Raises
    ------
    RequestError
        If a model is not known, is given a parameter that it does not have, or lacks one that must
        be stated.
    """
    names = suite.models or by_themselves(models, suite.parameters)
    found = [find_model(models, name) for name in names]
    for name, given in suite.parameters.items():
        described = find_model(models, name)[1]
        for key in given:
            if described.parameters and key not in described.parameters:
                raise RequestError(
                    f"[model.{name}]: the model has no parameter {key!r}."
                    f"{did_you_mean(key, described.parameters)}  It has: "
                    f"{', '.join(described.parameters)}."
                )
    for plugin, described in found:
        if described.stated and plugin.name not in suite.parameters:
            raise RequestError(
                f"model {plugin.name!r} must be told {', '.join(described.stated)} before it sees "
                f"any case.  State them under [model.{plugin.name}] in a suite file, and run that: "
                "docs/privacy.md shows one."
            )
    return found


def by_themselves(models: Registry, told: Collection[str] = ()) -> list[str]:
    """Name the models that take part where nobody names any.

    Parameters
    ----------
    models : Registry
        Those given by their files do, too.
    told : collection of str
        Models that a suite tells something: they wait no longer.
    """
    return [
        name
        for name in models.names()
        if name in models.given or name in told or not outline(models.find(name)).waits
    ]


def refuse_searched(suite: Suite, searched: Sequence[str]) -> None:
    """Refuse to search a model's parameters and to be given some.

    Raises
    ------
    RequestError
    """
    for name in searched:
        if name in suite.parameters:
            raise RequestError(
                f"model {name!r} is given parameters by [model.{name}] and is searched, too.  "
                "Leave one out; a grid ([search.grid]) can hold single values."
            )


def check_stated(
    suite: Suite, taking_part: Sequence[tuple[Plugin, Outline]], tasks: Sequence[Task]
) -> None:
    """Have models of the house look at what is stated of the columns of each task; at no case.

    Raises
    ------
    RequestError
        If they refuse it; says what and where.
    """
    for plugin, described in taking_part:
        if not (described.stated and plugin.is_of_house):
            continue
        model = varied(load(plugin)(), plugin.steps).set_params(**suite.parameters[plugin.name])
        for task in tasks:
            try:
                model.check_stated(task.cases.features.iloc[:0])
            except ModelError as error:
                raise RequestError(
                    f"[model.{plugin.name}], for the task {task.name!r}: {error}"
                ) from error
