"""The source of a transfer, its events and outcomes, on its way to the worker processes."""

import json
from pathlib import Path

import numpy as np

from ..language.sentence import plain, unplain
from ..task import Task
from ..variants.transferred import Source
from .transport import receive_cases, send_cases

_TARGET, _TITLE = "target.npy", "title.json"


def send_source(source: Task, folder: Path) -> None:
    """Write events and all outcomes; no case of the task that is judged is among them."""
    send_cases(source.cases, folder)
    np.save(folder / _TARGET, source.target)
    title = json.dumps(plain({"title": source.card.title}))
    (folder / _TITLE).write_text(title, encoding="utf-8")


def receive_source(folder: Path) -> Source:
    """Read them back."""
    title = (folder / _TITLE).read_text(encoding="utf-8")
    told = json.loads(title, object_hook=unplain)
    return Source(told["title"], receive_cases(folder).events, np.load(folder / _TARGET))
