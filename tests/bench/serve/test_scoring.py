import json
import random

import numpy as np
import pytest
from intentbench.bench.events import Events
from intentbench.bench.serve.refusals import RefusedError


def sent(body):
    return json.dumps(body).encode()


def answered(scoring, body):
    return json.loads(scoring.answer(sent(body)).content)


def refused(scoring, body):
    content = body if isinstance(body, bytes) else sent(body)
    with pytest.raises(RefusedError) as raised:
        scoring.answer(content)
    return raised.value


def test_probabilities_are_those_of_the_predictor_to_the_bit(scoring, parts, rows):
    expected = scoring.predictor.predict_proba(parts.valid.features)[:, 1]
    answer = answered(scoring, {"rows": rows})
    assert [one["probability"] for one in answer["predictions"]] == expected.tolist()
    assert [one["decision"] for one in answer["predictions"]] == (expected >= 0.3).tolist()
    assert answer["threshold"] == 0.3
    # The order of the keys is free.
    turned = [dict(reversed(row.items())) for row in rows]
    assert answered(scoring, {"rows": turned}) == answer


def test_what_is_unlike_the_fitted_cases_is_told_and_counted(scoring, rows):
    name = next(name for name, value in rows[0].items() if isinstance(value, str))
    number = next(name for name, value in rows[0].items() if isinstance(value, float))
    odd = rows[0] | {name: "carrier pigeon", number: None}
    scored = scoring.answer(sent({"rows": [odd, rows[1]]}))
    assert scored.counted.n_cases == 2 and scored.counted.unseen[name] == 1
    assert scored.counted.missing[number] == 1
    (first, *_) = json.loads(scored.content)["notes"]
    assert "1 of 2 cases hold a value that was never seen, such as 'carrier pigeon'" in first


def test_single_case_is_counted_as_several_are(scoring, rows):
    name = next(name for name, value in rows[0].items() if isinstance(value, str))
    number = next(name for name, value in rows[0].items() if isinstance(value, float))
    for change in ({}, {name: "carrier pigeon"}, {name: None}, {number: None}, {number: 1e9}):
        one = scoring.answer(sent({"rows": [rows[0] | change]})).counted
        two = scoring.answer(sent({"rows": [rows[0] | change] * 2})).counted
        for what in ("missing", "unseen", "beyond"):
            doubled = {column: 2 * count for column, count in getattr(one, what).items()}
            assert doubled == dict(getattr(two, what)), (change, what)
        assert one.examples == two.examples and (one.n_cases, two.n_cases) == (1, 2)


def test_events_are_read_in_words_of_the_client(scoring_of_events, parts):
    events = parts.valid.events
    expected = scoring_of_events.predictor.predict_proba(parts.valid.features.iloc[:, :0], events)
    cases = []
    for start, end in zip(events.offsets, events.offsets[1:], strict=False):
        cases.append(
            [
                {
                    name: events.vocabulary[name][mark[row]]
                    if name in events.vocabulary
                    else float(mark[row])
                    for name, mark in events.marks.items()
                }
                for row in range(start, end)
            ]
        )
    answer = answered(scoring_of_events, {"events": cases})
    assert [one["probability"] for one in answer["predictions"]] == expected[:, 1].tolist()
    never_seen = cases[0] + [cases[0][0] | {"kind": "dances"}] if cases[0] else cases[1]
    assert answered(scoring_of_events, {"events": [never_seen]})["predictions"]
    none = answered(scoring_of_events, {"events": [[]]})["predictions"]
    without = Events.none(1)
    marks = {name: mark[:0] for name, mark in events.marks.items()}
    without = Events(without.offsets, marks, events.vocabulary)
    direct = scoring_of_events.predictor.predict_proba(parts.valid.features.iloc[:1, :0], without)
    assert none[0]["probability"] == direct[0, 1]


@pytest.mark.parametrize(
    ("change", "at", "said"),
    [
        (lambda e: e.pop("gap"), "events[1][0]['gap']", "'gap' is missing"),
        (lambda e: e.update(gap=1e300), "events[1][0]['gap']", "single precision"),
        (lambda e: e.update(gap="1"), "events[1][0]['gap']", "must be a number; found '1'"),
        (lambda e: e.update(kin="x"), "events[1][0]['kin']", "Did you mean 'kind'?"),
    ],
)
def test_events_that_cannot_be_read_are_told_with_their_place(scoring_of_events, change, at, said):
    event = scoring_of_events.example()["events"][0][0]
    changed = dict(event)
    change(changed)
    found = refused(scoring_of_events, {"events": [[event], [changed]]})
    assert found.status == 422 and found.faults[0].at == at and said in found.faults[0].message


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 400, "The body is empty"),
        (b"{", 400, "no JSON"),
        (b"\xff", 400, "not UTF-8 from byte 0"),
        ('{"rows": 1}'.encode("utf-16"), 400, "not UTF-8"),
        (b'{"rows": [NaN]}', 400, "NaN, which is no JSON"),
        (b'{"rows": [-Infinity]}', 400, "-Infinity, which is no JSON"),
        (b'{"rows": [], "rows": []}', 400, "'rows' twice"),
        (b"[" * 50_000, 400, "too deeply"),
        (b'{"rows": %s}' % (b"9" * 5000), 400, "thousands of digits"),
        (b'"\\ud83d"', 400, "half of a pair of surrogates"),
        (b"null", 422, "must be an object with 'rows'"),
        (b"[]", 422, "must be an object"),
        (b"{}", 422, "lacks 'rows'"),
        (b'{"row": []}', 422, "lacks 'rows'"),
        (b'{"rows": {}}', 422, "rows must be a list"),
        (b'{"rows": []}', 422, "rows is empty"),
        (b'{"rows": [1]}', 422, "It must be an object"),
        (b'{"rows": [%s1]}' % (b"1," * 100), 413, "101 cases, and a request may have 100"),
    ],
)
def test_bodies_that_are_none_are_told(scoring, body, status, said):
    found = refused(scoring, body)
    assert found.status == status
    assert said in found.faults[0].message


def test_values_and_columns_that_are_not_as_they_were_are_told(scoring, rows):
    row = rows[0]
    number = next(name for name, value in row.items() if isinstance(value, float))
    text = next(name for name, value in row.items() if isinstance(value, str))
    cases = [
        ({number: "3"}, number, "must be a number or null; found '3'"),
        ({number: True}, number, "found true"),
        ({number: [1]}, number, "found a list"),
        ({number: 10**400}, number, "larger than any that is read"),
        ({text: 1.5}, text, "must be a text or null; found 1.5"),
        ({text: {}}, text, "found an object"),
        ({f"{number}s": 1}, f"{number}s", f"Did you mean '{number}'?"),
    ]
    for change, at, said in cases:
        found = refused(scoring, {"rows": [row, row | change]})
        assert found.status == 422 and found.faults[0].at == f"rows[1][{at!r}]"
        assert said in found.faults[0].message, found.faults
    renamed = {(f"{name} " if name == number else name): value for name, value in row.items()}
    found = refused(scoring, {"rows": [renamed]})
    assert f"Is it called '{number} '?" in found.faults[0].message
    infinite = sent({"rows": [row | {number: 0.5}]}).replace(b"0.5", b"1e999", 1)
    assert "larger than any" in refused(scoring, infinite).faults[0].message
    # Ten faults are told at most.
    assert len(refused(scoring, {"rows": [{}] * 100}).faults) == 10


def test_largest_numbers_are_answered(scoring, rows):
    number = next(name for name, value in rows[0].items() if isinstance(value, float))
    for value in (1.7e308, -1.7e308, 5e-324):
        answer = answered(scoring, {"rows": [rows[0] | {number: value}]})
        assert 0 <= answer["predictions"][0]["probability"] <= 1


def test_damaged_bodies_are_answered_or_refused_and_nothing_else(scoring, rows):
    rng, whole = random.Random(0), sent({"rows": rows[:2]})
    for _ in range(400):
        at, to = sorted(rng.randrange(len(whole)) for _ in range(2))
        body = rng.choice(
            [
                whole[:at] + whole[to:],
                whole[:to] + whole[at:],
                whole[:at] + bytes([rng.randrange(256)]) + whole[at + 1 :],
            ]
        )
        try:
            assert scoring.answer(body).content
        except RefusedError as error:
            assert 400 <= error.status < 500 and error.faults


def test_schema_describes_what_is_read(scoring, scoring_of_events, rows):
    schema = scoring.types.schema()
    row = schema["$defs"]["Row"]
    assert set(row["required"]) == set(rows[0]) and not row["additionalProperties"]
    assert answered(scoring, scoring.example())["predictions"]
    assert answered(scoring_of_events, scoring_of_events.example())["predictions"]
    assert list(scoring_of_events.types.schema()["properties"]) == ["events"]


def test_lengths_of_rows_and_events_must_agree(scoring, scoring_of_events, rows):
    from intentbench.bench.serve.row_types import BodyTypes

    both = BodyTypes(scoring.reader.columns, (), scoring_of_events.predictor.manifest.events, 100)
    event = scoring_of_events.example()["events"]
    with pytest.raises(RefusedError, match="1 rows and the events of 2"):
        both.checked({"rows": rows[:1], "events": event * 2})
    assert np.shape(both.checked({"rows": rows[:2], "events": event * 2})["rows"]) == (2,)
