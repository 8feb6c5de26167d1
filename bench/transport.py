"""Tasks and splits on their way to the worker processes: plain arrays and Parquet, no pickles."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from .cases import Cases, texts
from .events import Events
from .resampling import Split
from .task import Card, Task


def send_task(task: Task, folder: Path) -> None:
    """Write a task into a folder of its own."""
    folder.mkdir(parents=True)
    features, events = task.cases.features, task.cases.events
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
    np.save(folder / "target.npy", task.target)
    about = {
        "name": task.name,
        "card": asdict(task.card),
        "marks": list(events.marks),
        "vocabulary": events.vocabulary,
    }
    (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")


def _in_texts(categories: pd.CategoricalDtype) -> pd.CategoricalDtype:
    names = dict.fromkeys(categories.categories.astype("str"))
    return pd.CategoricalDtype(list(names) or [""], categories.ordered)  # none would be an object


def receive_task(folder: Path) -> Task:
    """Read a task back.  Group and time stay at home: workers do not plan splits."""
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
    card = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in about["card"].items()
    }
    target = np.load(folder / "target.npy")
    return Task(about["name"], Cases(features, events), target, Card(**card))


def send_split(split: Split, test: np.ndarray, file: Path) -> None:
    """Write the case numbers of one split and its fold's test cases."""
    np.savez(file, fit=split.fit, valid=split.valid, test=test)


def receive_split(file: Path) -> tuple[Split, np.ndarray]:
    """Read them back."""
    with np.load(file) as rows:
        return Split(rows["fit"], rows["valid"]), rows["test"]


@dataclass(frozen=True, eq=False)
class BlendRows:
    """Case numbers of a fold's valid and test predictions.

    ``who`` says which valid predictions belong together, shape (n_valid,); None if none do.
    """

    valid: np.ndarray
    test: np.ndarray
    who: np.ndarray | None


def send_blend_rows(rows: BlendRows, file: Path) -> None:
    """Write the case numbers of a blend."""
    who = {} if rows.who is None else {"who": np.unique(rows.who, return_inverse=True)[1]}
    np.savez(file, valid=rows.valid, test=rows.test, **who)


def receive_blend_rows(file: Path) -> BlendRows:
    """Read them back."""
    with np.load(file) as rows:
        return BlendRows(rows["valid"], rows["test"], rows["who"] if "who" in rows else None)
