"""compare: from a data frame, a file or a task's name to judged models, in one call."""

import inspect
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ..bench.errors import RequestError, did_you_mean
from ..bench.judge.judge import judge
from ..bench.language.speaking import language, of_locale, speaking
from ..bench.plugins.registry import Registry
from ..bench.run.time_budget import asked_minutes
from ..bench.splits.resampling import Resampling
from ..bench.store.objects import opened_objects
from ..bench.store.shared_store import opened_store
from ..bench.store.store import Store
from ..bench.store.temporary import TEMPORARY
from ..bench.suite.act_or_wait import USUAL_COURSE, ActOrWait, asked_act_or_wait
from ..bench.suite.act_or_wait import WORDS as WORDS_OF_WAITING
from ..bench.suite.asked_decisions import WORDS, Spelling, asked_decisions
from ..bench.suite.decisions import Decisions
from ..bench.suite.search import asked_search
from ..bench.suite.suite import Suite, Variant
from ..bench.suite.task_name import task_name
from ..datasets.event_log import EventLog
from ..datasets.table_file import TableFile
from .frames import write_frame
from .given_models import named_models
from .result import Result
from .running import run_suite, workers
from .watching import Silent, watcher

_OF_SPLITS = tuple(field.name for field in fields(Resampling))
_OF_RUN = ("slices", "search", "minutes", "pretrain_on")
_SPELLING = Spelling(lambda word: word, lambda word, value: f"{word}={value}", ", ")
# A process that is still there has its number in the names of its temporary folders.
_OURS = f"{TEMPORARY}{os.getpid()}-"
_NOT_SAID = ("path", "sha256")


def compare(
    data: "pd.DataFrame | str | Path",
    *,
    models: object = "quick",
    results: "str | Path | None" = None,
    store: str | None = None,
    jobs: int | None = None,
    progress: bool = True,
    language: str | None = None,
    **said: Any,
) -> Result:
    """Compare models on data of your own, or on a task that comes with the house.

    Parameters
    ----------
    data : DataFrame, str or Path
        A frame, one row a case; a file or a folder of a table or (with ``when``) of an event log,
        as for ``intentbench run``; or the name of a data set.
    models : str, class, estimator, or an iterable or a mapping of these, default="quick"
        Names, groups ("quick", "classical", "bayesian", "deep", "all"), files or classes of your
        own models, scikit-learn classifiers (which see the columns encoded) and pipelines (which
        see the data frame of features).  The base rate is always added.
    results : str or Path, optional
        The folder that keeps cells, runs and reports; a temporary one where left out.
    store : str, optional
        A store that machines share, "s3://BUCKET/PREFIX" or "file:///FOLDER", which keeps cells and
        runs; ``results`` is then this machine's copy of it.
    jobs : int, optional
        Worker processes; by default as many as there are cores.
    progress : bool, default=True
        Whether to say how it goes on.
    language : str, optional
        In which everything is said: "en" or "zh"; by default that of the locale, as for the
        command.
    **said
        What is said of the data, as of the flags of ``intentbench run``: ``target``, ``positive``,
        ``group``, ``time``, ``drop``, ...; of the splits: ``folds``, ``inner``, ``repeats``,
        ``seed``, ``test_after``, ``strangers``; of the decisions: ``value`` (of a right yes) and
        ``cost`` (of acting on any case), ``false_positive`` and ``false_negative``, ``budget``,
        ``precision``, ``recall``; ``prefer="readable"`` to recommend readable models first;
        ``slices``, the columns by whose values figures are told apart; ``search=20`` to try so many
        configurations of each model on the inner splits and judge the chosen ones, too;
        ``pretrain_on="rees46"`` to train networks of events on that task first;
        ``minutes=4`` to report after that time on the models that are whole by then;
        ``parameters={"xgboost": {"max_depth": 3}}`` for keywords of models that are not their own;
        to act on visits or wait, ``uplift`` (a probability, or a list by event) and ``giveaway``
        with ``value`` (of a saved sale) and ``cost`` (of acting), and ``scores``, the model whose
        probabilities policies see.

    Returns
    -------
    Result

    Raises
    ------
    RequestError
        If a keyword, a name or a plan has no meaning.
    DataError
        If the data cannot be read.
    StoreError
        If the folder cannot be written, or the store cannot be reached.
    KeyboardInterrupt
        If it is stopped; says what is kept.
    """
    language = of_locale(os.environ) if language is None else language
    with speaking(language):
        return _compared(data, models, results, store, jobs, progress, said)


def _compared(
    data: object,
    models: object,
    results: "str | Path | None",
    url: str | None,
    jobs: int | None,
    progress: bool,
    said: dict[str, Any],
) -> Result:
    of_splits = {name: said.pop(name) for name in _OF_SPLITS if name in said}
    is_log = "when" in said
    # A log has a column of values; what a yes is worth is a number.
    column = {"value": said.pop("value")} if is_log and isinstance(said.get("value"), str) else {}
    asked = {word: said.pop(word) for word in WORDS if word in said}
    slices = _slices(said.pop("slices", ()))
    minutes = asked_minutes(said.pop("minutes"), "minutes") if "minutes" in said else None
    search = asked_search(said.pop("search"), "search") if "search" in said else None
    pretrain_on = _pretrain_on(said.pop("pretrain_on", ""))
    acting = _acting(asked, said)
    decisions = asked_decisions(asked, Decisions(), _SPELLING)
    said |= column
    parameters = _parameters(said.pop("parameters", {}))
    objects = opened_objects(url) if url else None
    folder_of_results = tempfile.mkdtemp(prefix=_OURS) if results is None else results
    store = opened_store(Path(folder_of_results), objects)
    with _given_files() as folder:
        if acting is not None and is_log and "after_events" in said:
            said.setdefault("course", USUAL_COURSE)
        name, variant = _task(data, said, folder, is_log=is_log)
        if slices and variant is not None and not is_log:
            # They may be left out of the features.
            variant = replace(variant, parameters={**variant.parameters, "aside": slices})
        registry = Registry("model")
        names, files = named_models(models, registry, folder)
        suite = Suite(
            name=name,
            title=said.get("title") or name,
            tasks=(name,),
            models=tuple(names),
            resampling=Resampling(**of_splits),
            seeds=(of_splits.get("seed", 0),),
            decisions=decisions,
            variants={} if variant is None else {name: variant},
            slices=tuple(slices),
            search=search,
            act_or_wait=acting,
            parameters=parameters,
            pretrain_on=pretrain_on,
        )
        n_jobs = workers(jobs)
        about = {"command": "intentbench.compare", "metrics": []}
        models_found, datasets = Registry("model", files), Registry("dataset")
        try:
            with watcher(n_jobs) if progress else Silent() as watching:
                run = run_suite(
                    suite, models_found, datasets, store, watching, about, jobs=n_jobs,
                    minutes=minutes,
                )  # fmt: skip
                store.publish(run.run_id)
                return Result(judge(run), store, temporary=results is None, language=language())
        except KeyboardInterrupt:
            raise KeyboardInterrupt(_interrupted(store, url, temporary=results is None)) from None


def _acting(asked: dict[str, Any], said: dict[str, Any]) -> ActOrWait | None:
    """Take out what is said of acting on visits; value and cost are then of that."""
    given = {word: said.pop(word) for word in WORDS_OF_WAITING if word in said}
    if given:
        given |= {word: asked.pop(word) for word in ("value", "cost") if word in asked}
    return asked_act_or_wait(given, None, _SPELLING)


def _interrupted(store: Store, url: str | None, *, temporary: bool) -> str:
    """Say what is left of a comparison that was stopped."""
    if temporary:
        shutil.rmtree(store.root, ignore_errors=True)
    if temporary and not url:
        return "compare was stopped, and nothing is kept: results= names no folder for it."
    kept = url or store.root
    return f"compare was stopped; finished cells are in {kept}, and the same call goes on."


def _parameters(given: object) -> dict[str, dict[str, Any]]:
    if not isinstance(given, dict) or not all(isinstance(of, dict) for of in given.values()):
        raise RequestError(
            f"parameters={given!r}: a table by model is needed, as in "
            'parameters={"xgboost": {"max_depth": 3}}.'
        )
    return given


def _pretrain_on(given: object) -> str:
    if not isinstance(given, str):
        raise RequestError(f"pretrain_on={given!r}: the name of a task is needed.")
    return given


def _slices(given: object) -> list[str]:
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, (list, tuple)) or not all(isinstance(one, str) for one in names):
        raise RequestError(f"slices={given!r}: names of columns are needed.")
    return list(dict.fromkeys(names))


@contextmanager
def _given_files() -> Iterator[Path]:
    """Make a folder for what the workers read: frames and wrapped classifiers."""
    with tempfile.TemporaryDirectory(prefix=_OURS) as folder:
        yield Path(folder)


def _task(
    data: object, said: Mapping[str, Any], folder: Path, *, is_log: bool
) -> tuple[str, Variant | None]:
    """Give the task's name, and what makes it of data of one's own."""
    datasets = Registry("dataset")
    if isinstance(data, str) and data in datasets.names():
        if said:
            raise RequestError(
                f"{next(iter(said))} is said of data of your own, and {data} is a data set of the "
                "house.  Leave it out."
            )
        return data, None
    reader, plugin = (EventLog, "event_log") if is_log else (TableFile, "table_file")
    known = [
        name
        for name in inspect.signature(reader).parameters
        if name not in ("path", "sha256", "aside")
    ]
    for name in said:
        if name not in known:
            every = [*known, *_OF_SPLITS, *WORDS, *WORDS_OF_WAITING, *_OF_RUN]
            raise RequestError(f"compare has no keyword {name!r}.{did_you_mean(name, every)}")
    if isinstance(data, pd.DataFrame):
        path = folder / "data_frame.parquet"
        write_frame(data, path)
        said = {"title": "data frame", **said}
    elif isinstance(data, (str, Path)):
        path = Path(data)
        if not path.exists():
            near = did_you_mean(str(data), datasets.names())
            raise RequestError(f"there is no file, folder or data set {str(data)!r}.{near}")
    else:
        raise RequestError(
            f"data is a {type(data).__name__}.  Give a data frame, the path of a file, or the name "
            "of a data set."
        )
    return task_name(str(path), datasets.names()), Variant(plugin, {"path": str(path), **said})
