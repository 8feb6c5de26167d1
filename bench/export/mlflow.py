"""A file of a model as a model of MLflow: its code as text, nothing pickled."""

import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..deploy.predictor import Predictor
from ..errors import RequestError
from ..serve.row_columns import RowColumn
from .new_folder import new_folder
from .own_wheel import write_own_wheel
from .pins import pins

_CODE = '''\
"""What MLflow runs: reads the file of the model, and scores tables with it."""

import mlflow
import pandas as pd
from intentbench.cli.table_rows import ScoredTable


class Model(mlflow.pyfunc.PythonModel):
    """P(yes) and the decision of each row of a table."""

    def load_context(self, context):
        """Read the file."""
        plugins = [path for name, path in context.artifacts.items() if name != "model"]
        self.scored = ScoredTable(context.artifacts["model"], plugins)

    def predict(self, context, model_input: pd.DataFrame, params=None):
        """Score a data frame: the columns probability and decision."""
        return self.scored(model_input)


mlflow.models.set_model(Model())
'''
# Said before it is imported; what the user has set stands.
_QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false"}


def export_mlflow(
    predictor: Predictor,
    columns: Sequence[RowColumn],
    file: Path,
    folder: Path,
    plugins: Sequence[Path] = (),
) -> None:
    """Write a model of MLflow, made from code.

    Parameters
    ----------
    predictor : Predictor
    columns : sequence of RowColumn
        Of the tables that it will be given.
    file : Path
        The file that it was read from.
    folder : Path
        Made here.
    plugins : sequence of Path
        Files of models that are none of the house.

    Raises
    ------
    RequestError
        If the model reads events, which no table holds; if the folder is there already, or cannot
        be written.
    """
    if predictor.manifest.events is not None:
        raise RequestError(
            f"{file} reads the events of each case, and MLflow hands tables over.  Serve it with "
            "`intentbench serve`, or export it with --format docker."
        )
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    with new_folder(folder) as made, warnings.catch_warnings(), tempfile.TemporaryDirectory() as at:
        warnings.simplefilter(
            "ignore"
        )  # it warns of its own types, and of ours that it cannot name
        from mlflow import pyfunc

        logging.getLogger("mlflow").setLevel(logging.ERROR)
        code = Path(at) / "model_of_mlflow.py"
        code.write_text(_CODE, encoding="utf-8")
        pyfunc.save_model(
            made / "model",
            python_model=str(code),
            artifacts={
                "model": str(file),
                **{f"plugin {number}": str(path) for number, path in enumerate(plugins)},
            },
            pip_requirements=pins(predictor, ()),
            signature=_signature(columns),
        )
        for path in (made / "model").iterdir():
            shutil.move(path, made / path.name)
        (made / "model").rmdir()
        write_own_wheel(made)


def _signature(columns: Sequence[RowColumn]) -> Any:
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema
    from mlflow.types.schema import AnyType

    # MLflow would refuse whole numbers for a number, and "€ 5" for an amount: the model looks.
    inputs = [ColSpec(AnyType(), one.name) for one in columns]
    outputs = [ColSpec("double", "probability"), ColSpec("long", "decision")]
    return ModelSignature(Schema(inputs), Schema(outputs))
