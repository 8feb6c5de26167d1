"""``intentbench predict FILE DATA -o OUT``: score the cases of a table or log, block by block."""

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..bench.errors import EXIT_DONE, RequestError
from ..bench.language.sentence import Sentence, said
from ..bench.language.speaking import _
from .output import say
from .shared import busy, run_by_hand, standard_error

if TYPE_CHECKING:
    import pyarrow as pa

    from ..datasets._table.read_again import TableReading, Unread

_ENDINGS = (".parquet", ".csv")
_MADE = ("row", "probability", "decision")


class _Writer(Protocol):
    def write_table(self, table: "pa.Table") -> None:
        """Write some rows."""


def predict_command(given: argparse.Namespace) -> int:
    """Score the cases of a file, block by block, into another file."""
    from ..bench.deploy.columns import Counted
    from ..bench.deploy.predictor import Predictor
    from ..datasets._table.read_again import Unread
    from .predict_log import LOG, scored_log
    from .table_reading import reading_of

    output, console = _checked_output(given), standard_error()
    predictor = Predictor.load(given.model, given.plugin)
    manifest = predictor.manifest
    counted, unread, told, n_yes = Counted(), Unread(), [], 0
    if manifest.reading.get("data") == LOG:
        blocks = scored_log(predictor, given, counted, told)
    elif manifest.events is not None:
        raise RequestError(
            f"{given.model} reads the events of each case, which a table does not hold.  Score "
            "them in Python: Predictor.load(...).predict_proba(features, events=...)."
        )
    else:
        reading = reading_of(manifest, given.model)
        blocks = _scored(predictor, reading, given, counted, unread)
    with busy(console, _("scoring")), _written(output) as part:
        for table, scored, notes in blocks:
            n_yes += int(scored["decision"].sum())
            for note in notes:
                console.print(
                    _("note: {note}").format(note=said(note)),
                    highlight=False,
                    markup=False,
                    soft_wrap=True,
                )
            part(table, scored)
    threshold = manifest.threshold
    lines = [
        _(
            "{n:,} cases scored by {title}; {yes:,} are decided yes at {threshold:.4g} ({rule})."
        ).format(
            n=counted.n_cases,
            title=said(manifest.model.title),
            yes=n_yes,
            threshold=threshold.threshold,
            rule=said(threshold.title),
        )
    ]
    notes = [
        *told,
        *counted.told(manifest.columns),
        *(
            Sentence(
                "{name!r}: {n:,} cells could not be read and count as missing, such as {example!r}",
                name=name,
                n=count,
                example=unread.examples[name],
            )
            for name, count in unread.counts.most_common()
        ),
    ]
    lines += [_("note: {note}").format(note=said(note)) for note in notes]
    for line in lines:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    say(output)
    return EXIT_DONE


def _checked_output(given: argparse.Namespace) -> Path:
    output = Path(given.output)
    if output.suffix not in _ENDINGS:
        raise RequestError(
            f"-o {output}: the name must end in .parquet or .csv, which says how it is written."
        )
    if output.exists() and Path(given.data).exists() and output.samefile(given.data):
        raise RequestError(f"-o {output} is the file that is read.  Name another.")
    if taken := sorted(set(given.keep) & set(_MADE)):
        raise RequestError(
            f"--keep {taken[0]}: a column of that name is written anyway.  Rename it in the data."
        )
    return output


def _scored(
    predictor, reading: "TableReading", given: argparse.Namespace, counted, unread: "Unread"
):
    """Give each block with its scores."""
    from ..bench.deploy.columns import require_columns
    from ..bench.metrics.thresholds import decide
    from ..datasets._table.blocks import blocks_of

    said = predictor.manifest.reading.get("parameters", {})
    encoding = given.encoding or said.get("encoding", "")
    threshold = predictor.manifest.threshold.threshold
    unused = (*reading.unused, *given.keep, *given.drop)
    n_before = 0
    for block in blocks_of(given.data, encoding, given.sheet or said.get("sheet", "")):
        require_columns(reading.names, block.table.column_names, block.label, unused)
        _require_kept(given.keep, block.table.column_names, block.label)
        features = reading.features(block.table, block.first, block.label, unread)
        p = predictor.predict_proba(features, counted=counted)[:, 1]
        rows = range(n_before + 1, n_before + len(p) + 1)
        n_before += len(p)
        scored = {"row": rows, "probability": p, "decision": decide(p, threshold)}
        yield block.table.select(given.keep), scored, block.notes


def _require_kept(kept: Sequence[str], there: Sequence[str], label: str) -> None:
    from ..bench.errors import did_you_mean

    for name in kept:
        if name not in there:
            raise RequestError(
                f"--keep {name}: {label} has no column {name!r}.{did_you_mean(name, there)}"
            )


@contextmanager
def _written(output: Path) -> Iterator:
    """Give what writes a block; the file is there at the end, or not at all."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    from ..bench.deploy.whole_file import whole_file

    with whole_file(output) as part:
        writer: _Writer | None = None

        def write(kept: "pa.Table", scored: dict) -> None:
            nonlocal writer
            row, *made = [pa.array(values) for values in scored.values()]
            table = pa.Table.from_arrays(
                [row, *kept.columns, *made], ["row", *kept.column_names, *_MADE[1:]]
            )
            if writer is None:
                kind = parquet.ParquetWriter if output.suffix == ".parquet" else csv.CSVWriter
                writer = kind(str(part), table.schema)
            writer.write_table(table)

        try:
            yield write
        finally:
            if writer is not None:
                writer.close()


if __name__ == "__main__":
    run_by_hand(__file__)
