"""What a data set is given, its keywords and its tables: refused with what would be right."""

from ..bench.errors import DataError


def whole_number(data: str, keyword: str, value: object, least: int, most: int) -> int:
    """Give the value back if it is a whole number from ``least`` to ``most``.

    Raises
    ------
    DataError
    """
    if type(value) is not int or not least <= value <= most:
        raise DataError(
            f"data set {data!r}: {keyword} is {value!r}; it must be a whole number, {least:,} to "
            f"{most:,}."
        )
    return value


def flag(data: str, keyword: str, value: object) -> bool:
    """Give the value back if it is true or false.

    Raises
    ------
    DataError
    """
    if not isinstance(value, bool):
        raise DataError(f"data set {data!r}: {keyword} is {value!r}; it must be true or false.")
    return value


def columns_there(data: str, file: str, found: list[str], needed: list[str]) -> None:
    """Refuse a table that lacks a column.

    Raises
    ------
    DataError
    """
    missing = [name for name in needed if name not in found]
    if missing:
        raise DataError(
            f"data set {data!r}: {file} has no column {', '.join(map(repr, missing))}; it has "
            f"{', '.join(map(repr, found[:30]))}.  It is not the published file, or its line of "
            "names is gone."
        )
