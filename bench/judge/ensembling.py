"""Ensembles of a task's models: member sets combined by rules, and the blends of a run."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..ensembles.blending import why_not
from ..ensembles.diversity import diversity
from ..ensembles.rules import RULES, Combination, Rule
from ..language.sentence import (
    AFTER_A_COLON,
    AFTER_A_COMMA,
    AFTER_A_SEMICOLON,
    Sentence,
    Text,
    joined,
)
from ..language.speaking import marked
from ..model import Explanation
from ..splits.fold import Fold, who
from ..store.records import Costs, RunRecord, TaskRecord
from .contestants import Contestant, Member, OutOfSample
from .judgement import MemberSetDiversity
from .stored_models import fit_seconds_a_fold, microseconds_a_case, reason

_NO_WEIGHT = 1e-6  # rounding leaves about so much of none


def ensembles_of(
    run: RunRecord, task: TaskRecord, models: Sequence[Contestant]
) -> list[Contestant]:
    """Learn rules for every member set of the run, fold by fold, on valid cases only.

    The run's first member set is combined by every rule, the others by the usual ones.
    """
    known = {model.name: model for model in models}
    ensembles = []
    for number, (label, names) in enumerate(run.ensembles.items()):
        named = [known[name] for name in names]
        most = run.most_ms_per_1000.get(label, math.inf)
        members, left_out = _taking_part(named, most)
        if most < math.inf and len(members) < 2:
            # One row says it for all rules: nothing went wrong, the machine is slow or busy.
            ensembles.append(_too_slow(label, most, left_out))
            continue
        rules = [rule for rule in RULES if rule.usual or number == 0]
        ensembles += [_ensemble(rule, label, members, left_out, task) for rule in rules]
        if label == run.blended:
            ensembles.append(_blend(run, label, members, left_out, task))
    return ensembles


def member_sets(
    run: RunRecord, task: TaskRecord, models: Sequence[Contestant]
) -> tuple[MemberSetDiversity, ...]:
    """Measure how differently the members of each set err, where at least two worked."""
    known = {model.name: model for model in models}
    sets = []
    for label, names in run.ensembles.items():
        named = [known[name] for name in names]
        members, _ = _taking_part(named, run.most_ms_per_1000.get(label, math.inf))
        if len(members) < 2:
            continue
        found = diversity(
            [
                (
                    np.column_stack([member.folds[i].valid for member in members]),
                    task.target[fold.valid],
                )
                for i, fold in enumerate(task.folds)
            ],
            None if task.weight is None else [task.weight[fold.valid] for fold in task.folds],
        )
        pairs = (
            (members[first].title, members[second].title, correlation)
            for first, second, correlation in (found.most_alike, found.least_alike)
        )
        sets.append(
            MemberSetDiversity(label, len(members), found.disagreement, found.correlation, *pairs)
        )
    return tuple(sets)


def _taking_part(
    named: Sequence[Contestant], most_ms_per_1000: float
) -> tuple[list[Contestant], tuple[Text, ...]]:
    """Part those who take part from those who failed or are too slow, and say why."""
    members, left_out = [], []
    for model in named:
        # As many milliseconds for 1,000 cases as microseconds for one.
        if not model.folds:
            why = joined(AFTER_A_SEMICOLON, model.failures)
            left_out.append(joined(AFTER_A_COLON, [model.title, why]))
        elif model.predict_microseconds > most_ms_per_1000:
            left_out.append(
                Sentence(
                    "{title}: takes {ms:,.1f} ms for 1,000 cases, {most:g} allowed",
                    title=model.title,
                    ms=model.predict_microseconds,
                    most=most_ms_per_1000,
                )
            )
        else:
            members.append(model)
    return members, tuple(left_out)


def _ensemble(
    rule: Rule,
    label: str,
    members: Sequence[Contestant],
    left_out: tuple[str, ...],
    task: TaskRecord,
) -> Contestant:
    name, title = f"{rule.name}_{label}", _titled(rule.title, label)
    if len(members) < 2:
        return _too_few(name, title, members, left_out)
    combined = [
        _combine(rule, [member.folds[i] for member in members], fold, task)
        for i, fold in enumerate(task.folds)
    ]
    weights = np.mean([combination.weights for combination, _ in combined], axis=0)
    asked = [
        member
        for member, weight in zip(members, weights, strict=True)
        if weight > _NO_WEIGHT or not rule.choosy
    ]
    notes = tuple(
        (Sentence("fold {fold}", fold=fold.number), combination.note)
        for fold, (combination, _) in zip(task.folds, combined, strict=True)
        if combination.note
    )
    return Contestant(
        name,
        title,
        "ensemble",
        (),
        tuple(predictions for _, predictions in combined),
        _refits([combination for combination, _ in combined], members),
        explanations=(
            Explanation(
                "table",
                Sentence("Folds in which the rule could not be learnt."),
                (Sentence("fold"), Sentence("instead")),
                notes,
            ),
        )
        if notes
        else (),
        members=_weighed(members, weights),
        left_out=left_out,
        **_summed(asked),
    )


def _titled(rule: str, label: str) -> Sentence:
    """Name an ensemble after its rule and its member set; those of the house have words."""
    return joined(AFTER_A_COMMA, [Sentence(rule), Sentence(label)])


def _refits(
    combinations: Sequence[Combination], members: Sequence[Contestant]
) -> tuple[np.ndarray, ...]:
    """Combine the members' refits as the members are combined: its weights are not learnt anew."""
    if len(combinations) > 1 or not all(member.refits for member in members):
        return ()
    of_refits = zip(*(member.refits for member in members), strict=True)
    return tuple(combinations[0].predict(np.column_stack(tests)) for tests in of_refits)


def _too_slow(label: str, most_ms_per_1000: float, left_out: tuple[str, ...]) -> Contestant:
    reason = Sentence(
        "fewer than two of its models predict 1,000 cases within {most:g} ms on this machine",
        most=most_ms_per_1000,
    )
    return Contestant(
        f"any_rule_{label}",
        _titled(marked("Any rule"), label),
        "ensemble",
        (reason,),
        (),
        not_applicable=True,
        left_out=left_out,
    )


def _too_few(
    name: str, title: str, members: Sequence[Contestant], left_out: tuple[str, ...]
) -> Contestant:
    why = (
        Sentence(
            "an ensemble needs two members that worked; of this set only {title} did",
            title=members[0].title,
        )
        if members
        else Sentence("an ensemble needs two members that worked; of this set none did")
    )
    return Contestant(name, title, "ensemble", (why,), (), not_applicable=True, left_out=left_out)


def _weighed(members: Sequence[Contestant], weights: np.ndarray) -> tuple[Member, ...]:
    heaviest = np.argsort(-weights, kind="stable")
    return tuple(Member(members[i].name, members[i].title, float(weights[i])) for i in heaviest)


def _summed(parts: Sequence[Contestant]) -> dict[str, Any]:
    """Add up what takes part in each answer; a sum with an unknown part is not available."""
    costs = [part.costs for part in parts]
    return {
        name: sum(getattr(part, name) for part in parts)
        for name in ("fit_seconds", "predict_microseconds", "peak_bytes")
    } | {
        "costs": Costs(
            **{
                name: sum(getattr(cost, name) for cost in costs)
                for name in ("p50_seconds", "p95_seconds", "p99_seconds", "stored_bytes")
            },
            missing=tuple(
                joined(AFTER_A_COLON, [part.title, why])
                for part in parts
                for why in part.costs.missing
            ),
        )
    }


def _blend(
    run: RunRecord,
    label: str,
    members: Sequence[Contestant],
    left_out: tuple[str, ...],
    task: TaskRecord,
) -> Contestant:
    """Read the run's blends of a member set, which are cells of their own."""
    name, title = f"blending_{label}", _titled(marked("Blending"), label)
    if len(members) < 2:
        return _too_few(name, title, members, left_out)
    cells = {cell.fold: cell for cell in run.cells if (cell.task, cell.model) == (task.name, name)}
    failures, impossible = [], []
    for fold in task.folds:
        rows, cell = fold.valid, cells.get(fold.number)
        if cell is None or not cell.done:
            too_few = why_not(task.target[rows], who(rows, task.group))
            which = Sentence("fold {fold}", fold=fold.number)
            failures.append(joined(AFTER_A_COLON, [which, too_few or reason(cell)]))
            impossible.append(bool(too_few))
    if failures:
        return Contestant(
            name,
            title,
            "ensemble",
            tuple(failures),
            (),
            not_applicable=all(impossible),
            left_out=left_out,
        )
    found = [run.predictions(cells[fold.number]) for fold in task.folds]
    done = [cells[fold.number] for fold in task.folds]
    weights = np.mean([[cell.weights[m.name] for m in members] for cell in done], axis=0)
    own = Contestant(
        name,
        Sentence("the blend itself"),
        "ensemble",
        (),
        (),
        fit_seconds=fit_seconds_a_fold(done),
        predict_microseconds=microseconds_a_case(done),
        peak_bytes=float(max(cell.peak_bytes for cell in done)),
        costs=done[0].costs,
    )
    return Contestant(
        name,
        title,
        "ensemble",
        (),
        tuple(OutOfSample(predictions.valid, predictions.test) for predictions in found),
        explanations=done[0].explanations,
        members=_weighed(members, weights),
        left_out=left_out,
        **_summed([*members, own]),
    )


def _combine(
    rule: Rule, members: Sequence[OutOfSample], fold: Fold, task: TaskRecord
) -> tuple[Combination, OutOfSample]:
    rows = fold.valid
    weight = task.weight_of(rows)
    combination = rule.learn(
        np.column_stack([member.valid for member in members]),
        task.target[rows],
        who(rows, task.group),
        None if weight is None else weight / weight.mean(),
    )
    test = combination.predict(np.column_stack([member.test for member in members]))
    return combination, OutOfSample(combination.valid, test)
