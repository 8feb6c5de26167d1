"""How a log was read, kept so that another log of the same kind is read the same way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from .._table.read_again import notation_of, plain_notation
from .._values.number_notation import NumberNotation


@dataclass(frozen=True)
class LogReading:
    """What a log told as a whole, which the part of one may not tell, or tell otherwise.

    Parameters
    ----------
    kinds, items : tuple of str
        As of ``Facts``: their order says which have columns and names of their own.
    keeps_copies, by_day : bool
        As of ``Facts``.
    signed : str
        As of ``ReadLog``.
    date_order : str
        As of ``ReadLog``; it decides where the new log does not tell.
    numbers : NumberNotation, optional
        As of ``ReadLog``.
    """

    kinds: tuple[str, ...]
    items: tuple[str, ...]
    keeps_copies: bool
    by_day: bool
    signed: str = ""
    date_order: str = ""
    numbers: NumberNotation | None = None

    def to_json(self) -> dict[str, Any]:
        """Give it in plain values."""
        return {
            **vars(self),
            "kinds": list(self.kinds),
            "items": list(self.items),
            "numbers": None if self.numbers is None else plain_notation(self.numbers),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read it.

        Raises
        ------
        KeyError, TypeError, ValueError
            If it is not what ``to_json`` gives.
        """
        numbers = None if values["numbers"] is None else notation_of(values["numbers"])
        if not isinstance(numbers, NumberNotation | None):
            raise TypeError(f"values are written as {numbers!r}, which are no numbers")
        return cls(
            tuple(map(str, values["kinds"])),
            tuple(map(str, values["items"])),
            bool(values["keeps_copies"]),
            bool(values["by_day"]),
            str(values["signed"]),
            str(values["date_order"]),
            numbers,
        )
