"""Write ``docs/reference.md`` from docstrings: ``.venv/bin/python -P docs/make_reference.py``."""

import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import intentbench
import intentbench.bench

PAGE = Path(__file__).with_name("reference.md")
_TOP = """# API reference

Made from the docstrings by `docs/make_reference.py`; do not edit. [From Python](python.md) shows
the first part in use, [plugins](plugins.md) the second.
"""
_UNDERLINED = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)


def names() -> dict[str, list[str]]:
    """Give the public names of each package, in order."""
    return {
        "intentbench": sorted(intentbench._HOME, key=str.casefold),
        "intentbench.bench": list(intentbench.bench.__all__),
    }


def page() -> str:
    """Write the page."""
    parts = [_TOP]
    for package, of_package in names().items():
        parts.append(f"## {package}\n")
        for name in of_package:
            thing = getattr(intentbench if package == "intentbench" else intentbench.bench, name)
            parts += _described(f"{package}.{name}", thing)
    return "\n".join(parts)


def members(made: type) -> Iterator[tuple[str, object]]:
    """Give the public methods and properties that a class itself defines, in order."""
    for name, member in vars(made).items():
        is_ours = getattr(_documented(member), "__module__", "").startswith("intentbench")
        if name[0] != "_" and is_ours and (inspect.isroutine(member) or _is_property(member)):
            yield name, member


def called(thing: object) -> list[str]:
    """Name the parameters that a caller gives, as docstrings do."""
    try:
        parameters = inspect.signature(_function(thing)).parameters.values()
    except (TypeError, ValueError):
        return []
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
    return [
        stars.get(one.kind, "") + one.name for one in parameters if one.name not in ("self", "cls")
    ]


def sections(docstring: str) -> dict[str, str]:
    """Part a numpydoc docstring by its headings; what stands before the first has none."""
    first, *rest = _UNDERLINED.split(docstring)
    pairs = zip(rest[::2], rest[1::2], strict=True)
    return {"": first.strip(), **{heading: text.strip("\n") for heading, text in pairs}}


def _described(full: str, thing: object) -> Iterator[str]:
    yield f"### `{full}{_signature(thing)}`\n"
    yield _text(thing)
    if isinstance(thing, type) and not issubclass(thing, Exception):
        for name, member in members(thing):
            yield f"#### `{full.rpartition('.')[2]}.{name}{_signature(member)}`\n"
            yield _text(member)


def _signature(thing: object) -> str:
    if _is_property(thing) or (isinstance(thing, type) and issubclass(thing, Exception)):
        return ""
    shown = [name for name in called(thing) if name[0] != "_"]
    return f"({', '.join(shown)})"


def _text(thing: object) -> str:
    parts = []
    for heading, text in sections(inspect.getdoc(_documented(thing)) or "").items():
        if heading:
            parts.append(f"*{heading}*\n")
        parts.append(f"{_listed(text) if heading else _markdown(text)}\n")
    return "\n".join(parts)


def _listed(text: str) -> str:
    """Turn the entries of a section into a list; what is indented explains the entry above."""
    lines: list[str] = []
    for line in textwrap.dedent(text).splitlines():
        if line[:1].strip():
            name, _, kind = line.partition(" : ")
            named = f"- **{_markdown(name)}** ({_markdown(kind)})"
            lines.append(named if kind else f"- {_markdown(line)}")
        elif line.strip():
            lines.append(f"  {_markdown(line.strip())}")
    return "\n".join(lines)


def _markdown(text: str) -> str:
    return text.replace("``", "`").replace("**said", r"\*\*said")


def _is_property(member: object) -> bool:
    return isinstance(member, property) or hasattr(member, "attrname")  # that of a cached one


def _documented(thing: object) -> object:
    return thing.fget if isinstance(thing, property) else getattr(thing, "func", thing)


def _function(thing: object) -> object:
    return getattr(thing, "__func__", thing)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
