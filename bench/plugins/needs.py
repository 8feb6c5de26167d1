"""What a plugin needs that is not installed, and how to come by it."""

from importlib.util import find_spec

from ..language.sentence import AND, Sentence, Text, joined
from .outline import Outline

# Libraries of an extra of this package, by the name that people know.
_EXTRAS = {
    "tensorflow": ("TensorFlow", "deep"),
    "keras": ("TensorFlow", "deep"),
    "catboost": ("CatBoost", "boosters"),
    "interpret": ("InterpretML", "boosters"),
    "imblearn": ("imbalanced-learn", "imbalance"),
}


def needs(described: Outline) -> Text:
    """Say what a plugin needs and how to install it; empty where all is there."""
    missing = [name for name in described.requires if not _is_there(name)]
    if not missing:
        return ""
    known = dict.fromkeys(_EXTRAS.get(name, (name, "")) for name in missing)
    titles = joined(AND, (title for title, _extra in known))
    wanted = " ".join(f"'intentbench[{extra}]'" if extra else title for title, extra in known)
    return Sentence("needs {titles}: pip install {wanted}", titles=titles, wanted=wanted)


def _is_there(library: str) -> bool:
    try:
        return find_spec(library.partition(".")[0]) is not None
    except ValueError:  # a module without a specification, which some programs make
        return True
