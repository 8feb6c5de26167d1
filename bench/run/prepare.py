"""All that is done before the first fit: names, data, splits, and a look at data and splits."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from ..data_checks.check_data import findings
from ..errors import DataError, IntentbenchError, ModelError, RequestError, did_you_mean
from ..language.sentence import Sentence
from ..plugins.loading import load
from ..plugins.needs import needs
from ..plugins.outline import Outline, outline
from ..plugins.registry import Plugin, Registry
from ..splits.verify import verify_plan
from ..suite.curve import LEARNING
from ..suite.suite import Suite, Variant
from ..task import Task
from .acting import plan_acting, require_courses
from .curve_plan import asking, plan_curve, taking_part_in
from .further import curves_of_samples, learners, limits_with_further, say_who_learns
from .given_parameters import check_stated, refuse_searched, taking_part_in_suite
from .search_plan import plan_searches
from .slice_plan import plan_slices
from .transfer_plan import curves_of, plan_transfer, require_networks
from .work import Work


def prepare(
    suite: Suite,
    models: Registry,
    datasets: Registry,
    policies: Registry | None = None,
    *,
    is_limited: bool = False,
) -> Work:
    """Resolve names, load data, plan splits and look at both, all before the first fit.

    Parameters
    ----------
    suite : Suite
    models, datasets : Registry
    policies : Registry, optional
        Those that act or wait.
    is_limited : bool, default=False
        Whether time is limited: no learning curve is drawn then that nobody has asked for.

    Raises
    ------
    RequestError
        If a name is unknown, a task cannot be split as asked, or a plan would leak.
    DataError
        If a data set is missing or damaged.
    """
    taking_part = taking_part_in_suite(suite, models)
    if suite.models:
        # No table without the base rate: nobody can read it.
        others = [models.find(name) for name in models.names() if name not in suite.models]
        baselines = [(plugin, outline(plugin)) for plugin in others]
        taking_part += [pair for pair in baselines if pair[1].family == "baseline"]
    left_out = _left_out(suite, taking_part)
    taking_part = [pair for pair in taking_part if pair[0].name not in left_out]
    suite = _without(suite, left_out)
    for name in suite.variants:
        if name in datasets.names():
            raise RequestError(
                f"suite {suite.name!r}: [task.{name}] has the name of a data set.  Give the task "
                f"another one, as in [task.{name}_2]; if a [[folder]] makes it, rename the file."
            )
    searches = plan_searches(suite.search, taking_part)
    source = None
    if suite.pretrain_on:
        source = _source_of(suite, datasets)
        require_networks(taking_part)
    acting = plan_acting(suite, taking_part, models, policies or Registry("policy"))
    refuse_searched(suite, [searched.plugin.name for searched in searches])
    # All names are resolved, and numbers looked at, before the first data set is read.
    suite.resampling.check_numbers()
    chosen = [
        (name, suite.variants.get(name, Variant(data=name, parameters={}))) for name in suite.tasks
    ]
    sources = [(name, datasets.find(chosen.data), chosen.parameters) for name, chosen in chosen]
    tasks = tuple(say_who_learns(task, taking_part) for task in _load_all(sources))
    suite = replace(suite, limits=limits_with_further(suite.limits, tasks))
    if acting is not None:
        require_courses(tasks)
    check_stated(suite, taking_part, tasks)
    plans = {}
    for task in tasks:
        resampling = suite.resampling_of(task.name)
        plans[task.name] = resampling.plan(task)
        verify_plan(task, plans[task.name], strangers=resampling.strangers)
    if not is_limited:
        further = curves_of_samples(suite, tasks, plans, taking_part)
        suite = replace(suite, curves=(*suite.curves, *further))
    transfer = None
    if source is not None:
        of_data = [(task, plugin.name) for task, (_, plugin, _) in zip(tasks, sources, strict=True)]
        given = load_task(source[0], suite.pretrain_on, source[1])
        transfer = plan_transfer(given, source[0].name, of_data, taking_part)
        made = curves_of(suite.curves, transfer, tasks, plans, suite.resampling.seed)
        suite = replace(suite, curves=made)
        taking_part = [*taking_part, *transfer.entries.values()]
    slices = plan_slices(tasks, suite.slices)
    found = {task.name: findings(task, plans[task.name]) for task in tasks}
    curves = []
    on_curves = [taking_part_in(curve, taking_part) for curve in suite.curves]
    for curve, names in zip(suite.curves, on_curves, strict=True):
        for task, (_, source, given) in zip(tasks, sources, strict=True):
            if task.name == curve.task:
                if task.further is not None:
                    # Of all their cases a part would be more than the others have.
                    of_all = {plugin.name for plugin, described in learners(taking_part)
                              if described.family != "baseline"}  # fmt: skip
                    names = [model for model in names if model not in of_all]
                ask = asking(source, given, partial(load_task, source, task.name))
                plan, resampling = plans[task.name], suite.resampling_of(task.name)
                curves.append(plan_curve(curve, task, plan, resampling, names, ask))
                # The later points of an early curve keep the plan of its first.
                made = curves[-1].tasks[: None if curve.kind == LEARNING else 1]
                for point in made:
                    verify_plan(point, curves[-1].plans[point.name], strangers=resampling.strangers)
    return Work(
        suite,
        tasks,
        (*taking_part, *(searched.tuned for searched in searches)),
        plans | {name: plan for curve in curves for name, plan in curve.plans.items()},
        found,
        tuple(task for curve in curves for task in curve.tasks),
        tuple(curve.record for curve in curves),
        left_out=left_out | ({} if acting is None else acting.left_out),
        slices=slices,
        searches=searches,
        acting=acting,
        transfer=transfer,
    )


def _source_of(suite: Suite, datasets: Registry) -> tuple[Plugin, Mapping[str, Any]]:
    """Find the task that networks learn first.

    Raises
    ------
    RequestError
        If it is one of the suite's own, or there is none of this name.
    """
    name = suite.pretrain_on
    if name in suite.tasks:
        raise RequestError(
            f"pretrain-on {name!r} is a task of this run: what is tested would have been learnt.  "
            "Name another one, or leave it out of the tasks (--task)."
        )
    variant = suite.variants.get(name, Variant(data=name, parameters={}))
    return datasets.find(variant.data), variant.parameters


def _left_out(suite: Suite, taking_part: Sequence[tuple[Plugin, Outline]]) -> dict[str, str]:
    """Say of models of the house why they cannot take part; other models fail with the reason.

    Raises
    ------
    RequestError
        If no other model is named.
    """
    found = {
        plugin.name: needs(described)
        for plugin, described in taking_part
        if plugin.is_of_house and needs(described)
    }
    if suite.models and found.keys() >= set(suite.models):
        name, why = next(iter(found.items()))
        raise RequestError(f"model {name!r} {why}")
    return found


def _without(suite: Suite, left_out: Mapping[str, str]) -> Suite:
    """Take models out of what curves are drawn of."""
    curves = tuple(
        replace(curve, models=tuple(name for name in curve.models if name not in left_out))
        for curve in suite.curves
    )
    return replace(suite, curves=curves)


def _load_all(sources: Sequence[tuple[str, Plugin, Mapping[str, Any]]]) -> tuple[Task, ...]:
    """Load all tasks; what is wrong with several is said at once."""
    tasks, wrong = [], {}
    for name, source, parameters in sources:
        try:
            tasks.append(load_task(source, name, parameters))
        except DataError as error:
            wrong[name] = str(error)
    if len(wrong) == 1 and len(sources) == 1:
        raise DataError(*wrong.values())
    if wrong:
        good = " ".join(f"--task {task.name}" for task in tasks)
        without = f"\n\nTo run without them: {good}" if tasks else ""
        raise DataError(
            f"{len(wrong)} of {len(sources)} tasks cannot be loaded: {', '.join(wrong)}.\n\n"
            + "\n\n".join(dict.fromkeys(wrong.values()))
            + without
        )
    return tuple(tasks)


def load_task(
    source: Plugin, name: str | None = None, parameters: Mapping[str, Any] | None = None
) -> Task:
    """Load a data set plugin's task.

    Parameters
    ----------
    source : Plugin
    name : str, optional
        Of the task; the plugin's name where not given.
    parameters : mapping of str to object, optional
        Keywords of the data set; its defaults stand for the others.

    Raises
    ------
    RequestError
        If the data set has no parameter of such a name.
    DataError
        If the plugin cannot be imported or its data cannot be read.
    """
    parameters = dict(parameters or {})
    try:
        made = load(source)
        _check_names(made, source.name, parameters)
        data = made(**parameters)
        task = data.load()
        if parameters and data.card is getattr(made, "card", None):
            said = ", ".join(f"{keyword} = {value}" for keyword, value in parameters.items())
            task = replace(task, card=replace(task.card, title=_with(task.card.title, said)))
        return replace(task, name=name or source.name)
    except ModelError as error:
        raise DataError(str(error)) from error
    except IntentbenchError:
        raise
    # The fence around plugin code: whatever it raises is told.
    except Exception as error:
        raise DataError(
            f"{source.path}: reading the data failed: {type(error).__name__}: {error}"
        ) from error


def _with(title: str, parameters: str) -> Sentence:
    whole = title if isinstance(title, Sentence) else Sentence(title)
    return Sentence("{title} ({parameters})", title=whole, parameters=parameters)


def _check_names(made: type, name: str, parameters: Mapping[str, Any]) -> None:
    known = list(inspect.signature(made).parameters)
    for keyword in parameters:
        if keyword not in known:
            has = f"It has: {', '.join(known)}." if known else "It has none."
            raise RequestError(
                f"data set {name!r} has no parameter {keyword!r}.{did_you_mean(keyword, known)}  "
                f"{has}"
            )
