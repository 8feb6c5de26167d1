"""Reading a suite file, and saying where it is wrong."""

import math
import tomllib
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from ..errors import RequestError, did_you_mean
from ..model import FAMILIES
from ..splits.resampling import Resampling
from .act_or_wait import WORDS as WORDS_OF_WAITING
from .act_or_wait import ActOrWait, asked_act_or_wait
from .asked_decisions import WORDS, Spelling, asked_decisions
from .curve import Curve, read_curve
from .decisions import Decisions
from .folders import tasks_in
from .search import asked_search
from .shipped import FOLDER, suite_titles
from .suite import ENSEMBLES, LEARNING_FAMILIES, Limits, MemberSet, Suite, Variant

_TABLES = (
    "resampling", "limits", "ensembles", "decisions", "task", "folder", "curve", "slices", "search",
    "act_or_wait",
    "model",
)  # fmt: skip


def load_suite(name: str) -> Suite:
    """Read a suite by its name, or from a file that ends in ``.toml``.

    Raises
    ------
    RequestError
        If there is no such suite, or the file holds a key or a value that has no meaning.
    """
    path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = list(suite_titles())
        raise RequestError(
            f"unknown suite {name!r}.{did_you_mean(name, known)}  Suites: {', '.join(known)}; "
            "or give the path of a file that ends in .toml."
        ) from None
    except RecursionError:
        raise RequestError(f"suite file {path} cannot be read: it is nested too deeply.") from None
    except (OSError, ValueError) as error:  # no TOML, no text, or a number of thousands of digits
        raise RequestError(f"suite file {path} cannot be read: {error}.") from error
    return _Reader(str(path)).suite(path.stem, content)


class _Reader:
    """Turns a parsed file into a suite and says where it is wrong."""

    def __init__(self, path: str) -> None:
        self.path = path

    def suite(self, name: str, content: dict[str, Any]) -> Suite:
        self._only(content, ("title", "tasks", "models", "seeds", "pretrain_on", *_TABLES), "")
        in_folders = self._folders(content.get("folder", []))
        if not content.get("tasks") and not in_folders:
            raise RequestError(f"{self.path}: name at least one task, as in tasks = ['cdnow'].")
        models = content.get("models", "all")
        if models == []:
            raise RequestError(f"{self.path}: models is empty; leave it out for all models.")
        named = self._texts("tasks", content.get("tasks", []))
        tasks = tuple(dict.fromkeys((*named, *in_folders)))
        return Suite(
            name=name,
            title=self._text("title", content.get("title", name)),
            tasks=tasks,
            models=() if models == "all" else self._texts("models", models),
            seeds=self._seeds(content.get("seeds", [0])),
            resampling=self._table(Resampling, "resampling", content),
            limits=self._table(Limits, "limits", content),
            ensembles=self._ensembles(content),
            decisions=self._decisions(content),
            variants=self._variants(content.get("task", {}), in_folders),
            curves=self._curves(content.get("curve", []), tasks),
            slices=self._slices(content.get("slices", {})),
            search=asked_search(content["search"], f"{self.path}: search")
            if "search" in content
            else None,
            act_or_wait=self._act_or_wait(content),
            parameters=self._parameters(content.get("model", {})),
            pretrain_on=self._text("pretrain_on", content.get("pretrain_on", "")),
        )

    def _ensembles(self, content: dict[str, Any]) -> dict[str, MemberSet]:
        if "ensembles" not in content:
            return dict(ENSEMBLES)
        tables = content["ensembles"]
        self._need(isinstance(tables, dict), "ensembles", "a table of lists of families")
        return {label: self._member_set(f"ensembles.{label}", it) for label, it in tables.items()}

    def _member_set(self, key: str, given: Any) -> MemberSet:
        table = given if isinstance(given, dict) else {"families": given}
        self._only(table, tuple(item.name for item in fields(MemberSet)), f"{key}.")
        families = self._texts(key, table.get("families", LEARNING_FAMILIES))
        for family in families:
            if family not in FAMILIES:
                raise RequestError(
                    f"{self.path}: {key} names the family {family!r}."
                    f"{did_you_mean(family, FAMILIES)}  Families: {', '.join(FAMILIES)}."
                )
        most = table.get("most_ms_per_1000")
        if most is not None:
            self._number(f"{key}.most_ms_per_1000", most)
        return MemberSet(families, most)

    def _decisions(self, content: dict[str, Any]) -> Decisions:
        table = content.get("decisions", {})
        self._need(isinstance(table, dict), "decisions", "a table")
        self._only(table, WORDS, "decisions.")
        return asked_decisions(table, Decisions(), self._spelling("decisions"))

    def _act_or_wait(self, content: dict[str, Any]) -> ActOrWait | None:
        table = content.get("act_or_wait", {})
        self._need(isinstance(table, dict), "act_or_wait", "a table")
        self._only(table, WORDS_OF_WAITING, "act_or_wait.")
        return asked_act_or_wait(table, None, self._spelling("act_or_wait"))

    def _spelling(self, key: str) -> Spelling:
        return Spelling(
            lambda word: f"{key}.{word}",
            lambda word, value: f"{word} = {value}",
            " and ",
            f"{self.path}: ",
        )

    def _number(self, key: str, value: Any) -> None:
        good = type(value) in (int, float) and 0 < value < math.inf
        self._need(good, key, "a number above 0")

    def _folders(self, tables: Any) -> dict[str, dict[str, Any]]:
        good = isinstance(tables, list) and all(isinstance(table, dict) for table in tables)
        self._need(good, "folder", "tables, as in [[folder]]")
        made: dict[str, dict[str, Any]] = {}
        for number, table in enumerate(tables, start=1):
            key = f"folder {number}"
            for word, example in (("path", "shops"), ("data", "...")):
                self._need(word in table, key, f"a table with {word}, as in {word} = '{example}'")
            for word in ("path", "files", "data"):
                self._text(f"{key}: {word}", table.get(word, ""))
            folder = Path(self._beside(table["path"]))
            found = tasks_in(folder, table, f"{self.path}: {key}")
            for name in (name for name in found if name in made):
                raise RequestError(
                    f"{self.path}: {made[name]['path']} and {found[name]['path']} would both be "
                    f"the task {name!r}.  Rename one of them, or let files = '...' leave it out."
                )
            made |= found
        return made

    def _variants(self, tables: Any, in_folders: dict[str, dict[str, Any]]) -> dict[str, Variant]:
        self._need(isinstance(tables, dict), "task", "tables, as in [task.my_task]")
        variants = {}
        for name in dict.fromkeys((*in_folders, *tables)):
            key, table = f"task.{name}", tables.get(name, {})
            # It becomes part of paths.
            self._need(name.isidentifier(), f"the name in [{key}]", "letters, digits and _")
            self._need(isinstance(table, dict), key, f"a table, as in [{key}]")
            # What is said of a file goes before what is said of its folder.
            table = {**in_folders.get(name, {}), **table}
            self._need(
                "data" in table, key, "a table that names its data set, as in data = 'cdnow'"
            )
            strangers = table.get("strangers", False)
            self._need(isinstance(strangers, bool), f"{key}.strangers", "true or false")
            parameters = {
                keyword: value
                for keyword, value in table.items()
                if keyword not in ("data", "strangers")
            }
            if isinstance(parameters.get("path"), str):
                parameters["path"] = self._beside(parameters["path"])
            if isinstance(parameters.get("embeddings"), str):
                parameters["embeddings"] = self._beside(parameters["embeddings"])
            variants[name] = Variant(
                self._text(f"{key}.data", table["data"]), parameters, strangers
            )
        return variants

    def _parameters(self, tables: Any) -> dict[str, dict[str, Any]]:
        good = isinstance(tables, dict) and all(isinstance(of, dict) for of in tables.values())
        self._need(good, "model", "tables, as in [model.xgboost]; a list of names is models")
        return tables

    def _curves(self, tables: Any, tasks: tuple[str, ...]) -> tuple[Curve, ...]:
        good = isinstance(tables, list) and all(isinstance(table, dict) for table in tables)
        self._need(good, "curve", "tables, as in [[curve]]")
        curves = []
        for number, table in enumerate(tables, start=1):
            self._only(table, tuple(item.name for item in fields(Curve)), "curve.")
            curves.append(read_curve(table, f"{self.path}: curve {number}", tasks))
        asked = {(curve.kind, curve.task) for curve in curves}
        self._need(len(asked) == len(curves), "curve", "asked once of each kind and task")
        return tuple(curves)

    def _slices(self, table: Any) -> tuple[str, ...]:
        self._need(isinstance(table, dict), "slices", "a table, as in [slices]")
        self._only(table, ("columns",), "slices.")
        return self._texts("slices.columns", table.get("columns", []))

    def _beside(self, path: str) -> str:
        """Find a file as seen from the suite file: the suite works from any folder."""
        return str(Path(self.path).parent / Path(path).expanduser()) if path else path

    def _only(self, table: dict[str, Any], known: tuple[str, ...], where: str) -> None:
        for key in table:
            if key not in known:
                raise RequestError(
                    f"{self.path}: unknown key {where + key!r}.{did_you_mean(key, known)}  "
                    f"Known keys: {', '.join(known)}."
                )

    def _need(self, good: bool, key: str, what: str) -> None:
        if not good:
            raise RequestError(f"{self.path}: {key} must be {what}.")

    def _text(self, key: str, value: Any) -> str:
        self._need(isinstance(value, str), key, "a text")
        return value

    def _texts(self, key: str, value: Any) -> tuple[str, ...]:
        good = isinstance(value, (list, tuple)) and all(isinstance(text, str) for text in value)
        self._need(good and len(set(value)) == len(value), key, "a list of texts, each once")
        return tuple(value)

    def _seeds(self, value: Any) -> tuple[int, ...]:
        good = isinstance(value, list) and value and all(type(seed) is int for seed in value)
        self._need(good and min(value) >= 0, "seeds", "a list of whole numbers from 0 on")
        return tuple(value)

    def _table(self, kind: type, key: str, content: dict[str, Any]) -> Any:
        table = content.get(key, {})
        self._need(isinstance(table, dict), key, "a table")
        self._only(table, tuple(item.name for item in fields(kind)), f"{key}.")
        for item in fields(kind):
            if item.name in table:
                value = table[item.name]
                if item.type is str:
                    # TOML has dates of its own.
                    table[item.name] = str(value) if isinstance(value, date) else value
                    self._text(f"{key}.{item.name}", table[item.name])
                    continue
                if item.type is bool:
                    self._need(isinstance(value, bool), f"{key}.{item.name}", "true or false")
                    continue
                whole = item.type is int
                good = type(value) is int or (not whole and type(value) is float)
                what = "a whole number from 0 on" if whole else "a number above 0"
                good = good and (value >= 0 if whole else value > 0)
                self._need(good, f"{key}.{item.name}", what)
        return kind(**table)
