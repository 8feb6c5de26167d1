"""Today's rule: the decisions that are taken without any model, out of a column of the table."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...bench.errors import DataError
from ...bench.language.sentence import Sentence
from .._values.number_notation import NumberNotation
from .._values.numbers import find_numbers
from .._values.texts import different
from .arrow_table import RawTable
from .column import Note
from .outcomes import Values, bound_of
from .roles import Roles
from .yes_no import NO, YES

_COMPARED = re.compile(r"(.+?)\s*((?:>=|<=|≥|≤|>|<|=)\s*.+)")


@dataclass(frozen=True)
class TodayRule:
    """A column, and what it must be for a yes; empty where its values say yes and no themselves."""

    column: str
    asked: str


def today_rule_of(text: str, names: Sequence[str]) -> TodayRule:
    """Read ``COLUMN``, ``COLUMN>=NUMBER`` or ``COLUMN=VALUE``, a column's whole name first."""
    if text in names:
        return TodayRule(text, "")
    compared = _COMPARED.fullmatch(text)
    return TodayRule(compared[1], compared[2].strip()) if compared else TodayRule(text, "")


def todays_decisions(raw: RawTable, roles: Roles, rule: TodayRule) -> tuple[np.ndarray, list[Note]]:
    """Say of every row whether it is acted upon today.

    Returns
    -------
    ndarray of bool, shape (n_rows,)
        False where the column is empty.
    list of Note
        How many are.

    Raises
    ------
    DataError
        If nothing tells which values mean yes.
    """
    texts = roles.texts(rule.column)
    empty = np.asarray(texts.is_null())
    if bound := bound_of(rule.asked):
        notation = find_numbers(texts, commas_part_cells=raw.commas_part_cells)
        if not isinstance(notation, NumberNotation):
            raise DataError(
                f"today's rule asks whether {rule.column!r} of {raw.label} is {rule.asked}, and "
                "that column does not hold numbers.  Name one of its values, as in "
                f"--today-rule {shlex.quote(f'{rule.column}=VALUE')}, or another column."
            )
        decided = bound.holds(notation.read(texts))
    else:
        spelt, codes = different(texts)
        values = Values(spelt.to_pylist(), np.bincount(codes[codes >= 0], minlength=len(spelt)))
        yes = _keys_of_yes(raw, rule, values)
        decided = np.array([key in yes for key in values.keys] + [False])[codes]
    if not empty.any():
        return decided, []
    said = Sentence(
        "Today's rule says nothing in {n:,} rows, whose {column!r} is empty: "
        "they are taken for not acted upon",
        n=empty.sum(),
        column=rule.column,
    )
    return decided, [Note(said)]


def _keys_of_yes(raw: RawTable, rule: TodayRule, values: Values) -> set[str]:
    shown = ", ".join(repr(values.shown(key)) for key in values.found[:6])
    if rule.asked:
        named = rule.asked.lstrip("=<>≥≤").strip()
        key = values.key_of(named) if rule.asked.startswith("=") else None
        if key is None:
            raise DataError(
                f"today's rule asks for {rule.asked!r}, which is neither a bound on a number nor "
                f"among the values of column {rule.column!r} of {raw.label}: {shown}.  Write it as "
                f"in --today-rule {shlex.quote(f'{rule.column}>=1')} or "
                f"{shlex.quote(f'{rule.column}={values.shown(values.found[0])}')}"
            )
        return {key}
    if values.found and set(values.found) <= YES | NO:
        return set(values.found) & YES
    example = values.shown(values.found[0]) if values.found else "VALUE"
    raise DataError(
        f"column {rule.column!r} of {raw.label} holds {shown or 'nothing'}; nothing says which "
        "means that today's rule acts.  Name the value or a bound: --today-rule "
        f"{shlex.quote(f'{rule.column}={example}')} or {shlex.quote(f'{rule.column}>=1')}"
    )
