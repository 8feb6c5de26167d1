"""``intentbench watch FILE --new DATA --labels LABELS``: whether a model is still true."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..bench.errors import EXIT_DONE, EXIT_FOUND, RequestError
from .output import say
from .shared import busy, run_by_hand, standard_error

if TYPE_CHECKING:
    import numpy as np

    from ..bench.deploy.predictor import Predictor
    from ..bench.watch.history import History
    from ..bench.watch.labels import Labels
    from ..bench.watch.new_cases import NewCases


def watch_command(given: argparse.Namespace) -> int:
    """Compare new cases and labels with what a file was made of; write a page, and the history."""
    from ..bench.deploy.predictor import Predictor
    from ..bench.deploy.whole_file import whole_file
    from ..bench.watch.history import history_path, read_history, write_history
    from ..bench.watch.take_look import begin, require_reference, take_look
    from ..reports.watch_page import watch_page
    from .predict_log import LOG
    from .watched_files import read_cases, read_labels, roles_of, sha256_of
    from .watched_log import roles_of_log

    model, console = Path(given.model), standard_error()
    if given.new is None and given.labels is None:
        raise RequestError(
            "nothing is given to look at: new cases with --new, labels with --labels."
        )
    predictor = Predictor.load(model, given.plugin)
    manifest = predictor.manifest
    require_reference(manifest, given.model)
    reads_log = manifest.reading.get("data") == LOG
    if manifest.events is not None and not reads_log:
        raise RequestError(
            f"{given.model} reads the events of each case, which a table does not hold; it cannot "
            "be watched on the command line."
        )
    delay, as_of = _delay(given.delay), _moment(given.as_of)
    digest, path = sha256_of(given.model), history_path(model)
    before = read_history(path, model, digest)
    if reads_log:
        roles = roles_of_log(given, manifest)
    else:
        roles = roles_of(given, manifest, None if before is None else before.roles)
    history = begin(digest, roles) if before is None else before
    notes: list[str] = []
    new = labels = None
    if reads_log:
        with busy(console, "scoring"):
            new, labels, until = _of_log(predictor, history, given, notes)
        as_of = until if as_of is None else as_of
    elif given.new is not None:
        with busy(console, "scoring"):
            read = read_cases(given.new, predictor, roles, given)
        notes += read.notes
        new = _unless_seen(read.cases, history, given.labels, notes)
    if given.labels is not None and not reads_log:
        labels = read_labels(given.labels, roles, given, manifest)
    with busy(console, "comparing"):
        seen = take_look(manifest, history, new, labels, delay, as_of)
    page = model.with_suffix(".watch.html")
    text = watch_page(manifest, model.name, seen, notes)
    write_history(path, seen.history)
    with whole_file(page) as part:
        part.write_text(text, encoding="utf-8")
    for line in (*(f"note: {note}" for note in (*notes, *seen.notes)), *seen.found):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    if not seen.found:
        console.print(
            "Nothing was found beyond noise and practical size.", highlight=False, soft_wrap=True
        )
    say(page)
    return EXIT_FOUND if seen.found else EXIT_DONE


def _of_log(
    predictor: "Predictor", history: "History", given: argparse.Namespace, notes: list[str]
) -> "tuple[NewCases | None, Labels | None, np.datetime64 | None]":
    """Give what a log and a table of labels bring, and when the log ends."""
    import numpy as np

    from ..bench.watch.take_look import watched
    from .watched_log import labels_together, read_labels_of_log, read_log

    new = labels = until = None
    cases = history.cases
    if given.new is not None:
        read = read_log(given.new, predictor, cases, given)
        before = next((look.as_of for look in reversed(history.looks) if look.as_of), "")
        if before and read.until < np.datetime64(before):
            raise RequestError(
                f"{given.new} ends at {read.until}, before {before}, the clock of the look before. "
                " Watch logs in their order."
            )
        new, labels, until = read.cases, read.labels, read.until
        notes += read.notes
        if new is not None:
            cases = cases.with_more(watched(new, 0))
        elif labels is None and given.labels is None:
            raise RequestError(
                f"{given.new} holds no case that is new, and no outcome that was not known.  "
                "Nothing was changed; bring a log that goes on."
            )
    if given.labels is not None:
        table = read_labels_of_log(given.labels, given, predictor.manifest, cases)
        labels = table if labels is None else labels_together(labels, table)
    return new, labels, until


def _unless_seen(
    new: "NewCases", history: "History", labels: str | None, notes: list[str]
) -> "NewCases | None":
    """Give new cases unless they were watched before; that is told, or refused without labels."""
    before = next((look for look in history.looks if look.sha256 == new.sha256), None)
    if before is None:
        return new
    told = f"{new.file} was watched before, as look {before.number}"
    if labels is None:
        raise RequestError(
            f"{told}; it does not count twice, and nothing was changed.  Bring new cases, or "
            "labels with --labels."
        )
    notes.append(f"{told}; its cases do not count twice.")
    return None


def _delay(said: str | None) -> "np.timedelta64 | None":
    import numpy as np

    from ..datasets._event_log.request import duration

    return None if said is None else np.timedelta64(duration(said, "delay"), "us")


def _moment(said: str | None) -> "np.datetime64 | None":
    import numpy as np

    if said is None:
        return None
    try:
        moment = np.datetime64(said.strip().replace(" ", "T"), "s")
    except ValueError:
        moment = np.datetime64("NaT")
    if np.isnat(moment):
        raise RequestError(
            f"--as-of {said!r} is no moment.  Write it as 2026-11-16, or '2026-11-16 17:05'."
        )
    return moment


if __name__ == "__main__":
    run_by_hand(__file__)
