"""A run in brief: the right rows, and the same after it was written and read."""

import json
from dataclasses import replace

import pytest
from intentbench.bench.errors import StoreError
from intentbench.bench.judge.judgement import BEHIND, FAILED, IN_THE_RACE, Judgement
from intentbench.bench.metrics.key import Key
from intentbench.reports.brief import brief, in_json, read_brief


def test_first_five_models_are_told_as_they_are_ranked(judgement):
    for judged, told in zip(judgement.tasks, brief(judgement).tasks, strict=True):
        working = [entry for entry in judged.models if entry.scores]
        names = [entry.name for entry in working]
        shown = [row.name for row in told.rows]
        assert shown[:4] == names[:4] and shown[4] in (names[4], told.recommended)
        assert told.recommended in ("", *shown) or told.recommended not in names
        assert told.n_models == len(judged.models)
        assert told.rows[0].figure == working[0].scores[Key(judged.main_metric)]
        assert told.rows[0].fit_seconds == working[0].contestant.fit_seconds


def test_recommended_model_is_told_wherever_it_is_ranked(judgement):
    judged = judgement.tasks[0]
    working = [entry for entry in judged.models if entry.scores]
    cheap = replace(
        working[-2],
        standing=IN_THE_RACE,
        contestant=replace(working[-2].contestant, fit_seconds=1e-6, predict_microseconds=1e-6),
    )
    others = [
        replace(entry, standing=BEHIND if entry.family == "baseline" else IN_THE_RACE)
        for entry in working
        if entry.name != cheap.name
    ]
    (told,) = brief(
        Judgement(judgement.run, (replace(judged, models=(*others, cheap), ensembles=()),))
    ).tasks
    assert told.recommended == cheap.name == told.rows[-1].name
    assert len(told.rows) == 5
    assert told.advice[0].startswith(f"Use {cheap.title}.  Of the ")
    assert f"{cheap.title} takes the least processor time" in told.advice[0]


def test_failures_and_alarms_are_told_with_their_reasons(judgement):
    judged = judgement.tasks[0]
    failed = replace(
        judged.models[-1],
        standing=FAILED,
        scores={},
        contestant=replace(judged.models[-1].contestant, failures=("fold 1: out of memory",)),
    )
    judged = replace(judged, models=(*judged.models[:-1], failed), alarms=("too good",))
    (told,) = brief(Judgement(judgement.run, (judged,))).tasks
    assert f"{failed.title}: fold 1: out of memory" in told.failures
    assert told.alarms[-1] == "too good"


def test_base_rate_says_what_always_the_same_answer_is_worth(judgement):
    for judged, told in zip(judgement.tasks, brief(judgement).tasks, strict=True):
        rate = judged.task.target[[*judged.task.folds[0].test]].mean()
        assert ("always “yes”" if rate > 0.5 else "always “no”") in told.base_rate


def test_what_is_written_is_read_back(judgement, tmp_path):
    said = brief(judgement)
    path = tmp_path / "summary.json"
    path.write_text(in_json(said), encoding="utf-8")
    assert in_json(read_brief(path)) == in_json(said)
    assert json.loads(path.read_text(encoding="utf-8"))["tasks"][0]["rows"][0]["name"]


@pytest.mark.parametrize("content", [None, "", "[]", '{"run_id": "a", "tasks": [1]}'])
def test_summary_that_is_none_is_refused_with_its_name(content, tmp_path):
    path = tmp_path / "summary.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(StoreError, match=r"summary\.json does not hold"):
        read_brief(path)
