"""``intentbench export FILE --format docker -o OUTPUT``: a file of a model for other programs."""

import argparse
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ..bench.errors import EXIT_DONE, RequestError
from .output import say
from .shared import run_by_hand, standard_error

if TYPE_CHECKING:
    from ..bench.deploy.predictor import Predictor


def export_command(given: argparse.Namespace) -> int:
    """Write a file of a model in the form that another program carries."""
    from ..bench.deploy.predictor import Predictor

    for extra, needed in (("mlflow", ["mlflow"]), ("onnx", ["onnx", "onnxruntime"])):
        if given.format == extra and not all(map(find_spec, needed)):
            raise RequestError(
                f"--format {extra} needs {' and '.join(needed)}: pip install 'intentbench[{extra}]'"
            )
    if given.data and given.format != "onnx":
        raise RequestError("--data names rows to prove a graph of ONNX on.  Leave it out.")
    predictor, file, folder = (
        Predictor.load(given.model, given.plugin),
        Path(given.model),
        Path(given.output),
    )
    if by := (predictor.manifest.reading.get("table") or {}).get("embeddings"):
        raise RequestError(
            f"the model reads texts by the embeddings in {by[0]}, which what is exported would "
            "not hold.  Score by `intentbench predict` or `serve` where they are, or train a model "
            "on texts without --embeddings."
        )
    if given.format == "docker":
        from ..bench.export.docker import export_docker

        export_docker(predictor, file, folder, given.plugin)
        told = f"Next: docker build -t intentbench-model {folder}"
    elif given.format == "onnx":
        told = _export_onnx(predictor, file, folder, given)
    else:
        from ..bench.export.mlflow import export_mlflow
        from .table_rows import reader_of

        columns = reader_of(predictor.manifest, given.model).columns
        export_mlflow(predictor, columns, file, folder, given.plugin)
        told = f"Next, in Python: mlflow.pyfunc.load_model({str(folder)!r}).predict(table)"
    standard_error().print(told, markup=False, highlight=False, soft_wrap=True)
    say(folder)
    return EXIT_DONE


def _export_onnx(
    predictor: "Predictor", file: Path, output: Path, given: argparse.Namespace
) -> str:
    from ..bench.export.onnx import export_onnx
    from .proof_cases import cases_of

    if output.suffix != ".onnx":
        raise RequestError(f"-o {output}: the name of the file must end in .onnx.")
    proof = export_onnx(predictor, file, output, cases_of(given, predictor))
    return (
        f"Proved on {proof.n_cases:,} cases and {proof.n_odd:,} made of them (missing, never seen "
        f"and extreme values): apart by {proof.largest_difference:.2g} at most."
    )


if __name__ == "__main__":
    run_by_hand(__file__)
