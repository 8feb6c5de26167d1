"""The service over real sockets; its server runs in a thread of this process."""

import http.client
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import uvicorn
from intentbench.bench.errors import RequestError
from intentbench.bench.serve.app import Service
from intentbench.bench.serve.limits import Limits
from intentbench.bench.serve.server import bound

JSON = {"content-type": "application/json"}
PATIENCE = 300  # seconds, which end a test that would never end


class Slowly:
    """Answers as another, when it is told that it may."""

    def __init__(self, scoring):
        self.scoring = scoring
        self.predictor, self.types = scoring.predictor, scoring.types
        self.example = scoring.example
        self.free = threading.Event()
        self.entered = threading.Event()

    def answer(self, body):
        if b"slow" in body:
            self.entered.set()
            self.free.wait(PATIENCE)
            body = body.replace(b"slow", b"")
        return self.scoring.answer(body)


@contextmanager
def serving(load, manifest, limits=None, token=""):
    service = Service(load, manifest, limits or Limits(seconds=PATIENCE), token)
    listening = bound("127.0.0.1", 0)
    config = uvicorn.Config(service.app(), log_level="critical", lifespan="on", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    server.port = listening.getsockname()[1]
    try:
        yield server
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


def ask(server, method, path, body=None, headers=None):
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    client.request(method, path, body, headers or {})
    answer = client.getresponse()
    content = answer.read()
    client.close()
    kind = answer.headers["content-type"]
    return answer.status, json.loads(content) if "json" in kind else content.decode(), answer


def until_ready(server):
    until = time.monotonic() + PATIENCE
    while ask(server, "GET", "/ready")[0] != 200:
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.fixture(scope="module")
def server(scoring):
    with serving(lambda: scoring, scoring.predictor.manifest, scoring_limits(scoring)) as running:
        until_ready(running)
        yield running


def scoring_limits(scoring):
    return Limits(body_bytes=60_000, rows=100, seconds=PATIENCE)


def test_answers_are_those_of_the_predictor_to_the_bit(server, scoring, parts, rows):
    expected = scoring.predictor.predict_proba(parts.valid.features)[:, 1]
    status, answer, _ = ask(server, "POST", "/predict", json.dumps({"rows": rows}), JSON)
    assert status == 200
    assert [one["probability"] for one in answer["predictions"]] == expected.tolist()


def test_model_tells_its_card_and_openapi_its_contract(server, scoring, rows):
    status, card, _ = ask(server, "GET", "/model")
    assert status == 200 and card["model"]["title"] == "Logistic regression"
    assert {one["name"] for one in card["columns"]} == set(rows[0])
    _, document, _ = ask(server, "GET", "/openapi.json")
    assert document["openapi"].startswith("3.1") and set(document["paths"]) >= {"/predict"}
    media = document["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
    assert media["schema"] == {"$ref": "#/components/schemas/Body"}
    rows_of = document["components"]["schemas"]["Body"]["properties"]["rows"]
    assert rows_of["items"] == {"$ref": "#/components/schemas/Row"}
    assert ask(server, "POST", "/predict", json.dumps(media["example"]), JSON)[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status", "said"),
    [
        ("GET", "/predict", {}, None, 405, "/predict answers POST, not GET"),
        ("DELETE", "/model", {}, None, 405, "answers GET"),
        ("POST", "/predit", JSON, "{}", 404, "Did you mean '/predict'?"),
        ("POST", "/predict", {}, "{}", 415, "Content-Type: application/json"),
        ("POST", "/predict", {"content-type": "text/plain"}, "{}", 415, "'text/plain'"),
        ("POST", "/predict", {"content-type": "application/json; charset=latin-1"}, "{}", 415,
         "send UTF-8"),
        ("POST", "/predict", JSON | {"content-encoding": "gzip"}, "{}", 415, "packed"),
        ("POST", "/predict", JSON, " " * 60_001, 413, "more than 60,000 bytes"),
        ("POST", "/predict", JSON, b"\xff", 400, "not UTF-8"),
        ("POST", "/predict", JSON, '{"rows": [{"pages": NaN}]}', 400, "NaN"),
        ("POST", "/predict", JSON, "{}", 422, "lacks 'rows'"),
    ],
)  # fmt: skip
def test_wrong_requests_are_told(server, method, path, headers, body, status, said):
    found, answer, _ = ask(server, method, path, body, headers)
    assert found == status
    assert said in answer["errors"][0]["message"]


def test_body_of_unknown_length_is_cut_off_at_the_limit(server):
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
    client.request("POST", "/predict", (b" " * 1000 for _ in range(100)), JSON, encode_chunked=True)
    assert client.getresponse().status == 413
    client.close()


def test_counts_are_told_to_prometheus(server, rows):
    def count(name):
        _, text, _ = ask(server, "GET", "/metrics")
        return sum(
            float(line.rpartition(" ")[2]) for line in text.splitlines() if line.startswith(name)
        )

    number = next(name for name, value in rows[0].items() if isinstance(value, float))
    names = (
        'intentbench_requests_total{path="/predict",status="200"}', "intentbench_cases_total",
        "intentbench_score_count", f'intentbench_missing_values_total{{column="{number}"}}',
        'intentbench_request_seconds_count{path="/predict"}',
    )  # fmt: skip
    before = [count(name) for name in names]
    body = json.dumps({"rows": [rows[0], rows[1] | {number: None}]})
    assert ask(server, "POST", "/predict", body, JSON)[0] == 200
    assert [count(name) for name in names] == [
        n + more for n, more in zip(before, (1, 2, 2, 1, 1), strict=True)
    ]


def test_token_is_asked_for_where_there_is_one(scoring, rows):
    with serving(lambda: scoring, scoring.predictor.manifest, token="s3cret") as running:
        until_ready(running)  # without one
        assert ask(running, "GET", "/health")[0] == 200
        for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "s3cret"}):
            for method, path in (("POST", "/predict"), ("GET", "/model"), ("GET", "/metrics")):
                status, answer, response = ask(running, method, path, "{}", JSON | headers)
                assert status == 401 and "Authorization: Bearer" in answer["errors"][0]["message"]
                assert response.headers["www-authenticate"] == "Bearer"
        right = JSON | {"authorization": "Bearer s3cret"}
        body = json.dumps({"rows": rows[:1]})
        assert ask(running, "POST", "/predict", body, right)[0] == 200
        assert ask(running, "GET", "/openapi.json", headers=right)[1]["security"]


def test_it_lives_but_is_not_ready_while_it_loads(scoring):
    loaded = threading.Event()

    def load():
        loaded.wait(PATIENCE)
        return scoring

    with serving(load, scoring.predictor.manifest) as running:
        while not running.started:
            time.sleep(0.01)
        assert ask(running, "GET", "/health")[0] == 200
        status, answer, response = ask(running, "GET", "/ready")
        assert status == 503 and "being loaded" in answer["errors"][0]["message"]
        assert response.headers["retry-after"] == "1"
        loaded.set()
        until_ready(running)


def test_file_that_cannot_be_loaded_is_told(scoring):
    def load():
        raise RequestError("no such plugin")

    with serving(load, scoring.predictor.manifest) as running:
        while not running.started or "being loaded" in str(ask(running, "GET", "/ready")[1]):
            time.sleep(0.01)
        status, answer, _ = ask(running, "GET", "/ready")
        assert status == 503 and "no such plugin" in answer["errors"][0]["message"]


def test_too_many_and_too_slow_requests_are_sent_away_and_others_are_not_hindered(scoring, rows):
    slowly, body = Slowly(scoring), json.dumps({"rows": rows[:1]})
    limits = Limits(seconds=1.0, waiting=2)
    with serving(lambda: slowly, scoring.predictor.manifest, limits) as running:
        until_ready(running)
        with ThreadPoolExecutor(2) as clients:
            asked = [
                clients.submit(ask, running, "POST", "/predict", f"slow{body}", JSON)
                for _ in range(2)
            ]
            slowly.entered.wait(PATIENCE)
            while running.server_state.total_requests < 2:
                time.sleep(0.01)
            # The event loop is free while the model works.
            assert ask(running, "GET", "/health")[0] == 200
            found = [answered.result()[:2] for answered in asked]
            assert [status for status, _ in found] == [503, 503]
            assert "no answer within 1 s" in found[0][1]["errors"][0]["message"]
            # Both still wait in their thread.
            status, answer, _ = ask(running, "POST", "/predict", body, JSON)
            assert status == 503 and "Too many requests" in answer["errors"][0]["message"]
        slowly.free.set()
        while ask(running, "POST", "/predict", body, JSON)[0] != 200:
            time.sleep(0.01)


def test_body_that_does_not_arrive_is_not_waited_for(scoring):
    with serving(lambda: scoring, scoring.predictor.manifest, Limits(seconds=0.3)) as running:
        until_ready(running)
        with socket.create_connection(("127.0.0.1", running.port), PATIENCE) as client:
            client.sendall(
                b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"Content-Length: 100\r\n\r\n{"
            )
            assert client.recv(100).startswith(b"HTTP/1.1 408")


def test_end_waits_for_what_was_asked(scoring, rows):
    slowly, body = Slowly(scoring), json.dumps({"rows": rows[:1]})
    with serving(lambda: slowly, scoring.predictor.manifest) as running:
        until_ready(running)
        with ThreadPoolExecutor(1) as client:
            asked = client.submit(ask, running, "POST", "/predict", f"slow{body}", JSON)
            slowly.entered.wait(PATIENCE)
            running.should_exit = True
            time.sleep(0.3)
            slowly.free.set()
            assert asked.result()[0] == 200


def test_fault_of_a_model_costs_one_request(scoring, rows):
    class Broken(Slowly):
        def answer(self, body):
            if b"broken" in body:
                raise ZeroDivisionError("oh")
            return self.scoring.answer(body)

    broken = Broken(scoring)
    with serving(lambda: broken, scoring.predictor.manifest) as running:
        until_ready(running)
        status, answer, _ = ask(running, "POST", "/predict", "broken", JSON)
        assert status == 500 and "ZeroDivisionError: oh" in answer["errors"][0]["message"]
        assert ask(running, "POST", "/predict", json.dumps({"rows": rows[:1]}), JSON)[0] == 200


def test_place_that_is_taken_is_told():
    first = bound("127.0.0.1", 0)
    with pytest.raises(RequestError, match="--port 0 for one that is"):
        bound("127.0.0.1", first.getsockname()[1])
    with pytest.raises(RequestError, match="nowhere.invalid port 80"):
        bound("nowhere.invalid", 80)
    first.close()
