"""Who acts or waits in a run: policies, the model that scores visits, and tasks that allow it."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import RequestError
from ..plugins.loading import load
from ..plugins.needs import needs
from ..plugins.outline import Outline, outline
from ..plugins.registry import Plugin, Registry
from ..policy import Economics
from ..suite.suite import Suite
from ..task import Task
from ..variants.named import find_model


@dataclass(frozen=True)
class ActingPlan:
    """What takes part: the model that scores visits, and the policies.

    ``left_out`` says of policies what they need that is not installed.  ``views`` are those that
    the model reads, joined by "+": by them the truth is given where it is known.
    """

    economics: Economics
    scores: tuple[Plugin, Outline]
    policies: tuple[tuple[Plugin, Outline], ...]
    left_out: dict[str, str]
    views: str

    def truth_of(self, task: Task) -> str:
        """Name the truth about a task's visits that is to be had from what is read, or none."""
        return self.views if task.course is not None and self.views in task.course.truth else ""


def plan_acting(
    suite: Suite,
    taking_part: Sequence[tuple[Plugin, Outline]],
    models: Registry,
    policies: Registry,
) -> ActingPlan | None:
    """Resolve the names of what acts or waits; None where the suite asks for nothing of it.

    Raises
    ------
    RequestError
        If the model that scores visits is unknown, or cannot be used here.
    """
    asked = suite.act_or_wait
    if asked is None:
        return None
    scores = find_model(models, asked.scores) if asked.scores else _usual(taking_part)
    if why := needs(scores[1]):
        raise RequestError(f"to act or wait: model {asked.scores!r} {why}")
    # Code that is not of the house is not run here; it may read anything.
    house = scores[0].is_of_house
    views = "+".join(sorted(load(scores[0]).views)) if house else "events+features"
    found = [(policies.find(name), outline(policies.find(name))) for name in policies.names()]
    lacking = {plugin.name: needs(described) for plugin, described in found}
    return ActingPlan(
        asked.economics,
        scores,
        tuple(pair for pair in found if not lacking[pair[0].name]),
        {name: why for name, why in lacking.items() if why},
        views,
    )


def _usual(taking_part: Sequence[tuple[Plugin, Outline]]) -> tuple[Plugin, Outline]:
    for plugin, described in taking_part:
        if described.family == "sequence":
            return plugin, described
    raise RequestError(
        "to act or wait takes a model that reads sequences, whose probabilities policies see, and "
        "none takes part.  Name one: --scores MODEL, or scores in [act_or_wait]."
    )


def require_courses(tasks: Sequence[Task]) -> None:
    """See that all tasks say how their cases went on.

    Raises
    ------
    RequestError
        Names those that do not, and what can be done.
    """
    without = [task for task in tasks if task.course is None]
    if not without:
        return
    no_events = [task.name for task in without if not task.has_events]
    why = (
        f"{', '.join(no_events)} {'has' if len(no_events) == 1 else 'have'} no events"
        if no_events
        else f"{', '.join(task.name for task in without)} says nothing of the events that follow"
    )
    raise RequestError(
        f"to act or wait takes visits event by event, and {why}.  Run the suite act_or_wait, or "
        "name in a suite file a data set that has the parameter course, as in [task.visits] with "
        'data = "taobao", after = 1, course = 19; or leave act or wait out.'
    )
