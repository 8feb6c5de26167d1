"""The contract of a file as types of pydantic: they check a body, and describe it to clients."""

from collections.abc import Sequence
from typing import Annotated, Any, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from ..deploy.manifest import EventFacts
from ..errors import did_you_mean
from .refusals import Fault, RefusedError
from .row_columns import RowColumn

_UNFIT = 422
_TOO_LARGE = 413
_MOST_FAULTS = 10
_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
_TYPES: dict[str, Any] = {
    "number": float, "boolean": bool, "category": str | int, "date": str,
    "text": str, "vector": list[float],
}  # fmt: skip
_WORDS = {
    "number": "a number", "boolean": "true or false", "category": "a text", "date": "a date",
    "text": "a text", "vector": "a list of numbers",
}  # fmt: skip
ROWS, EVENTS = "rows", "events"


class BodyTypes:
    """What ``POST /predict`` takes, by the columns and the events of a model.

    Parameters
    ----------
    columns : sequence of RowColumn
        What each row must have.
    unused : sequence of str
        What each row may have besides.
    events : EventFacts, optional
        Marks of each event, for a model that reads events.
    most_rows : int
        Rows that one body may hold.
    """

    def __init__(
        self,
        columns: Sequence[RowColumn],
        unused: Sequence[str],
        events: EventFacts | None,
        most_rows: int,
    ):
        self.columns = {column.name: column for column in columns}
        self.unused = [name for name in unused if name not in self.columns]
        self.marks = {} if events is None else {
            name: "category" if name in events.vocabulary else "number" for name in events.marks
        }  # fmt: skip
        self.most_rows = most_rows
        parts: dict[str, Any] = {}
        if self.columns:
            parts[ROWS] = list[self._row()]
        if self.marks:
            parts[EVENTS] = list[list[self._event()]]
        self._adapter = TypeAdapter(_strict("Body", parts))

    def checked(self, body: Any) -> dict[str, Any]:
        """Hold a body to its types.

        Parameters
        ----------
        body : object
            Of JSON.

        Returns
        -------
        dict
            ``"rows"``, ``"events"``, or both, of one length.

        Raises
        ------
        RefusedError
            With what is wrong, ten things at most.
        """
        if isinstance(body, dict):
            for part in (ROWS, EVENTS):
                self._check_count(body.get(part), part)
        try:
            found = self._adapter.validate_python(body)
        except ValidationError as error:
            raise RefusedError(_UNFIT, *self._faults(error)) from None
        if self.columns and self.marks and len(found[ROWS]) != len(found[EVENTS]):
            raise RefusedError.of_all(
                _UNFIT,
                f"The body has {len(found[ROWS]):,} rows and the events of "
                f"{len(found[EVENTS]):,}.  Give a list of events for each row, empty where there "
                "are none.",
            )
        return found

    def schema(self) -> dict[str, Any]:
        """Give the JSON schema of a body."""
        return self._adapter.json_schema(ref_template="#/components/schemas/{model}")

    def _check_count(self, cases: Any, part: str) -> None:
        if not isinstance(cases, list):
            return
        if not cases:
            raise RefusedError(_UNFIT, Fault(part, f"{part} is empty; give one case at least."))
        if len(cases) > self.most_rows:
            raise RefusedError(
                _TOO_LARGE,
                Fault(
                    part,
                    f"{part} has {len(cases):,} cases, and a request may have {self.most_rows:,}.  "
                    "Send several requests, or score a file with `intentbench predict`.",
                ),
            )

    def _row(self) -> Any:
        fields: dict[str, Any] = {
            name: Annotated[_type_of(column), Field(description=column.about)]
            for name, column in self.columns.items()
        }
        return _strict("Row", fields | {name: NotRequired[Any] for name in self.unused})

    def _event(self) -> Any:
        return _strict("Event", {name: _TYPES[kind] for name, kind in self.marks.items()})

    def _faults(self, error: ValidationError) -> list[Fault]:
        """Say what pydantic found, a place once: a value may fail by several types."""
        faults: dict[str, Fault] = {}
        for found in error.errors(include_url=False, include_context=False):
            # Of a value that may be of several types each is told, by one more name at the end.
            path = found["loc"][: 4 if found["loc"][:1] == (EVENTS,) else 3]
            at = _place(path)
            if at not in faults:
                faults[at] = Fault(at, self._said(found, path))
            if len(faults) == _MOST_FAULTS:
                break
        return list(faults.values())

    def _said(self, found: Any, path: tuple[int | str, ...]) -> str:
        kind, name = found["type"], str(path[-1]) if path else ""
        whole = [
            part for part, is_there in ((ROWS, self.columns), (EVENTS, self.marks)) if is_there
        ]
        if len(path) <= 1:
            if kind == "extra_forbidden":
                return f"The body has {name[:80]!r}, which is not read.{did_you_mean(name, whole)}"
            if kind == "missing":
                return f"The body lacks {name!r}.  It has {' and '.join(map(repr, whole))}."
            if not path:
                return f"The body must be an object with {' and '.join(map(repr, whole))}."
            return f"{name} must be a list, an entry a case."
        if isinstance(path[-1], int):
            return "It must be an object." if path[0] == ROWS or len(path) == 3 else (
                "It must be a list of events."
            )  # fmt: skip
        known = self.columns if path[0] == ROWS else self.marks
        if kind == "missing":
            there = [str(key) for key in found["input"] if key not in known]
            renamed = did_you_mean(name, there).replace("Did you mean", "Is it called")
            return f"{name!r} is missing.{renamed}  Give it, or null where its value is not known."
        if kind == "extra_forbidden":
            return (
                f"{name[:80]!r} is not among what the model was fitted with."
                f"{did_you_mean(name, known)}  Leave it out; /openapi.json names what is read."
            )
        needs = _WORDS[self.columns[name].kind if path[0] == ROWS else self.marks[name]]
        if path[0] == ROWS and self.columns[name].reads_texts:
            needs += ", the text of one as it stood in the data,"
        nullable = " or null" if path[0] == ROWS else ""
        return f"It must be {needs}{nullable}; found {_shown(found['input'])}."


def _strict(name: str, fields: dict[str, Any]) -> Any:
    made = TypedDict(name, fields)  # type: ignore[operator] # the names are those of the data
    made.__pydantic_config__ = _STRICT
    return made


def _type_of(column: RowColumn) -> Any:
    kind = _TYPES[column.kind]
    return kind | str | None if column.reads_texts else kind | None


def _place(path: tuple[int | str, ...]) -> str:
    first, *rest = path or ("",)
    return str(first)[:80] + "".join(
        f"[{step}]" if isinstance(step, int) else f"[{step[:80]!r}]" for step in rest
    )


def _shown(value: Any) -> str:
    """Show a value as JSON has it, cut."""
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int) and abs(value) > 10**15:
        return "a whole number larger than any that is read"
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return "a number larger than any that is read"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."
