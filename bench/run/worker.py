"""The process in which cells run: reads a request a line, does the work, answers a line.

Started by ``fence`` with one thread for every numeric library.
It lives for many cells and holds the cases of one task and the outcomes of one split at a time.
"""

import contextlib
import faulthandler
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from ..cases import Cases
from ..cell.cell import CellResult, fit_and_predict
from ..cell.latency import measured
from ..cell.transport import receive_blend_rows, receive_cases, receive_split
from ..cell.views import Views
from ..conformance.model_checks import run_check
from ..errors import IntentbenchError, StoreError
from ..plugins.loading import load
from ..plugins.registry import Plugin
from ..store.predictions import pooled
from ..store.store import Store
from .fence import FROM_FENCE, READY


@lru_cache(maxsize=1)
def _cases(folder: str) -> Cases:
    return receive_cases(Path(folder))


@lru_cache(maxsize=1)
def _views(task_folder: str, split_file: str) -> Views:
    return Views(*receive_split(Path(split_file), _cases(task_folder)))


def _plugin(request: dict[str, Any]) -> Plugin:
    about = request["plugin"]
    return Plugin("model", about["name"], Path(about["path"]), about["module"])


def do_cell(request: dict[str, Any]) -> dict[str, Any]:
    """Carry a cell out and store it."""
    model_class, views = load(_plugin(request)), _views(request["task"], request["split"])
    result = fit_and_predict(model_class, views, request["seed"])
    _store(request, result)
    if request["measure"]:
        *_, test = views.parts(model_class.views)
        costs = measured(
            result.fitted,
            result.fitted.predict_proba,
            lambda row: test.take(np.array([row])),
            len(test),
        )
        _store(request, result, costs)
    return {"status": "done"}


def do_blend(request: dict[str, Any]) -> dict[str, Any]:
    """Blend the predictions of stored cells with the features of their cases, and store that."""
    from ..cell.blend_cell import blend_cells  # brings scikit-learn's trees, which few workers need

    task, rows = receive_blend_rows(Path(request["rows"]), _cases(request["task"]))
    store = Store(Path(request["store"]))
    members = {
        name: pooled([[store.read_predictions(key) for key in seeds] for seeds in splits])
        for name, splits in request["members"].items()
    }
    result = blend_cells(task.cases.features, task.target, rows, members, task.weight)
    _store(request, result)
    if request["measure"]:
        p = np.column_stack([predictions.test for predictions in members.values()])
        features = task.cases.features.iloc[rows.test]
        costs = measured(
            result.fitted.kept,
            lambda row: result.fitted.predict(p[[row]], features.iloc[[row]]),
            lambda row: row,
            len(features),
        )
        _store(request, result, costs)
    return {"status": "done"}


def _store(
    request: dict[str, Any], result: CellResult, costs: dict[str, Any] | None = None
) -> None:
    """Store a cell, before its costs are measured too: whatever that ends in, it has predicted."""
    facts = result.facts | request["facts"] | ({"costs": costs} if costs else {})
    Store(Path(request["store"])).write_cell(request["key"], facts, result.predictions)


def do_check(request: dict[str, Any]) -> dict[str, Any]:
    """Run one check of the conformance suite."""
    finding = run_check(load(_plugin(request)), request["check"])
    return {"status": "done", "message": finding}


_WORK: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "cell": do_cell,
    "blend": do_blend,
    "check": do_check,
}


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Do what is asked; whatever the plugin raises becomes an answer."""
    try:
        return _WORK[request["work"]](request)
    except StoreError as error:
        return {"status": "store", "message": str(error)}
    except IntentbenchError as error:
        return {"status": "failed", "message": str(error)}
    # The fence around plugin code: SystemExit and the like must not end the worker silently.
    except BaseException as error:
        return {
            "status": "failed",
            "message": _in_one_line(error, Path(request["plugin"]["path"])),
            "trace": traceback.format_exc(),
        }


def _in_one_line(error: BaseException, plugin: Path) -> str:
    """Name the error and the line of the plugin in which it arose."""
    text = " ".join(str(error).split())
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename) == plugin
    ]
    where = f" ({plugin.name}, line {lines[-1]})" if lines else ""
    return f"{type(error).__name__}: {text[:500]}{where}" if text else type(error).__name__ + where


def _leave_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _own_stdout() -> TextIO:
    """Keep the answers' channel to ourselves; what plugins print goes to the log."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return channel


def main() -> None:
    """Answer requests until the parent closes the channel or is gone."""
    if sys.argv[1:] != [FROM_FENCE]:
        sys.exit("error: workers are started by a run.  Start one: python -m intentbench run")
    faulthandler.enable()
    channel = _own_stdout()
    threading.Thread(target=_leave_with_parent, args=(os.getppid(),), daemon=True).start()
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        # A cell's time begins when all imports are done.
        print(json.dumps({"status": READY}), file=channel, flush=True)
        for line in sys.stdin:
            print(json.dumps(answer(json.loads(line))), file=channel, flush=True)


if __name__ == "__main__":
    main()
