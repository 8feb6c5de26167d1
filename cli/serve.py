"""``intentbench serve FILE``: answer requests over HTTP with a file that train wrote."""

import argparse
import os
from collections.abc import Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ..bench.errors import EXIT_DONE, RequestError
from ..bench.serve.needed import SERVED_BY
from .output import say
from .shared import run_by_hand, standard_error

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from ..bench.deploy.predictor import Predictor
    from ..bench.serve.limits import Limits
    from ..bench.serve.scoring import Scoring

TOKEN = "INTENTBENCH_TOKEN"


def serve_command(given: argparse.Namespace) -> int:
    """Answer requests over HTTP until a signal asks to stop."""
    if missing := [name for name in SERVED_BY if find_spec(name) is None]:
        raise RequestError(
            f"intentbench serve needs {' and '.join(missing)}: pip install 'intentbench[serve]'"
        )
    from ..bench.deploy.predictor import Predictor
    from ..bench.serve.limits import Limits
    from ..bench.serve.server import bound, run_server

    token = given.token or os.environ.get(TOKEN, "")
    if not token.isascii() or any(letter.isspace() for letter in token):
        raise RequestError("--token: a token has letters of ASCII, and no blanks.")
    if given.workers < 1 or not 0 <= given.port < 2**16:
        raise RequestError("--workers must be 1 or more, --port from 0 to 65535.")
    limits = Limits(given.most_bytes, given.most_rows, given.seconds)
    # Whatever is wrong with the file is told here, before anybody is listened to.
    predictor = Predictor.load(given.model, given.plugin)
    _scoring(predictor, given.model, limits)
    listening = bound(given.host, given.port)
    host, port = listening.getsockname()[:2]
    kept = predictor if given.workers == 1 else None
    app = partial(make_app, given.model, tuple(given.plugin), limits, token, kept)
    console = standard_error()
    console.print(
        f"{predictor.manifest.model.title} answers POST /predict, as /openapi.json describes; "
        "Ctrl-C stops it.",
        highlight=False, markup=False, soft_wrap=True,
    )  # fmt: skip
    say(f"http://{f'[{host}]' if ':' in host else host}:{port}")
    run_server(app, listening, given.workers, limits.seconds)
    console.print("Stopped; what was asked has been answered.", highlight=False)
    return EXIT_DONE


def make_app(
    path: str,
    plugins: Sequence[Path],
    limits: "Limits",
    token: str,
    predictor: "Predictor | None",
) -> "Starlette":
    """Make the application of one process of a service; it loads the file unless it is given."""
    from ..bench.deploy.predictor import Predictor
    from ..bench.serve.app import Service

    def load() -> "Scoring":
        return _scoring(predictor or Predictor.load(path, plugins), path, limits)

    manifest = predictor.manifest if predictor else Predictor.manifest_of(path)
    return Service(load, manifest, limits, token).app()


def _scoring(predictor: "Predictor", path: str, limits: "Limits") -> "Scoring":
    from ..bench.serve.scoring import Scoring
    from .table_rows import reader_of

    return Scoring(predictor, reader_of(predictor.manifest, path), limits)


if __name__ == "__main__":
    run_by_hand(__file__)
