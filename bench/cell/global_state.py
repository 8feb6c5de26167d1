"""What a process holds for all the code in it: compared before and after a cell.

A worker lives for many cells.  One that leaves a default, a handler or an open file behind would
give the next cell another answer than it had alone.
"""

import hashlib
import locale
import os
import random
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

_MOST_LETTERS = 60
_CLASS_DEFAULTS = "defaults of scikit-learn"
_ENVIRONMENT = "environment"
_TENSORFLOW = "tensorflow"


class GlobalState:
    """The state of this process as it was when this object was made."""

    def __init__(self) -> None:
        self._before = _state()
        self._had_tensorflow = _TENSORFLOW in sys.modules

    def changes(self) -> list[str]:
        """Say what is different now, a text for each thing; empty if nothing is.

        A library that was loaded in between is not compared: nothing of it was there before.
        """
        now = _state()
        # Classes come with their modules, and TensorFlow sets variables when it is loaded.
        may_grow = {_CLASS_DEFAULTS}
        if _TENSORFLOW in sys.modules and not self._had_tensorflow:
            may_grow.add(_ENVIRONMENT)
        return [
            text
            for name, before in self._before.items()
            if name in now
            for text in _told(name, before, now[name], name in may_grow)
        ]


def _told(name: str, before: Any, now: Any, may_grow: bool) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        for key in dict.fromkeys([*before, *now]):
            was, is_ = before.get(key), now.get(key)
            if not (may_grow and was is None) and not _same(was, is_):
                yield f"{name}, {key}: {_short(was)} is {_short(is_)} now"
    elif not _same(before, now):
        yield f"{name}: {_short(before)} is {_short(now)} now"


def _same(before: Any, now: Any) -> bool:
    if before is now:
        return True
    with suppress(Exception):  # what cannot be compared, as arrays cannot, is another
        return bool(before == now)
    return False


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}..."


def _state() -> dict[str, Any]:
    found = {name: look() for name, look in _OF_PYTHON.items()}
    for library, looks in _BY_LIBRARY.items():
        if library in sys.modules:
            found |= {name: look(sys.modules[library]) for name, look in looks.items()}
    return found


def _handlers() -> dict[str, Any]:
    return {str(number): signal.getsignal(number) for number in signal.valid_signals()}


def _working_directory() -> str | None:
    with suppress(OSError):  # it was removed
        return os.getcwd()
    return None


def _open_files() -> dict[str, str]:
    """Give what files are open, by path; none where the system does not tell."""
    found = {}
    with suppress(OSError):
        for number in os.listdir("/proc/self/fd"):
            with suppress(OSError):
                path = os.readlink(f"/proc/self/fd/{number}")
                if os.path.isfile(path):
                    found[path] = "open"
    return found


def _class_defaults(sklearn: Any) -> dict[str, Any]:
    """Give the defaults of all scikit-learn classes there are."""
    from sklearn.base import BaseEstimator

    found, waiting = {}, [BaseEstimator]
    while waiting:
        cls = waiting.pop()
        waiting += cls.__subclasses__()
        init = vars(cls).get("__init__")
        if cls.__module__.startswith("sklearn.") and init is not None:
            name = f"{cls.__module__}.{cls.__qualname__}"
            found[name] = (
                init,
                getattr(init, "__defaults__", None),
                dict(getattr(init, "__kwdefaults__", None) or {}),
            )
    return found


def _digest(state: Any) -> str:
    return f"state {hashlib.sha256(repr(state).encode()).hexdigest()[:8]}"


def _random_state(numpy: Any) -> str:
    kind, keys, *rest = numpy.random.get_state()
    return _digest((kind, keys.tolist(), rest))


def _keras_configuration(keras: Any) -> dict[str, Any]:
    return {
        "floatx": keras.config.floatx(),
        "epsilon": keras.config.epsilon(),
        "backend": keras.config.backend(),
        "image data format": keras.config.image_data_format(),
        "dtype policy": keras.config.dtype_policy().name,
    }


_OF_PYTHON: Mapping[str, Callable[[], Any]] = {
    _ENVIRONMENT: lambda: dict(os.environ),
    "working directory": _working_directory,
    "locale": lambda: locale.setlocale(locale.LC_ALL),
    "signal handlers": _handlers,
    "open files": _open_files,
    "warnings": lambda: {"filters": list(warnings.filters), "display": warnings.showwarning},
    "random numbers": lambda: _digest(random.getstate()),
    "recursion limit": sys.getrecursionlimit,
    "search path of modules": lambda: list(sys.path),
    "standard streams": lambda: {"out": sys.stdout, "err": sys.stderr, "in": sys.stdin},
}
_BY_LIBRARY: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "numpy": {
        "numpy's error state": lambda numpy: numpy.geterr(),
        "numpy's print options": lambda numpy: numpy.get_printoptions(),
        "numpy's random numbers": _random_state,
    },
    "sklearn": {
        "scikit-learn's configuration": lambda sklearn: sklearn.get_config(),
        _CLASS_DEFAULTS: _class_defaults,
    },
    "keras": {"Keras' configuration": _keras_configuration},
}
