"""A slow and obvious loop does what the event log does; and no case sees its future."""

import math
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intentbench.datasets._event_log.cases import collect, put_together
from intentbench.datasets._event_log.chunks import chunks
from intentbench.datasets._event_log.database import opened
from intentbench.datasets._event_log.facts import examine
from intentbench.datasets.event_log import EventLog

HOUR, DAY = 3_600, 86_400
START = 1_717_372_800  # Monday 2024-06-03 00:00 UTC
GAP = 1_800
TARGET = "buy"
# Small enough for small logs to reach them.
CAPS = {"MOST_EVENTS": 4, "MOST_ITEMS": 3, "MOST_COUNTED": 2}

VISIT = {"after_events": 2, "session_gap": "30m"}
WINDOW = {"every": "2h", "within": "3h"}
ASKED = [VISIT, {"after_events": 1}, {"after_events": 3, "session_gap": "10m"}, WINDOW]

EVENT = st.tuples(
    st.sampled_from(["ann", "bob", "çem", "dí"]),
    st.integers(0, 150).map(lambda steps: START + 300 * steps),
    st.sampled_from(["view", "view", "cart", "wish", TARGET]),
    st.sampled_from([None, 0.1, 0.7, 2.5, -3.3]),
    st.sampled_from([None, *"abcde"]),
)
# Somebody who is there before and after all others, so that a log always covers the same time.
FRAME = (("zoe", START - 90 * 60, "view", None, "a"), ("zoe", START + 30 * HOUR, TARGET, 1.0, "a"))
LOGS = st.lists(EVENT, max_size=40).map(lambda events: [*events, *FRAME])


def load(events, asked):
    """Ask of a log what has no use for few or one-sided cases; gives it by person and moment."""
    lines = ["who,at,did,price,thing"]
    lines += [",".join("" if cell is None else str(cell) for cell in event) for event in events]
    with TemporaryDirectory() as folder, ExitStack() as stack:
        for name, cap in CAPS.items():
            for module in ("facts", "cases", "question"):
                place = f"intentbench.datasets._event_log.{module}.{name}"
                stack.enter_context(patch(place, cap, create=True))
        path = Path(folder, "log.csv")
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        log = EventLog(
            path=str(path), who="who", when="at", what="did", target=TARGET, value="price",
            item="thing", **asked,
        )  # fmt: skip
        raw = stack.enter_context(opened(log))
        facts = examine(raw, log)
        question = log.question_of(facts)
        pieces = collect(chunks(raw, keep_copies=facts.keeps_copies), question, facts)
        found = put_together(pieces, question, facts)
    names = sorted({event[0] for event in events})
    return {
        (names[found.who[i]], found.moment[i] // 10**6): one_case(found.cases.take([i]))
        | {"label": bool(found.target[i])}
        for i in range(len(found.target))
    }, found


def one_case(case):
    features = {
        name: value if isinstance(value, str) else float(value)
        for name, value in case.features.iloc[0].items()
    }
    marks = {
        name: [case.events.vocabulary[name][code] for code in mark]
        if name in case.events.vocabulary
        else [float(value) for value in mark]
        for name, mark in case.events.marks.items()
    }
    return {"features": features, "events": marks}


# ---- the loop


def in_order(events):
    """The log's order: by moment, then as in the file; copies are left out."""
    ordered = sorted(enumerate(events), key=lambda pair: (pair[1][1], pair[0]))
    seen, kept = set(), []
    for row, event in ordered:
        if event not in seen:
            kept.append((*event, row))
        seen.add(event)
    return kept


def in_first_order(values):
    return list(dict.fromkeys(value for value in values if value is not None))


def cut_visits(events, asked):
    """Give who, moment, events before the visit and in it, visits before it, and the label."""
    gap = 60 * int(asked.get("session_gap", "30m")[:-1])
    k, end = asked["after_events"], max(event[1] for event in events)
    cases = []
    for who in sorted({event[0] for event in events}):
        history = [event for event in events if event[0] == who]
        visits = []
        for event in history:
            if visits and event[1] - visits[-1][-1][1] <= gap:
                visits[-1].append(event)
            else:
                visits.append([event])
        past, n_visits = [], 0
        for visit in visits:
            bought = any(event[2] == TARGET for event in visit[:k])
            if len(visit) >= k and not bought and visit[-1][1] + gap < end:
                label = any(event[2] == TARGET for event in visit[k:])
                moment = visit[k - 1][1]
                cases.append((who, moment, list(past), visit[:k], n_visits, label))
            past += visit
            n_visits += 1
    return cases


def counted(events):
    return dict.fromkeys([*in_first_order(event[2] for event in events)[:2], TARGET])


def mean(values):
    return sum(values) / len(values) if values else math.nan


def values_of(events):
    return [event[3] for event in events if event[3] is not None]


def items_of(events):
    return [event[4] for event in events if event[4] is not None]


def n_of(events, kind):
    return sum(event[2] == kind for event in events)


def days_since(events, moment, kind=None):
    times = [event[1] for event in events if kind in (None, event[2])]
    return (moment - max(times)) / DAY if times else math.nan


def visit_features(events, past, visit, n_visits, moment):
    found = {}
    for kind in counted(events):
        if kind != TARGET:
            found[f"visit: {kind}"] = n_of(visit, kind)
        found[f"before: {kind}"] = n_of(past, kind)
    gaps = [later[1] - earlier[1] for earlier, later in zip(visit, visit[1:], strict=False)]
    found["last_kind"] = visit[-1][2]
    if gaps:
        found["first_kind"] = visit[0][2]
        found["visit_seconds"] = moment - visit[0][1]
        found["gap_last"], found["gap_max"] = gaps[-1], max(gaps)
    found["before_events"], found["before_visits"] = len(past), n_visits
    found["days_known"] = (moment - (past or visit)[0][1]) / DAY
    found["days_since_visit"] = days_since(past, visit[0][1])
    found["days_since_target"] = days_since(past, moment, TARGET)
    found["hour"], found["weekday"] = moment // HOUR % 24, (moment - START) // DAY % 7
    if gaps:
        found["visit_items"] = len(set(items_of(visit)))
        found["visit_value_mean"] = mean(values_of(visit))
        found["visit_value_max"] = max(values_of(visit), default=math.nan)
    found["visit_items_known"] = len(set(items_of(visit)) & set(items_of(past)))
    found["before_items"] = len(set(items_of(past)))
    found["before_repeats"] = len(items_of(past)) - len(set(items_of(past)))
    found["visit_value"] = sum(values_of(visit))
    found["before_value_mean"] = mean(values_of(past))
    found["before_target_value"] = sum(values_of([e for e in past if e[2] == TARGET]))
    return found


def cut_windows(events):
    every, within = 2 * HOUR, 3 * HOUR
    end = max(event[1] for event in events) + 1
    cases = []
    for who in sorted({event[0] for event in events}):
        history = [event for event in events if event[0] == who]
        for cut in range(START - 12 * HOUR, end - within + 1, every):
            seen = [event for event in history if event[1] < cut]
            if seen:
                ahead = [event for event in history if cut <= event[1] < cut + within]
                cases.append((who, cut, seen, n_of(ahead, TARGET) > 0))
    return cases


def window_features(events, seen, cut):
    found = {}
    recent = [event for event in seen if event[1] >= cut - 3 * HOUR]
    earlier = [event for event in seen if cut - 6 * HOUR <= event[1] < cut - 3 * HOUR]
    for kind in counted(events):
        found[f"ever: {kind}"] = n_of(seen, kind)
        found[f"last 3h: {kind}"] = n_of(recent, kind)
        found[f"3h before: {kind}"] = n_of(earlier, kind)
    found["last_kind"], found["events"] = seen[-1][2], len(seen)
    found["days_known"] = (cut - seen[0][1]) / DAY
    found["days_since_event"] = days_since(seen, cut)
    found["days_since_target"] = days_since(seen, cut, TARGET)
    n_gaps = len(seen) - 1
    found["gap_mean_days"] = (seen[-1][1] - seen[0][1]) / DAY / n_gaps if n_gaps else math.nan
    found["active_days"] = len({event[1] // DAY for event in seen})
    found["hour"], found["weekday"] = cut // HOUR % 24, (cut - START) // DAY % 7
    found["items"] = len(set(items_of(seen)))
    found["repeats"] = len(items_of(seen)) - len(set(items_of(seen)))
    found["value_mean"] = mean(values_of(seen))
    found["value_last"] = values_of(seen)[-1] if values_of(seen) else math.nan
    spent = values_of([event for event in seen if event[2] == TARGET])
    found["target_value"], found["target_value_mean"] = sum(spent), mean(spent)
    return found


def latest(events, seen, moment, is_cut):
    shown = seen[-CAPS["MOST_EVENTS"] :]
    known = in_first_order(event[4] for event in events)[: CAPS["MOST_ITEMS"]]
    names = {None: "(none)"} | {item: item for item in known}
    times = [event[1] for event in shown]
    return ({"days_before": [(moment - time) / DAY for time in times]} if is_cut else {}) | {
        "kind": [event[2] for event in shown],
        "gap": [0.0, *(float(gap) for gap in np.diff(times))],
        "item": [names.get(event[4], "(other)") for event in shown],
        "value": [event[3] or 0.0 for event in shown],
    }


def oracle(events, asked):
    """Give all cases; "cut_after" is the row in the file after whose event a visit is cut."""
    events, cases = in_order(events), {}
    if "every" in asked:
        for who, cut, seen, label in cut_windows(events):
            features = window_features(events, seen, cut)
            cases[who, cut] = {"features": features, "events": latest(events, seen, cut, True)}
            cases[who, cut] |= {"label": label, "cut_after": None}
    else:
        for who, moment, past, visit, n_visits, label in cut_visits(events, asked):
            features = visit_features(events, past, visit, n_visits, moment)
            shown = latest(events, past + visit, moment, False)
            cases[who, moment] = {"features": features, "events": shown}
            cases[who, moment] |= {"label": label, "cut_after": visit[-1][5]}
    return cases


def assert_close(found, expected):
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        if isinstance(value, dict):
            assert_close(found[name], value)
        elif isinstance(value, list):
            assert len(found[name]) == len(value)
            assert_close(dict(enumerate(found[name])), dict(enumerate(value)))
        elif isinstance(value, str):
            assert found[name] == value, name
        else:
            assert found[name] == pytest.approx(value, rel=1e-6, abs=1e-6, nan_ok=True), name


SLOW_FILES = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@pytest.mark.parametrize("asked", ASKED, ids=str)
@SLOW_FILES
@given(events=LOGS)
def test_every_case_is_that_of_the_loop(asked, events):
    found, _ = load(events, asked)
    expected = oracle(events, asked)
    for case in expected.values():
        del case["cut_after"]
    assert_close(found, expected)


# ---- no case sees its future


@pytest.mark.parametrize("asked", ASKED, ids=str)
@SLOW_FILES
@given(events=LOGS, data=st.data())
def test_no_event_at_or_after_the_cut_changes_what_is_seen(asked, events, data):
    """Change, remove and add events from a place in the log on; cases cut before it stay as is."""
    order = sorted(range(len(events)), key=lambda row: (events[row][1], row))
    n_kept = data.draw(st.integers(1, len(order)))
    last_kept = events[order[n_kept - 1]][1]
    changed = list(events)
    for row in order[n_kept:]:
        other = data.draw(EVENT)
        if events[row] not in FRAME:
            changed[row] = data.draw(
                st.sampled_from([events[row], (other[0], events[row][1], *other[2:]), None])
            )
    # At the end of the file they come after all events of the same moment.
    added = [event for event in data.draw(st.lists(EVENT, max_size=8)) if event[1] >= last_kept]
    changed = [event for event in changed if event is not None] + added

    cases, _ = load(events, asked)
    again, _ = load(changed, asked)
    labels = oracle(changed, asked)
    for (who, moment), expected in oracle(events, asked).items():
        row = expected["cut_after"]
        if who == "zoe" or (moment > last_kept if row is None else row not in order[:n_kept]):
            continue
        before, after = cases[who, moment], again[who, moment]
        assert after["events"] == before["events"]
        assert after["label"] == labels[who, moment]["label"]
        for name in before["features"].keys() | after["features"].keys():
            # A kind that the log shows only later has a column of zeros, or none.
            found = [case["features"].get(name, 0.0) for case in (before, after)]
            assert found[0] == found[1] or all(value != value for value in found), name


@pytest.mark.parametrize("asked", [VISIT, WINDOW], ids=str)
def test_what_comes_after_the_cut_decides_the_label(asked):
    seen = [("ann", START + 300 * i, "view", None, None) for i in range(3)]
    moment = START + 300 if asked is VISIT else START + 2 * HOUR
    for time, label in ((START + 600, asked is VISIT), (START + 2 * HOUR, asked is WINDOW)):
        events = [*seen, ("ann", time, TARGET, 5.0, "b"), *FRAME]
        found, _ = load(events, asked)
        assert found["ann", moment]["label"] == label, time


def test_a_visit_begins_anew_only_after_more_than_the_gap():
    events = [("ann", START, "view", None, None), ("ann", START + GAP, TARGET, None, None), *FRAME]
    found, _ = load(events, {"after_events": 1})
    assert found["ann", START]["label"]
    events[1] = ("ann", START + GAP + 1, TARGET, None, None)
    found, _ = load(events, {"after_events": 1})
    assert not found["ann", START]["label"]


def test_events_of_one_moment_stand_in_the_order_of_the_file():
    events = [("ann", START, kind, None, None) for kind in ("view", "wish", "cart", TARGET)]
    found, _ = load([*events, *FRAME], {"after_events": 3})
    case = found["ann", START]
    assert case["events"]["kind"] == ["view", "wish", "cart"] and case["label"]
    found, _ = load([*events[::-1], *FRAME], {"after_events": 3})
    assert ("ann", START) not in found  # the purchase came first
