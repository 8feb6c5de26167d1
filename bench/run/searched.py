"""A model whose configurations are tried in a run."""

from dataclasses import dataclass

from ..plugins.outline import Outline
from ..plugins.registry import Plugin
from ..search.space import Configuration


@dataclass(frozen=True)
class Searched:
    """A model whose configurations are tried, and the entry that has the chosen ones."""

    plugin: Plugin
    outline: Outline
    tuned: tuple[Plugin, Outline]
    configurations: tuple[Configuration, ...]
