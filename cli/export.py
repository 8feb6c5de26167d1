"""``intentbench export FILE --format docker -o FOLDER``: a file of a model for other programs."""

import argparse
from importlib.util import find_spec
from pathlib import Path

from ..bench.errors import EXIT_DONE, RequestError
from .output import say
from .shared import run_by_hand, standard_error


def export_command(given: argparse.Namespace) -> int:
    """Write a file of a model in the form that another program carries."""
    from ..bench.deploy.predictor import Predictor

    if given.format == "mlflow" and find_spec("mlflow") is None:
        raise RequestError("--format mlflow needs MLflow: pip install 'intentbench[mlflow]'")
    predictor, file, folder = (
        Predictor.load(given.model, given.plugin),
        Path(given.model),
        Path(given.output),
    )
    if given.format == "docker":
        from ..bench.export.docker import export_docker

        export_docker(predictor, file, folder, given.plugin)
        told = f"Next: docker build -t intentbench-model {folder}"
    else:
        from ..bench.export.mlflow import export_mlflow
        from .table_rows import reader_of

        columns = reader_of(predictor.manifest, given.model).columns
        export_mlflow(predictor, columns, file, folder, given.plugin)
        told = f"Next, in Python: mlflow.pyfunc.load_model({str(folder)!r}).predict(table)"
    standard_error().print(told, markup=False, highlight=False, soft_wrap=True)
    say(folder)
    return EXIT_DONE


if __name__ == "__main__":
    run_by_hand(__file__)
