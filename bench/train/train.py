"""Train: the chosen entry of a judged task, fitted on all of its cases, as a predictor."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime

import numpy as np

from ..cell.cell import parameters_of
from ..deploy.columns import Columns
from ..deploy.manifest import (
    EventFacts,
    Judged,
    JudgedFigure,
    Manifest,
    ModelFacts,
    PluginFacts,
    TaskFacts,
    Threshold,
)
from ..deploy.predictor import Predictor
from ..deploy.reference import Reference, ScoresAndOutcomes, reference_of
from ..errors import RequestError, did_you_mean
from ..judge.contestants import Contestant
from ..judge.judgement import Entry, TaskJudgement
from ..language.sentence import AFTER_A_COLON, NEXT, Sentence, Text, joined
from ..metrics.metrics import METRICS
from ..plugins.loading import load
from ..plugins.registry import Registry
from ..run.environment import surroundings
from ..store.records import RunRecord, TaskRecord
from ..suite.decisions import Decisions, choose
from ..task import Card, Task
from .ensemble_on_all import ensemble_on_all, predicted, tested
from .fit_on_all import Fitted, fit_on_all
from .named_model import NamedModel, named_model
from .source import load_again, resampling_of, source_of
from .with_unseen import with_unseen


def named_entry(judged: TaskJudgement, name: str, *, ensembles: bool) -> Entry:
    """Find the model or the ensemble of that name that worked.

    Raises
    ------
    RequestError
        If there is none; says why.
    """
    table = judged.ensembles if ensembles else judged.models
    kind = "ensemble" if ensembles else "model"
    known = {entry.name: entry for entry in table}
    if name not in known:
        raise RequestError(
            f"the run has no {kind} {name!r} of task {judged.task.name!r}."
            f"{did_you_mean(name, known)}  It has: {', '.join(known) or 'none'}."
        )
    entry = known[name]
    if not entry.scores:
        raise RequestError(
            f"{kind} {name!r} gave no predictions of task {judged.task.name!r}: "
            f"{'; '.join(entry.contestant.failures)}.  Choose another."
        )
    return entry


def train(
    run: RunRecord, judged: TaskJudgement, entry: Entry, models: Registry, datasets: Registry
) -> Predictor:
    """Fit an entry on all cases of its task.

    Parameters
    ----------
    run : RunRecord
    judged : TaskJudgement
    entry : Entry
        Of this judgement; one that worked.
    models, datasets : Registry

    Raises
    ------
    RequestError
        If the data are not those that were judged, or a model is not at hand.
    """
    record = judged.task
    task = load_again(run, record, datasets)
    wide, resampling = with_unseen(task), resampling_of(run, record)
    seed = run.manifest["suite_content"]["seeds"][0]
    contestant = entry.contestant
    by_name = {each.name: each.contestant for each in judged.models}
    used: dict[str, NamedModel] = {}

    def fit(name: str) -> Fitted:
        used[name] = named_model(run, record.name, name, models)
        fitted = fit_on_all(used[name].make, wide, resampling, seed)
        chosen = used[name].chosen
        return replace(fitted, how=joined(NEXT, [fitted.how, chosen])) if chosen else fitted

    notes: tuple[Text, ...] = ()
    if contestant.family == "ensemble":
        named = {member.name for member in contestant.members}
        members = [each for name, each in by_name.items() if name in named]
        made = ensemble_on_all(contestant, members, record, task, fit)
        scorer, weights = made.scorer, made.weights
        titles = {name: by_name[name].title for name in made.how}
        how = joined(
            NEXT,
            (joined(AFTER_A_COLON, [titles[name], said]) for name, said in made.how.items()),
        )
        notes = (made.note,) if made.note else ()
    else:
        fitted = fit(contestant.name)
        scorer, how, weights = fitted.scorer, fitted.how, {}
    views = frozenset().union(*(one.make().views for one in used.values()))
    if contestant.family == "ensemble" and contestant.name.startswith("blending_"):
        views |= {"features"}
    derived = "events" in views and not task.has_events
    reads_columns = "features" in views or derived
    thresholds, decides_by = (
        _thresholds(record, contestant, run.decisions),
        _deciding(run.decisions),
    )
    params = {} if weights else parameters_of(used[contestant.name].make())
    return Predictor(
        Manifest(
            _task_facts(task, record.card),
            ModelFacts(
                contestant.name,
                contestant.title,
                "ensemble" if contestant.family == "ensemble" else "model",
                tuple(sorted(views)),
                derived,
                how,
                seed,
                params,
                weights,
                contestant.left_out,
                tuple(_plugin_facts(one) for one in used.values() if not one.plugin.is_of_house),
            ),
            Columns.of(task.cases.features).columns if reads_columns else (),
            _event_facts(wide) if "events" in views and not derived else None,
            thresholds,
            decides_by,
            _costs(run.decisions),
            Sentence("The model's own probabilities; no map was learnt on top of them."),
            _judged(run, judged, entry),
            f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            _made_with(),
            _reading(run, record, task),
            notes,
            _reference(
                task,
                record,
                contestant,
                next(one.threshold for one in thresholds if one.rule == decides_by),
            ),
        ),
        scorer,
    )  # fmt: skip


def _reference(
    task: Task, record: TaskRecord, contestant: Contestant, threshold: float
) -> Reference:
    """Summarise all cases, and the tested predictions, for those who watch the file at work.

    Columns that the model does not read are among them: those of a log tell of its events.
    """
    rows = tested(record)
    return reference_of(
        task.cases.features,
        task.group,
        task.weight,
        ScoresAndOutcomes(
            record.target[rows],
            predicted(contestant),
            None if record.group is None else record.group[rows],
            record.weight_of(rows),
        ),
        threshold,
    )


def _task_facts(task: Task, card: Card) -> TaskFacts:
    said = {name: value for name, value in asdict(card).items() if value not in ("", (), [])}
    until = "" if task.time is None else str(task.time.max().astype("datetime64[us]"))
    return TaskFacts(
        task.name, said, task.fingerprint(), len(task), task.base_rate, card.target, until
    )


def _plugin_facts(model: NamedModel) -> PluginFacts:
    content = model.plugin.path.read_bytes()
    module = load(model.plugin).__module__
    return PluginFacts(model.plugin.path.stem, module, hashlib.sha256(content).hexdigest())


def _event_facts(task: Task) -> EventFacts:
    events = task.cases.events
    return EventFacts(tuple(events.marks), dict(events.vocabulary))


def _thresholds(
    record: TaskRecord, contestant: Contestant, decisions: Decisions
) -> tuple[Threshold, ...]:
    """Choose thresholds on the tested predictions: the file's own fits saw all outcomes."""
    rows = tested(record)
    rules = decisions.rules()
    chosen = choose(rules, record.target[rows], predicted(contestant), record.weight_of(rows))
    return tuple(Threshold(rule.name, rule.title, chosen[rule.name]) for rule in rules)


def _deciding(decisions: Decisions) -> str:
    if decisions.profit is not None:
        return "profit"
    return "cost" if decisions.costs is not None else "chosen"


def _costs(decisions: Decisions) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in asdict(decisions).items()
        if isinstance(value, (int, float))
    }


def _judged(run: RunRecord, judged: TaskJudgement, entry: Entry) -> Judged:
    figures = []
    main = judged.main_metric
    for key, score in sorted(entry.scores.items(), key=lambda item: item[0].metric != main):
        if key.metric in METRICS and score.available:
            low, high = (None if np.isnan(end) else float(end) for end in (score.low, score.high))
            title = Sentence(METRICS[key.metric].title)
            figures.append(JudgedFigure(str(key), title, float(score.value), low, high))
    folds = judged.task.folds
    return Judged(
        run.run_id,
        run.manifest["suite"],
        tuple(figures),
        tuple(fold.fingerprint() for fold in folds),
        max(len(split.fit) for fold in folds for split in fold.splits),
    )


def _made_with() -> Mapping[str, str]:
    about = surroundings()
    return {
        name: str(about[name]) for name in ("intentbench", "git_commit", "python", "platform")
    } | about["packages"]


def _reading(run: RunRecord, record: TaskRecord, task: Task) -> dict[str, object]:
    data, parameters = source_of(run, record)
    if not parameters:
        return {}
    return {"data": data, "parameters": dict(parameters), "table": task.reading}
