"""Cases and splits on their way to the worker processes, and predictions on their way back.

Plain arrays and Parquet, no pickles.  Outcomes and weights travel with a split, and only those of
its fit and valid cases: a worker that predicts test cases holds no outcome of theirs.
"""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ..cases import Cases, texts
from ..events import Events
from ..splits.fold import Split
from ..store.predictions import Predictions

_NOT_GIVEN_OUT = -1
_PREDICTIONS = "predictions.f8"


@dataclass(frozen=True, eq=False)
class ShownTask:
    """A task as a worker holds it while it works on one split.

    ``target`` has shape (n_cases,) and is -1 wherever the split gives no outcome out; ``weight`` is
    NaN there, and None where cases have no weights.  ``group`` tells by a number which fit cases
    are about the same person, for what draws them anew; it is -1 for all others, and None without
    groups.  Card, name and time stay at home: workers do not plan splits.
    """

    cases: Cases
    target: np.ndarray
    weight: np.ndarray | None = None
    group: np.ndarray | None = None

    @property
    def has_events(self) -> bool:
        """Whether the data set itself gives events."""
        return self.cases.events.n_events > 0


def send_cases(cases: Cases, folder: Path) -> None:
    """Write the cases of a task into a folder of its own, without any outcome."""
    folder.mkdir(parents=True)
    features, events = cases.features, cases.events
    # Parquet keeps categories only where they are texts, and models read no more than their texts.
    categories = {
        name: texts(column).astype(_in_texts(column.dtype))
        for name, column in features.items()
        if isinstance(column.dtype, pd.CategoricalDtype)
    }
    # Parquet keeps no frame without columns: its length goes along in the offsets.
    features.assign(**categories).to_parquet(folder / "features.parquet", index=False)
    np.save(folder / "offsets.npy", events.offsets)
    for number, mark in enumerate(events.marks.values()):
        np.save(folder / f"mark-{number}.npy", mark)
    about = {"marks": list(events.marks), "vocabulary": events.vocabulary}
    (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")


def _in_texts(categories: pd.CategoricalDtype) -> pd.CategoricalDtype:
    names = dict.fromkeys(categories.categories.astype("str"))
    return pd.CategoricalDtype(list(names) or [""], categories.ordered)  # none would be an object


def receive_cases(folder: Path) -> Cases:
    """Read them back."""
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    events = Events(
        offsets=np.load(folder / "offsets.npy"),
        marks={
            name: np.load(folder / f"mark-{number}.npy")
            for number, name in enumerate(about["marks"])
        },
        vocabulary={name: tuple(names) for name, names in about["vocabulary"].items()},
    )
    features = pd.read_parquet(folder / "features.parquet")
    if features.shape[1] == 0:
        features = pd.DataFrame(index=range(len(events)))
    return Cases(features, events)


def send_split(
    split: Split,
    test: np.ndarray,
    target: np.ndarray,
    file: Path,
    weight: np.ndarray | None = None,
    group: np.ndarray | None = None,
) -> None:
    """Write one split: its case numbers, its fold's test cases, what it gives out of the others."""
    given_out = {"y_fit": target[split.fit], "y_valid": target[split.valid]}
    if weight is not None:
        given_out |= {"weight_fit": weight[split.fit], "weight_valid": weight[split.valid]}
    if group is not None:
        given_out["group_fit"] = np.unique(group[split.fit], return_inverse=True)[1]
    np.savez(file, fit=split.fit, valid=split.valid, test=test, **given_out)


def receive_split(file: Path, cases: Cases) -> tuple[ShownTask, Split, np.ndarray]:
    """Read it back: the task with the outcomes given out, the split, and the test cases."""
    with np.load(file) as rows:
        split = Split(rows["fit"], rows["valid"])
        target = _unknown(cases)
        target[split.fit], target[split.valid] = rows["y_fit"], rows["y_valid"]
        weight = None
        if "weight_fit" in rows:
            weight = np.full(len(cases), np.nan)
            weight[split.fit], weight[split.valid] = rows["weight_fit"], rows["weight_valid"]
        group = None
        if "group_fit" in rows:
            group = np.full(len(cases), -1)
            group[split.fit] = rows["group_fit"]
        return ShownTask(cases, target, weight, group), split, rows["test"]


def _unknown(cases: Cases) -> np.ndarray:
    return np.full(len(cases), _NOT_GIVEN_OUT, dtype=np.int8)


@dataclass(frozen=True, eq=False)
class BlendRows:
    """Case numbers of a fold's valid and test predictions.

    ``who`` says which valid predictions belong together, shape (n_valid,); None if none do.
    """

    valid: np.ndarray
    test: np.ndarray
    who: np.ndarray | None


def send_blend_rows(
    rows: BlendRows,
    target: np.ndarray,
    members: Mapping[str, Predictions],
    file: Path,
    weight: np.ndarray | None = None,
) -> None:
    """Write a blend's case numbers, outcomes and weights of its valid cases, and its members."""
    more = {} if rows.who is None else {"who": np.unique(rows.who, return_inverse=True)[1]}
    if weight is not None:
        more["weight_valid"] = weight[rows.valid]
    p_valid, p_test = (
        np.column_stack([getattr(predictions, part) for predictions in members.values()])
        for part in ("valid", "test")
    )
    np.savez(
        file, valid=rows.valid, test=rows.test, y_valid=target[rows.valid], names=list(members),
        p_valid=p_valid, p_test=p_test, **more,
    )  # fmt: skip


def receive_blend_rows(
    file: Path, cases: Cases
) -> tuple[ShownTask, BlendRows, dict[str, Predictions]]:
    """Read them back: the task with the outcomes given out, the rows, the members' predictions."""
    with np.load(file) as rows:
        target = _unknown(cases)
        target[rows["valid"]] = rows["y_valid"]
        weight = None
        if "weight_valid" in rows:
            weight = np.full(len(cases), np.nan)
            weight[rows["valid"]] = rows["weight_valid"]
        who = rows["who"] if "who" in rows else None
        members = {
            str(name): Predictions(valid, test)
            for name, valid, test in zip(
                rows["names"], rows["p_valid"].T, rows["p_test"].T, strict=True
            )
        }
        blended = BlendRows(rows["valid"], rows["test"], who)
        return ShownTask(cases, target, weight), blended, members


def send_predictions(predictions: Predictions, folder: Path) -> None:
    """Write what a cell predicted of its valid and test cases."""
    p = np.concatenate([predictions.valid, predictions.test]).astype("<f8")
    (folder / _PREDICTIONS).write_bytes(p.tobytes())


def receive_predictions(folder: Path, n_valid: int, n_test: int) -> Predictions:
    """Read them back, of a worker in which plugins may have done anything.

    Raises
    ------
    ValueError
        If there is not one probability for each case.
    """
    n_bytes = 8 * (n_valid + n_test)
    try:
        # Neither a link to elsewhere, nor a folder, nor a pipe that nobody writes into.
        file = os.open(folder / _PREDICTIONS, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        raise ValueError("there are no predictions") from None
    try:
        about = os.fstat(file)
        if not stat.S_ISREG(about.st_mode) or about.st_size != n_bytes:
            raise ValueError(f"there are not {n_valid + n_test} predictions")
        p = np.frombuffer(_read_all(file, n_bytes), dtype="<f8")
    finally:
        os.close(file)
    if len(p) != n_valid + n_test or not ((p >= 0) & (p <= 1)).all():
        raise ValueError("some predictions are no probabilities")
    return Predictions(valid=p[:n_valid], test=p[n_valid:])


def _read_all(file: int, n_bytes: int) -> bytes:
    with os.fdopen(file, "rb", closefd=False) as source:
        return source.read(n_bytes)
