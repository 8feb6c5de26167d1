"""What a worker can be asked for: cells, blends, policies, checks.

Predictions go into the folder that a request names; all else goes into the answer.  Nothing is
written to the results folder here: what becomes of an answer is the parent's to say.
"""

import json
import traceback
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ..cases import Cases
from ..cell.cell import CellResult, fit_and_predict
from ..cell.course_transport import receive_course
from ..cell.drivers import Took, drivers_of
from ..cell.fit_cases import asked_about_fit_cases
from ..cell.further_cases import learning_from
from ..cell.global_state import GlobalState
from ..cell.latency import measured
from ..cell.mapped_cases import MappedCases, is_mapped, map_cases
from ..cell.policy_cell import Scored, best_possible_cell, policy_cell, score_visits
from ..cell.questions import Told
from ..cell.rare_values import RareValues
from ..cell.segments import segments_of
from ..cell.source_transport import receive_source
from ..cell.transport import receive_blend_rows, receive_cases, receive_split, send_predictions
from ..cell.views import Views
from ..errors import IntentbenchError
from ..language.sentence import Sentence
from ..model import Model
from ..plugins.loading import load
from ..plugins.registry import Plugin
from ..policy import Economics
from ..search.space import as_parameters
from ..store.drivers import CellDrivers
from ..store.segments import CellSegments
from ..variants.named import class_of, varied
from ..variants.transferred import Source, Transferred
from .messages import DONE, FAILED, PREDICTED

Tell = Callable[[dict[str, Any]], None]
_MOST_LETTERS = 500
_STOPPED = Sentence("its process failed, or was stopped, while it was asked again")
_NO_DRIVERS = CellDrivers(missing=_STOPPED)


@lru_cache(maxsize=1)
def _cases(folder: str) -> Cases:
    path = Path(folder)
    return map_cases(path) if is_mapped(path) else receive_cases(path)


@lru_cache(maxsize=1)
def _views(task_folder: str, split_file: str, cuts: str) -> Views:
    task, split, test = receive_split(Path(split_file), _cases(task_folder))
    if cuts and is_mapped(Path(task_folder)):
        task = replace(task, cases=MappedCases(Path(task_folder), split, test, Path(cuts)))
    return Views(task, split, test)


@lru_cache(maxsize=1)
def _columns(task_folder: str, split_file: str, cuts: str) -> Told:
    return Told.of(_views(task_folder, split_file, cuts))


def _where(request: dict[str, Any]) -> tuple[str, str, str]:
    """Say where the task of a cell lies, its split, and the parts that workers share, if any."""
    return request["task"], request["split"], request.get("cuts", "")


@lru_cache(maxsize=1)
def _source(folder: str) -> Source:
    return receive_source(Path(folder))


@lru_cache(maxsize=1)
def _rare_values(task_folder: str) -> RareValues:
    return RareValues.of(_cases(task_folder))


def _plugin(request: dict[str, Any]) -> Plugin:
    about = request["plugin"]
    steps = tuple(about["steps"])
    return Plugin("model", about["name"], Path(about["path"]), about["module"], steps)


def _policy(request: dict[str, Any]) -> Plugin:
    return replace(_plugin(request), kind="policy")


def do_cell(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Carry a cell out."""
    make, views = _maker(request), _views(*_where(request))
    asks_again = request["alone"]
    result = fit_and_predict(make, views, request["seed"], asks_again=asks_again)
    send_predictions(result.predictions, Path(request["out"]))
    rare = _rare_values(request["task"])
    told = [rare.without(explanation) for explanation in result.facts["explanations"]]
    facts = result.facts | {"explanations": told}
    if request["measure"]:
        tell({"says": PREDICTED, "facts": facts})
        fit, _valid, test = views.parts(result.fitted.views)
        costs = measured(
            result.fitted,
            result.fitted.predict_proba,
            lambda row: test.take(np.array([row])),
            len(test),
        )
        p_fit = asked_about_fit_cases(result.fitted, fit)
        facts = facts | {"costs": costs} | ({} if p_fit is None else {"p_fit": p_fit})
    if request["drivers"]:
        tell({"says": PREDICTED, "facts": facts | {"drivers": _NO_DRIVERS.plain()}})
        facts = facts | {"drivers": _drivers(request, result, views)}
    if request["segments"] and type(result.fitted).segments is not Model.segments:
        told = {"segments": CellSegments(missing=_STOPPED).plain()}
        tell({"says": PREDICTED, "facts": facts | told})
        found = segments_of(result.fitted, make, views, request["seed"], facts["fit_seconds"])
        facts = facts | ({} if found is None else {"segments": found.plain()})
    return {"facts": facts}


def _maker(request: dict[str, Any]) -> Callable[[], Model]:
    """Give what makes the unfitted model: its class, in its variants, with given parameters.

    One that learns another task first is given that.
    """
    plugin, params = _plugin(request), as_parameters(request["params"])
    model_class = load(plugin)

    def make() -> Model:
        model = varied(model_class(), plugin.steps).set_params(**params)
        return Transferred(model, _source(request["source"])) if "source" in request else model

    further = request.get("further")
    return make if further is None else learning_from(make, further)


def _drivers(request: dict[str, Any], result: CellResult, views: Views) -> dict[str, Any]:
    facts = result.facts
    took = Took(facts["fit_seconds"], facts["predict_seconds"], facts["n_predicted"])
    told = _columns(*_where(request))
    return drivers_of(
        result.fitted, views, told, result.predictions.test, request["seed"], took
    ).plain()


def do_blend(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Blend the predictions of stored cells with the features of their cases."""
    from ..cell.blend_cell import blend_cells  # brings scikit-learn's trees, which few workers need

    task, rows, members = receive_blend_rows(Path(request["rows"]), _cases(request["task"]))
    result = blend_cells(task.cases.features, task.target, rows, members, task.weight)
    send_predictions(result.predictions, Path(request["out"]))
    if not request["measure"]:
        return {"facts": result.facts}
    tell({"says": PREDICTED, "facts": result.facts})
    p = np.column_stack([predictions.test for predictions in members.values()])
    features = task.cases.features.iloc[rows.test]
    costs = measured(
        result.fitted.kept,
        lambda row: result.fitted.predict(p[[row]], features.iloc[[row]]),
        lambda row: row,
        len(features),
    )
    return {"facts": result.facts | {"costs": costs}}


@lru_cache(maxsize=1)
def _scored(folders: tuple[str, str, str], scores: str, seed: int) -> Scored:
    """Score the visits of a split once for all policies that come one after the other."""
    task_folder, split_file, course_folder = folders
    task, split, test = receive_split(Path(split_file), _cases(task_folder))
    course, _ = receive_course(Path(course_folder))
    plugin = _plugin({"plugin": json.loads(scores)})
    model_class = load(plugin)
    return score_visits(
        lambda: varied(model_class(), plugin.steps), task, course, split, test, seed
    )


def do_policy(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Let a policy learn from the valid visits and act on the test visits."""
    economics = Economics(
        **request["economics"] | {"uplift": tuple(request["economics"]["uplift"])}
    )
    folders = request["task"], request["split"], request["course"]
    task, split, test = receive_split(Path(folders[1]), _cases(folders[0]))
    if request["scores"] is None:
        course, truth = receive_course(Path(folders[2]))
        known = task.cases.events.lengths
        result = best_possible_cell(truth, course, known, split, test, economics)
    else:
        policy = load(_policy(request))()
        scored = _scored(folders, json.dumps(request["scores"]), request["seed"])
        result = policy_cell(policy, scored, task.target[split.valid], economics, request["seed"])
    send_predictions(result.predictions, Path(request["out"]))
    return {"facts": result.facts}


def do_check(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Run one check of the conformance suite."""
    from ..conformance.model_checks import run_check  # brings scikit-learn's metrics

    plugin = _plugin(request)
    return {"message": run_check(class_of(load(plugin), plugin.steps), request["check"])}


def do_policy_check(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Run one check of a policy."""
    from ..conformance.policy_checks import run_check

    run_check(load(_policy(request)), request["check"])
    return {"message": ""}


_WORK: dict[str, Callable[[dict[str, Any], Tell], dict[str, Any]]] = {
    "cell": do_cell,
    "blend": do_blend,
    "policy": do_policy,
    "check": do_check,
    "policy check": do_policy_check,
}


def answer(request: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Do what is asked; whatever the plugin raises becomes an answer.

    Parameters
    ----------
    request : dict
    tell : callable
        Says something before the answer.
    """
    # Of a process that ends with its cell nothing is left to anybody.
    before = None if request["alone"] else GlobalState()
    try:
        said = {"says": DONE} | _WORK[request["work"]](request, tell)
    except IntentbenchError as error:
        said = {"says": FAILED, "message": str(error)}
    # The fence around plugin code: SystemExit and the like must not end the worker silently.
    except BaseException as error:
        said = {"says": FAILED} | _told(error, Path(request["plugin"]["path"]))
    return said if before is None else said | {"left": before.changes()}


def _told(error: BaseException, plugin: Path) -> dict[str, str]:
    """Tell of an error; of one whose own words are an error, its kind."""
    try:
        return {"message": _in_one_line(error, plugin), "trace": traceback.format_exc()}
    except BaseException:
        return {"message": type(error).__name__}


def _in_one_line(error: BaseException, plugin: Path) -> str:
    """Name the error and the line of the plugin in which it arose."""
    text = " ".join(str(error).split())
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename) == plugin
    ]
    where = f" ({plugin.name}, line {lines[-1]})" if lines else ""
    kind = type(error).__name__
    return f"{kind}: {text[:_MOST_LETTERS]}{where}" if text else kind + where
