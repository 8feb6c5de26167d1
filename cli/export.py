"""``intentbench export FILE --format docker -o FOLDER``: a file of a model for other programs."""

import argparse
from pathlib import Path

from ..bench.errors import EXIT_DONE
from .output import say
from .shared import run_by_hand, standard_error


def export_command(given: argparse.Namespace) -> int:
    """Write a file of a model in the form that another program carries."""
    from ..bench.deploy.predictor import Predictor
    from ..bench.export.docker import export_docker

    predictor, folder = Predictor.load(given.model, given.plugin), Path(given.output)
    export_docker(predictor, Path(given.model), folder, given.plugin)
    standard_error().print(
        f"Next: docker build -t intentbench-model {folder}", markup=False, highlight=False
    )
    say(folder)
    return EXIT_DONE


if __name__ == "__main__":
    run_by_hand(__file__)
