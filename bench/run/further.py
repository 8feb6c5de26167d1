"""What cases on disk mean for a run: who learns from them, and how long that may take."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..errors import RequestError
from ..fit_blocks import learns_from_blocks
from ..language.sentence import AFTER_A_COMMA, Sentence, joined
from ..plugins.loading import load
from ..plugins.outline import Outline
from ..plugins.registry import Plugin
from ..splits.fold import Fold
from ..splits.thinning import thinned
from ..suite.curve import LEARNING, Curve
from ..suite.suite import Limits, Suite
from ..task import Task

# For each million cases on disk, as far as a suite's own limit is below.
_SECONDS_A_MILLION = 120.0
# Of the fit cases, on learning curves that nobody has asked for.
_SHARES = (0.125, 0.25, 0.5)


def learners(models: Sequence[tuple[Plugin, Outline]]) -> list[tuple[Plugin, Outline]]:
    """Give the models that learn from cases on disk: of the house, and as they are."""
    return [
        (plugin, described)
        for plugin, described in models
        if plugin.is_of_house and not plugin.steps and learns_from_blocks(load(plugin))
    ]


def say_who_learns(task: Task, models: Sequence[tuple[Plugin, Outline]]) -> Task:
    """Say on the card of a task with cases on disk which models learn from them."""
    if task.further is None:
        return task
    learning = learners(models)
    titles = joined(AFTER_A_COMMA, [described.title for _, described in learning])
    said = Sentence("From the cases on disk learn, too: {models}.", models=titles)
    first, *others = task.card.caveats
    return replace(task, card=replace(task.card, caveats=(first, said, *others)))


def limits_with_further(limits: Limits, tasks: Sequence[Task]) -> Limits:
    """Give cells more time where cases on disk are learnt from."""
    most = max((task.further.n_cases for task in tasks if task.further is not None), default=0)
    return replace(limits, seconds=limits.seconds + _SECONDS_A_MILLION * most / 1e6)


def curves_of_samples(
    suite: Suite,
    tasks: Sequence[Task],
    plans: Mapping[str, tuple[Fold, ...]],
    models: Sequence[tuple[Plugin, Outline]],
) -> tuple[Curve, ...]:
    """Ask what more cases would bring to the models that cannot learn from those on disk.

    Each is fitted on an eighth, a quarter and half of its fit cases besides, which together takes
    less time than another fit on all of them where time grows with the cases.

    Parameters
    ----------
    suite : Suite
        A learning curve that it has of a task is left as it is.
    tasks : sequence of Task
    plans : mapping of str to tuple of Fold
        By task.
    models : sequence of (Plugin, Outline)

    Returns
    -------
    tuple of Curve
        Of each task with cases on disk; with fewer points where an eighth is too little to fit on.
    """
    learning = {plugin.name for plugin, _ in learners(models)}
    sampled = tuple(
        plugin.name
        for plugin, described in models
        if plugin.name not in learning and described.family != "baseline"
    )
    asked = {curve.task for curve in suite.curves if curve.kind == LEARNING}
    seed, curves = suite.resampling.seed, []
    for task in tasks:
        if task.further is None or task.name in asked or not sampled:
            continue
        enough = [share for share in _SHARES if _is_enough(task, plans[task.name], share, seed)]
        if enough:
            curves.append(Curve(LEARNING, task.name, shares=tuple(enough), models=sampled))
    return tuple(curves)


def _is_enough(task: Task, plan: Sequence[Fold], share: float, seed: int) -> bool:
    try:
        thinned(task, plan, share, seed)
    except RequestError:
        return False
    return True
