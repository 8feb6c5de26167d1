"""What a service bears: processor time a request, latency over loopback, errors, made-up bodies.

``python -P benchmarks/serve.py FILE [--requests N] [--bodies N]`` serves a file of a model by one
process, asks it one row at a time over one connection, prints processor time of server and client a
request, requests a second of processor time, quantiles of the wall time and how many failed; then
sends bodies that are damaged or made up, and counts the answers by status.
"""

import argparse
import copy
import http.client
import json
import random
import subprocess
import sys
import time
from collections import Counter
from urllib.parse import urlparse

import numpy as np
import psutil

_JSON = {"Content-Type": "application/json"}
_ODD = (
    None, True, False, 0, -1, 10**400, -(10**30), 1e308, 5e-324, 0.1, "", "x", "\ud800", "\0", "é",
    "9" * 5000, "1e999", "NaN", [], {}, [[]], [1], {"rows": []}, "31/12/2024", "€ 5",
)  # fmt: skip
_ODD_BYTES = (
    b"", b"{", b"[" * 100_000, b'{"rows":' * 20_000, b"\xff\xfe{\0}\0", b'{"rows": NaN}',
    b'{"rows": [Infinity]}', b'{"rows": 1e999}', b"null", b"\x00", b'"', b"9" * 10_000,
    b'{"rows": [], "rows": []}', b"\xef\xbb\xbf{}", "{“rows”: []}".encode(), b'{"a": "\\ud83d"}',
)  # fmt: skip
_ODD_HEADERS = (
    {}, {"Content-Type": "text/plain"}, {"Content-Type": "application/json; charset=latin-1"},
    {"Content-Type": "application/json;;;"}, {"Content-Encoding": "gzip", **_JSON},
    {"Content-Type": "multipart/form-data; boundary=x"}, {"Content-Type": "é"},
)  # fmt: skip


def made_up(body: dict, rng: random.Random) -> tuple[bytes, dict[str, str]]:
    """Damage a body that is answered, at a random place and in a random way."""
    headers = rng.choice(_ODD_HEADERS) if rng.random() < 0.05 else _JSON
    if rng.random() < 0.1:
        return rng.choice(_ODD_BYTES), headers
    body = json.loads(json.dumps(body))
    if rng.random() < 0.8:
        for _ in range(rng.randint(1, 3)):
            _change(body, rng)
    content = json.dumps(body).encode("utf-8", "surrogatepass")
    if rng.random() < 0.3:
        at = rng.randrange(len(content))
        kind = rng.randrange(3)
        if kind == 0:
            content = content[:at]
        elif kind == 1:
            content = content[:at] + bytes([rng.randrange(256)]) + content[at + 1 :]
        else:
            content = content[:at] + content[at : at + rng.randrange(40)] + content[at:]
    return content, headers


def _change(value: object, rng: random.Random) -> None:
    while isinstance(value, (dict, list)) and value:
        key = rng.choice(list(value) if isinstance(value, dict) else range(len(value)))
        if not isinstance(value[key], (dict, list)) or rng.random() < 0.1:
            kind = rng.random()
            if isinstance(value, dict) and kind < 0.1:
                del value[key]
            elif isinstance(value, dict) and kind < 0.2:
                value[str(key)[:-1] or "x"] = copy.deepcopy(rng.choice(_ODD))
            elif isinstance(value, list) and kind < 0.2:
                value.append(copy.deepcopy(rng.choice(_ODD)))
            else:
                value[key] = copy.deepcopy(rng.choice(_ODD))
            return
        value = value[key]


def connected(address: str) -> http.client.HTTPConnection:
    """Open a connection."""
    place = urlparse(address)
    return http.client.HTTPConnection(place.hostname, place.port, timeout=60)


def get(client: http.client.HTTPConnection, path: str) -> tuple[int, bytes]:
    """Ask for a page; gives status and content."""
    client.request("GET", path)
    answer = client.getresponse()
    return answer.status, answer.read()


def ask(client: http.client.HTTPConnection, body: bytes, headers: dict[str, str]) -> int:
    """Send a body; gives the status."""
    client.request("POST", "/predict", body, headers)
    answer = client.getresponse()
    answer.read()
    return answer.status


def steady(
    client: http.client.HTTPConnection, server: psutil.Process, n: int, example: dict
) -> None:
    """Ask many times and print what it took."""
    rng = np.random.default_rng(0)
    numbers = [name for name, value in example["rows"][0].items() if isinstance(value, float)]
    bodies = [
        json.dumps({"rows": [example["rows"][0] | dict.fromkeys(numbers, float(value))]}).encode()
        for value in rng.lognormal(1, 1, 1000).round(3)
    ]
    statuses, took = Counter(), []
    before, own = sum(server.cpu_times()[:2]), time.process_time()
    for at in range(n):
        begun = time.perf_counter()
        statuses[ask(client, bodies[at % 1000], _JSON)] += 1
        took.append(time.perf_counter() - begun)
    seconds = sum(server.cpu_times()[:2]) - before
    own = time.process_time() - own
    middle, high = 1e3 * np.quantile(took, [0.5, 0.99])
    print(
        f"{n:,} requests of one row: {1e3 * seconds / n:.2f} ms of processor time each "
        f"({n / seconds:,.0f} a second of it), the client's {1e3 * own / n:.2f} ms; wall time "
        f"{middle:.2f} ms (p99 {high:.2f}); {n - statuses[200]} failed"
    )


def hostile(address: str, n: int, body: dict) -> None:
    """Send made-up bodies and print how they were answered."""
    rng, statuses, client = random.Random(0), Counter(), connected(address)
    for number in range(n):
        content, headers = made_up(body, rng)
        try:
            status = ask(client, content, headers)
        except (OSError, http.client.HTTPException, UnicodeEncodeError) as error:
            status = type(error).__name__
            client.close()
        if isinstance(status, int) and status >= 500:
            print(f"body {number}: {status} for {content[:300]!r}")
        statuses[status] += 1
    told = ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items(), key=str))
    failed = sum(count for status, count in statuses.items() if str(status).startswith("5"))
    print(f"{n:,} made-up bodies: {failed} answers of 5xx ({told})")


def measure(process: subprocess.Popen, begun: float, given: argparse.Namespace) -> None:
    """Wait until it is ready, ask, print."""
    address = process.stdout.readline().strip()
    client = connected(address)
    while get(client, "/ready")[0] != 200:
        time.sleep(0.01)
    wall, server = time.perf_counter() - begun, psutil.Process(process.pid)
    seconds, megabytes = sum(server.cpu_times()[:2]), server.memory_info().rss / 1e6
    print(f"ready after {wall:.1f} s ({seconds:.1f} of processor time), {megabytes:,.0f} MB")
    document = json.loads(get(client, "/openapi.json")[1])
    media = document["paths"]["/predict"]["post"]["requestBody"]["content"]
    body = media["application/json"]["example"]
    steady(client, server, given.requests, body)
    hostile(address, given.bodies, body)


def main() -> None:
    """Serve, ask, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--bodies", type=int, default=10_000)
    given = parser.parse_args()
    words = [sys.executable, "-P", "-m", "intentbench", "serve", given.file, "--port", "0"]
    begun = time.perf_counter()
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            measure(process, begun, given)
        finally:
            process.terminate()
    print(f"ended with {process.returncode}")


if __name__ == "__main__":
    main()
