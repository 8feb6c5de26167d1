"""The API reference is that of the docstrings, and these name every parameter there is."""

import importlib.util
import inspect
import textwrap

import intentbench
import intentbench.bench
import pytest
from intentbench.bench.plugins.registry import ROOT

_spec = importlib.util.spec_from_file_location(
    "make_reference", ROOT / "docs" / "make_reference.py"
)
reference = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(reference)
PACKAGES = {"intentbench": intentbench, "intentbench.bench": intentbench.bench}


def public():
    for package, names in reference.names().items():
        for name in names:
            thing = getattr(PACKAGES[package], name)
            yield name, thing
            if isinstance(thing, type) and not issubclass(thing, Exception):
                yield from ((f"{name}.{of}", member) for of, member in reference.members(thing))


def undocumented(thing):
    """Name what a docstring leaves out: the summary, or parameters."""
    documented = thing.fget if isinstance(thing, property) else getattr(thing, "func", thing)
    sections = reference.sections(inspect.getdoc(documented) or "")
    if not sections[""].partition("\n")[0].endswith((".", ":")):
        return ["a first sentence"]
    if isinstance(thing, property) or hasattr(thing, "attrname") or thing in EXCEPTIONS:
        return []
    entries = textwrap.dedent(sections.get("Parameters", "")).splitlines()
    heads = [line.partition(" : ")[0] for line in entries if line[:1].strip()]
    named = {name.strip() for head in heads for name in head.split(",")}
    return [name for name in reference.called(thing) if name not in named]


EXCEPTIONS = [
    thing for _, thing in public() if isinstance(thing, type) and issubclass(thing, Exception)
]


def test_page_is_made_of_the_docstrings_of_today():
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page(), (
        "run .venv/bin/python -P docs/make_reference.py"
    )


def test_page_names_all_that_is_public():
    page = reference.page()
    assert {"compare", "load", "Result", "Recommendation"} <= set(dir(intentbench))
    for name, _ in public():
        assert f"{name}" in page
    assert "#### `Result.gains(shares, model, task)`" in page
    compare = "compare(data, models, results, store, jobs, progress, language, **said)"
    assert f"### `intentbench.{compare}`" in page


@pytest.mark.parametrize(("name", "thing"), list(public()), ids=[name for name, _ in public()])
def test_docstring_says_what_each_parameter_is(name, thing):
    assert undocumented(thing) == []


def silent(data, *, models=1):
    """Do something.

    Parameters
    ----------
    data : DataFrame
    """


def wordless(data): ...


def test_what_a_docstring_leaves_out_is_found():
    assert undocumented(silent) == ["models"]
    assert undocumented(wordless) == ["a first sentence"]
