"""The bytes of a body as JSON values: strictly, so that nothing is guessed."""

import json
from typing import Any

from .refusals import RefusedError

_BAD = 400


def json_of(body: bytes) -> Any:
    """Read a body.

    Parameters
    ----------
    body : bytes

    Raises
    ------
    RefusedError
        If it is no JSON (RFC 8259) in UTF-8, names a key twice, nests too deeply, or holds a number
        or a text that nothing can stand for.
    """
    if not body.strip():
        raise RefusedError.of_all(
            _BAD, 'The body is empty.  Send JSON such as {"rows": [{...}]}; /openapi.json has it.'
        )
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedError.of_all(
            _BAD, f"The body is not UTF-8 from byte {error.start:,} on.  Send JSON in UTF-8."
        ) from None
    try:
        value = _DECODER.decode(text)
        if "\\u" in text:
            _check_texts(value)
    except json.JSONDecodeError as error:
        raise RefusedError.of_all(
            _BAD,
            f"The body is no JSON: {error.msg} in line {error.lineno:,}, letter {error.colno:,}.  "
            "Write it with a JSON library.",
        ) from None
    except RecursionError:
        raise RefusedError.of_all(
            _BAD, "The body nests lists or objects too deeply.  A row is flat."
        ) from None
    except UnicodeEncodeError:
        raise RefusedError.of_all(
            _BAD,
            "The body holds half of a pair of surrogates (as in \\ud83d alone), which is no "
            "letter.  Send whole letters.",
        ) from None
    except ValueError as error:
        if isinstance(error, _UnreadableError):
            raise RefusedError.of_all(_BAD, str(error)) from None
        raise RefusedError.of_all(
            _BAD, "The body holds a whole number of thousands of digits.  Send shorter ones."
        ) from None
    return value


class _UnreadableError(ValueError):
    """Something that JSON does not allow, or leaves open."""


def _no_constant(name: str) -> None:
    raise _UnreadableError(
        f"The body holds {name}, which is no JSON.  Write null where a value is missing."
    )


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _UnreadableError(f"The body has the key {twice[:80]!r} twice in one object.")
    return found


def _check_texts(value: Any) -> None:
    json.dumps(value, ensure_ascii=False).encode("utf-8")


_DECODER = json.JSONDecoder(object_pairs_hook=_without_repeats, parse_constant=_no_constant)
