"""A column of a log as text, in SQL: what stands for nothing is missing."""

from .._values.placeholders import PLACEHOLDERS
from .nested import quoted

# Words that programs write where they have nothing to say; as a person, they would be the busiest.
_NOTHING = "'', 'null', 'nan', 'none', 'na', 'n/a', '\\n', 'nil', '<na>'"
_NO_NUMBER = ", ".join(map(quoted, PLACEHOLDERS))


def text_of(column: str, role: str = "") -> str:
    """Give SQL for a column as text without blanks around it, NULL where it says nothing.

    What stands for nothing among moments and numbers, such as "-", may be a name elsewhere.
    """
    text = f"trim(CAST({column} AS VARCHAR))"
    nothing = f"{_NOTHING}, {_NO_NUMBER}" if role in ("when", "value") else _NOTHING
    return f"CASE WHEN lower({text}) NOT IN ({nothing}) THEN {text} END"
