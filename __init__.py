"""intentbench: honest baseline comparisons for purchase-intent prediction."""

# Loaded when first asked for: importing all of it takes a second.
_HOME = {"compare": "compare", "load": "load", "Result": "result", "Recommendation": "result"}


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".api.{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
