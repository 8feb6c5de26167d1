"""A cell as it is read back: its notes, held to its place in a run."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from ..errors import StoreError
from ..language.sentence import Text
from .records import CellRecord
from .store import Store
from .typed import typed, understood

_NOTED = (
    "derived_view", "fit_seconds", "predict_seconds", "n_predicted", "peak_bytes", "warnings",
    "explanations", "n_valid", "n_test",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """What a run notes of a cell; the rest is read from the store."""

    task: str
    model: str
    fold: int
    split: int
    seed: int
    key: str
    status: str
    message: Text

    def __post_init__(self) -> None:
        if not re.fullmatch("[0-9a-f]{40}", self.key):
            raise ValueError(f"{self.key!r} is no key of a cell")

    @classmethod
    def of(cls, record: CellRecord) -> "Place":
        """Give that of a record."""
        return cls(**{field.name: getattr(record, field.name) for field in fields(cls)})


def read_cell_record(
    store: Store, place: Mapping[str, Any], sha256: str | None = None
) -> CellRecord:
    """Give the record of a cell: of a done one, as it is stored.

    Parameters
    ----------
    store : Store
    place : mapping
        What a run notes of the cell: see ``Place``.
    sha256 : str, optional
        Of the cell's notes, as in ``Store.read_cell``.

    Raises
    ------
    StoreError
        If it is not stored, damaged, or the cell of another place.
    """
    if place["status"] != "done":
        return CellRecord(**place)
    folder = store.cell_folder(place["key"])
    cell = store.read_cell(place["key"], sha256)
    if cell is None:
        raise StoreError(f"{folder} is gone.")
    facts = cell.facts
    for name in ("task", "model", "fold", "split", "seed"):
        if facts.get(name) != place[name]:
            raise StoreError(
                f"{folder} holds a cell whose {name} is {facts.get(name)}, not {place[name]}: it "
                "belongs elsewhere."
            )
    with understood(folder / "cell.json"):
        noted = {name: facts[name] for name in _NOTED}
        return typed(CellRecord, {**place, **noted, "sha256": cell.sha256, **_at_times(facts)})


def _at_times(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Give what is noted of some cells only: costs, drivers, what was said of fit cases ...

    Time by the clock was not noted by earlier versions.
    """
    names = (
        "weights", "fitted_without_weights", "drivers", "segments", "kept", "wall_seconds", "p_fit",
    )  # fmt: skip
    noted = {name: facts[name] for name in names if name in facts}
    if "costs" in facts:
        costs = dict(facts["costs"])
        del costs["n_calls"]
        noted["costs"] = costs
    return noted
