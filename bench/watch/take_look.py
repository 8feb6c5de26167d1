"""A look: new cases, new labels, and what all there is by now says of a file at work."""

from dataclasses import dataclass, replace

import numpy as np

from ..deploy.manifest import Manifest
from ..deploy.reference import Reference
from ..errors import RequestError
from .drift import SCORE, VALUES, Drift, drift_of
from .estimated import Estimated, estimated
from .history import History, Look, Roles, WatchedCases
from .labelled import Labelled, LabelledCases, labelled
from .labels import Labels, join_labels, require_different
from .new_cases import NewCases
from .remedies import Remedies, remedies_of

# How long a person is known grows with the log.
_CLOCK_OF_LOGS = ("hour", "weekday", "days_known")


@dataclass(frozen=True, eq=False)
class Seen:
    """What a look has seen.

    ``drift`` and ``estimated`` are of the look's new cases, None where it had none; ``labelled``
    and ``remedies`` of all labels by now, None where there is none.  ``notes`` say what was not
    used.
    """

    look: Look
    history: History
    drift: Drift | None
    estimated: tuple[Estimated, ...]
    labelled: Labelled | None
    remedies: Remedies | None
    notes: tuple[str, ...]

    @property
    def found(self) -> tuple[str, ...]:
        """What was found, in sentences; nothing where all is quiet."""
        return self.look.found


def require_reference(manifest: Manifest, file: str) -> Reference:
    """Give what new cases are compared with.

    Raises
    ------
    RequestError
        If the file keeps none, or one of another version.
    """
    reference = manifest.reference
    if reference is None:
        raise RequestError(
            f"{file} keeps nothing that new cases could be compared with: it was trained by an "
            "earlier version.  Train it anew: intentbench train."
        )
    if reference.format != 1:
        raise RequestError(
            f"{file} keeps its reference in format {reference.format}; this version reads format "
            "1.  Use the version that wrote it, or train anew."
        )
    return reference


def clock_columns(manifest: Manifest) -> tuple[str, ...]:
    """Name the features that were made of the moment of prediction."""
    table = manifest.reading.get("table", {})
    if "kinds" in table:  # of events: a log was read
        return _CLOCK_OF_LOGS
    return tuple(
        name
        for column in table.get("columns", ())
        if column["name"] == table.get("time")
        for name in column["made"]
    )


def take_look(
    manifest: Manifest,
    history: History,
    new: NewCases | None,
    labels: Labels | None,
    delay: np.timedelta64 | None = None,
    as_of: np.datetime64 | None = None,
) -> Seen:
    """Take a look at a file at work.

    Parameters
    ----------
    manifest : Manifest
        With a reference.
    history : History
    new : NewCases, optional
        Cases that no look has seen.
    labels : Labels, optional
    delay, as_of : timedelta64 and datetime64, optional
        As in ``join_labels``; the clock says the latest time of all cases by default.

    Raises
    ------
    DataError, RequestError
        If ids are not different, labels do not fit, or the clock goes back.
    """
    reference, number = manifest.reference, len(history.looks) + 1
    cases, notes = history.cases, []
    if new is not None:
        if history.roles.id:
            require_different(new.file, new.id, cases.id)
        _require_later(new, history)
        cases = cases.with_more(watched(new, number))
    as_of = _clock(as_of, cases, history, new)
    n_labels = 0
    if labels is not None:
        if delay is not None and as_of is None:
            raise RequestError(
                "--delay says how long after its time a case is final, and nothing says when the "
                "cases were: name the column with --time when you watch them."
            )
        joined = join_labels(labels, cases, delay, as_of)
        cases = cases.with_labels(joined.rows, joined.y, number)
        n_labels = len(joined.rows)
        notes += _unused(labels.file, joined)
    drift = None if new is None else drift_of(reference, new, clock_columns(manifest))
    guessed: tuple[Estimated, ...] = ()
    if new is not None:
        group = None if new.group is None else np.unique(new.group, return_inverse=True)[1]
        guessed = estimated(new.p, group, manifest.threshold.threshold)
    known, remedies = of_labels(manifest, reference, cases)
    look = Look(
        number,
        "" if new is None else new.file,
        "" if new is None else new.sha256,
        0 if new is None else len(new),
        n_labels,
        "" if as_of is None else str(as_of),
        effects={} if drift is None else _effects(drift),
    )
    look = replace(look, found=(*_drift_said(drift), *_labels_said(known)))
    made = History(history.model_sha256, history.roles, (*history.looks, look), cases)
    return Seen(look, made, drift, guessed, known, remedies, tuple(notes))


def of_labels(
    manifest: Manifest, reference: Reference, cases: WatchedCases
) -> tuple[Labelled | None, Remedies | None]:
    """Say what all labels by now say; nothing where there is none."""
    rows = np.flatnonzero(cases.y >= 0)
    if not len(rows):
        return None, None
    # In the order in which they came to be known.
    rows = rows[np.argsort(cases.known[rows], kind="stable")]
    look = np.unique(cases.known[rows], return_inverse=True)[1]
    group = None
    if (cases.group[rows] != "").any():
        group = np.unique(cases.group[rows].astype(str), return_inverse=True)[1]
    found = LabelledCases(cases.y[rows], cases.p[rows], look, group)
    known = labelled(found, reference)
    # What has changed is learnt from labels since then: earlier ones tell of another time.
    late = look >= known.changed_at
    remedies = remedies_of(
        manifest,
        reference,
        found.p[late],
        found.y[late],
        None if group is None else np.unique(group[late], return_inverse=True)[1],
        known.changed_at,
    )
    return known, remedies


def watched(new: NewCases, number: int) -> WatchedCases:
    """Give new cases as those of a look."""
    n = len(new)
    blank = np.full(n, "", dtype=object)
    return WatchedCases(
        np.full(n, number, np.int32),
        blank if new.id is None else new.id,
        blank if new.group is None else new.group,
        np.full(n, "NaT", "datetime64[s]") if new.time is None else new.time,
        new.p,
        np.full(n, -1, np.int8),
        np.zeros(n, np.int32),
    )


def _require_later(new: NewCases, history: History) -> None:
    """Refuse cases that are all from before those of the look before."""
    before = next((look for look in reversed(history.looks) if look.n_cases and look.as_of), None)
    if new.time is None or before is None:
        return
    earlier = history.cases.time[history.cases.look == before.number]
    if new.time.max() < earlier.min():
        raise RequestError(
            f"{new.file} ends at {new.time.max()}, before {before.file} begins "
            f"({earlier.min()}), which was watched before it.  Watch files in their order; to "
            "watch earlier ones, begin a new history beside a copy of the model."
        )


def _clock(
    said: np.datetime64 | None, cases: WatchedCases, history: History, new: NewCases | None
) -> np.datetime64 | None:
    """Say what the clock says: what the user says, or the latest time of all cases."""
    timed = cases.time[~np.isnat(cases.time)]
    before = next((look.as_of for look in reversed(history.looks) if look.as_of), "")
    if said is None:
        latest = timed.max() if len(timed) else None
        # It never goes back: a user may have said a later moment.
        return max(latest, np.datetime64(before)) if before and latest is not None else latest
    if before and said < np.datetime64(before):
        raise RequestError(
            f"--as-of {said} is before {before}, the clock of the look before.  It cannot go back: "
            "leave --as-of out, or name a later moment."
        )
    if new is not None and new.time is not None and said < new.time.max():
        raise RequestError(
            f"--as-of {said} is before {new.time.max()}, the latest case of {new.file}.  Nobody "
            "can have scored it by then: mend the column --time, or name a later moment."
        )
    return said


def _unused(file: str, joined) -> list[str]:
    said = []
    if joined.n_repeated:
        said.append(f"{file}: {joined.n_repeated:,} labels were known already.")
    if joined.n_early:
        said.append(f"{file}: {joined.n_early:,} labels are put aside until they are final.")
    if joined.n_elsewhere:
        said.append(f"{file}: {joined.n_elsewhere:,} ids are of no case that was watched.")
    return said


def _effects(drift: Drift) -> dict[str, float]:
    return {
        each.column: each.value
        for each in drift.compared
        if each.way == VALUES and not np.isnan(each.value)
    }


def _drift_said(drift: Drift | None) -> list[str]:
    if drift is None:
        return []
    said = []
    for each in drift.found:
        if each.way == VALUES:
            name = "The scores" if each.column == SCORE else f"The values of {each.column!r}"
            said.append(
                f"{name} are distributed otherwise than before: Cohen's w {each.value:.2f} "
                f"({each.low:.2f} to {each.high:.2f})."
            )
        else:
            said.append(
                f"{each.column!r} is {each.way} in {100 * each.after:.3g} % of cases, before in "
                f"{100 * each.before:.3g} %."
            )
    return said


def _labels_said(known: Labelled | None) -> list[str]:
    if known is None:
        return []
    said = []
    calibration, loss = known.calibration, known.loss
    if calibration.found_at is not None:
        said.append(
            f"{100 * calibration.seen:.3g} % happened where {100 * calibration.claimed:.3g} % were "
            "predicted."
        )
    if loss.found_at is not None:
        said.append(
            f"The log loss is {loss.seen:.3f}, above {loss.claimed:.3f}, the most that the test "
            "left possible."
        )
    return said


def begin(model_sha256: str, roles: Roles) -> History:
    """Begin a history."""
    return History(model_sha256, roles, (), WatchedCases.none())
