"""What many ask of the same object is computed once, and forgotten with the object."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary


def remembered(find: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function remember what it found, by its first argument alone.

    Parameters
    ----------
    find : callable
        Its first argument is an object that is itself only (``eq=False``) and never changes;
        further ones always come along with it.
    """
    known: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()

    @wraps(find)
    def found(of: Any, *more: Any) -> Any:
        # Two threads that both look in vain both find the same.
        if (value := known.get(of)) is None:
            value = known[of] = find(of, *more)
        return value

    return found
