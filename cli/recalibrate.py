"""``intentbench recalibrate FILE --labels LABELS -o FILE2``: learn truer probabilities."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..bench.errors import EXIT_DONE, RequestError
from .output import say
from .shared import busy, run_by_hand, standard_error

if TYPE_CHECKING:
    from ..bench.watch.history import WatchedCases


def recalibrate_command(given: argparse.Namespace) -> int:
    """Learn a map on labels, and write the file that asks it, with its card beside it."""
    from ..bench.deploy.predictor import Predictor
    from ..bench.deploy.whole_file import whole_file
    from ..bench.watch.history import WatchedCases, history_path, read_history
    from ..bench.watch.labels import join_labels
    from ..bench.watch.recalibrate import Labelled, recalibrate
    from ..bench.watch.take_look import require_reference, watched
    from ..reports.model_card import model_card
    from .predict_log import LOG
    from .watched_files import read_cases, read_labels, roles_of, sha256_of
    from .watched_log import labels_together, read_labels_of_log, read_log, roles_of_log

    model, output, console = Path(given.model), Path(given.output), standard_error()
    if output.exists() and model.exists() and output.samefile(model):
        raise RequestError(f"-o {output} is the file that is recalibrated.  Name another.")
    predictor = Predictor.load(model, given.plugin)
    manifest = predictor.manifest
    require_reference(manifest, given.model)
    digest, path = sha256_of(given.model), history_path(model)
    before = read_history(path, model, digest)
    reads_log = manifest.reading.get("data") == LOG
    labels, notes = None, ()
    if given.labels is None and not (reads_log and given.new):
        raise RequestError(
            "which labels?  Name their file: --labels labels.csv"
            + ("; or a log that tells outcomes: --new log.parquet" if reads_log else "")
        )
    if reads_log and given.new is not None:
        roles = roles_of_log(given, manifest)
        with busy(console, "scoring"):
            log = read_log(given.new, predictor, WatchedCases.none(), given)
        if log.cases is None:
            raise RequestError(
                f"{given.new} holds no case that the model was not fitted on.  Bring a log that "
                "goes on."
            )
        cases, labels, notes = watched(log.cases, 1), log.labels, log.notes
    elif given.new is not None:
        roles = roles_of(given, manifest, None)
        with busy(console, "scoring"):
            read = read_cases(given.new, predictor, roles, given)
        cases = watched(read.cases, 1)
    elif before is None:
        raise RequestError(
            f"which cases are these labels of?  Beside {model} there is no history of watched "
            f"cases ({path}).  Name the file of the cases with --new, or watch them first."
        )
    else:
        cases = before.cases
        roles = (
            roles_of_log(given, manifest) if reads_log else roles_of(given, manifest, before.roles)
        )
    if given.labels is not None and reads_log:
        table = read_labels_of_log(given.labels, given, manifest, cases)
        labels = table if labels is None else labels_together(labels, table)
    elif given.labels is not None:
        labels = read_labels(given.labels, roles, given, manifest)
    if labels is None:
        raise RequestError(f"{given.new} tells the outcome of no case.  Bring --labels as well.")
    cases = _without_labels(cases)
    joined = join_labels(labels, cases)
    if joined.n_elsewhere > len(joined.rows):
        raise RequestError(
            f"{labels.file}: {joined.n_elsewhere:,} ids are of none of these cases, and only "
            f"{len(joined.rows):,} are.  Bring labels of the cases that were scored."
        )
    group = None
    if roles.group:
        group = np.unique(cases.group[joined.rows].astype(str), return_inverse=True)[1]
    with busy(console, "recalibrating"):
        made, found = recalibrate(
            predictor,
            Labelled(
                labels.file,
                sha256_of(given.labels or given.new),
                cases.p[joined.rows],
                joined.y,
                group,
            ),
        )
    made.save(output)
    for ending, text in model_card(made.manifest, output.name).items():
        with whole_file(output.with_suffix(ending)) as part:
            part.write_text(text, encoding="utf-8")
    for note in notes:
        console.print(f"note: {note}", highlight=False, markup=False, soft_wrap=True)
    if joined.n_elsewhere:
        console.print(
            f"note: {labels.file}: {joined.n_elsewhere:,} ids are of none of these cases.",
            highlight=False, markup=False, soft_wrap=True,
        )  # fmt: skip
    console.print(made.manifest.calibration, highlight=False, markup=False, soft_wrap=True)
    say(output)
    return EXIT_DONE


def _without_labels(cases: "WatchedCases") -> "WatchedCases":
    """Give cases as if no label were known: all those that are brought teach the map."""
    rows = np.arange(len(cases))
    return cases.with_labels(rows, np.full(len(cases), -1, np.int8), 0)


if __name__ == "__main__":
    run_by_hand(__file__)
