"""Variants by name: ``xgboost+smote`` is ``xgboost``, shown what ``smote`` makes of its cases."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from types import ModuleType

from ..errors import RequestError, did_you_mean
from ..language.sentence import AFTER_A_COMMA, Sentence, Text, joined
from ..model import Model
from ..plugins.outline import Outline, outline
from ..plugins.registry import Plugin, Registry
from .augmented import Cropped, Jittered, Masked
from .boruta import Boruta
from .copula import Copula, CopulaAlone
from .counts import Counts
from .gan import Gan, GanAlone
from .l1 import L1
from .model_based import ModelBased
from .mutual_information import MutualInformation
from .ratios import Ratios
from .smote import Smote
from .transferred import TRANSFERRED
from .undersampled import Undersampled
from .variant import ModelVariant
from .weighted import Weighted

PLUS = "+"
_ALL = (
    Weighted, Undersampled, Smote, MutualInformation, L1, ModelBased, Boruta, Ratios, Counts,
    Copula, CopulaAlone, Gan, GanAlone, Cropped, Masked, Jittered,
)  # fmt: skip
VARIANTS: dict[str, type[ModelVariant]] = {variant.word: variant for variant in _ALL}
# Entries that a run adds by itself.
_COMES = {"tuned": "--search 20", TRANSFERRED: "--pretrain-on TASK"}
_INNER = "model__"
_TOLD = (
    "title", "family", "views", "requires", "readable", "uses_weights", "watches", "deterministic",
)  # fmt: skip


def find_model(models: Registry, name: str) -> tuple[Plugin, Outline]:
    """Find a model, or a variant of one: its words stand behind the name, each after a plus.

    Parameters
    ----------
    models : Registry
    name : str
        As in ``"xgboost"``, ``"xgboost+smote"`` or ``"xgboost+boruta+smote"``: what stands first is
        done first.

    Raises
    ------
    RequestError
        If there is no such model or variant.
    """
    base, *words = name.split(PLUS)
    plugin = models.find(base)
    described = outline(plugin)
    if not words:
        return plugin, described
    for word in words:
        if word not in VARIANTS:
            more = f"  {base}{PLUS}{word} comes with {_COMES[word]}." if word in _COMES else ""
            raise RequestError(
                f"unknown variant {word!r} in {name!r}.{did_you_mean(word, VARIANTS)}{more}  "
                f"Variants: {', '.join(VARIANTS)}."
            )
    if len(set(words)) < len(words):
        raise RequestError(f"{name!r} names a variant twice.  Once is enough.")
    chosen = [VARIANTS[word] for word in words]
    prefix = _INNER * len(words)
    space = described.space
    return replace(plugin, name=name, steps=tuple(words)), replace(
        described,
        title=_titled(described.title, [variant.said for variant in chosen]),
        requires=(*described.requires, *(need for variant in chosen for need in variant.needs)),
        space={f"{prefix}{key}": line for key, line in space.items()}
        if isinstance(space, dict)
        else space,
        parameters=tuple(f"{prefix}{key}" for key in described.parameters),
    )


def varied(model: Model, steps: Sequence[str]) -> Model:
    """Put a model into its variants, the first of which is outermost."""
    for word in reversed(steps):
        model = VARIANTS[word](model)
    return model


@cache
def class_of(model_class: type[Model], steps: tuple[str, ...]) -> type[Model]:
    """Give a class of a variant of one model, for what examines classes.

    It can be pickled in this process.
    """
    if not steps:
        return model_class
    variant, inner = VARIANTS[steps[0]], varied(model_class(), steps[1:])
    shown = variant(inner)

    def __init__(self: ModelVariant, model: Model = inner, random_state: int | None = None) -> None:
        variant.__init__(self, model, random_state)

    name = "_".join([model_class.__name__, *steps])
    told = {each: getattr(shown, each) for each in _TOLD}
    told |= {"__init__": __init__, "__doc__": variant.__doc__, "__module__": __name__}
    made = type(name, (variant,), told)
    setattr(sys.modules[__name__], name, made)
    return made


def sources(steps: Sequence[str]) -> tuple[ModuleType, ...]:
    """Give the modules that decide what variants do."""
    return tuple(sys.modules[VARIANTS[word].__module__] for word in steps)


def _titled(title: Text, variants: Sequence[str]) -> Sentence:
    own = title if isinstance(title, Sentence) else Sentence(title)
    return joined(AFTER_A_COMMA, [own, *map(Sentence, variants)])
