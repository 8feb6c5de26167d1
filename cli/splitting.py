"""The flags that say how tasks are split; ``run`` and ``show`` have the same."""

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..bench.errors import RequestError

if TYPE_CHECKING:
    from ..bench.splits.resampling import Resampling

# The recipe of the strongest ensembles: members are judged, and stacked, on five inner splits.
_INNER_OF_BEST = 5


def split_flags() -> argparse.ArgumentParser:
    """Give a parser of the flags, to be the parent of commands."""
    parser = argparse.ArgumentParser(add_help=False)
    splits = parser.add_argument_group("how it is split (the suite says so where these do not)")
    splits.add_argument("--folds", type=int, metavar="N", help="outer folds, each tested once")
    splits.add_argument("--inner", type=int, metavar="N", help="inner splits of each train part")
    splits.add_argument("--repeats", type=int, metavar="N", help="draw the whole plan N times")
    splits.add_argument("--seed", type=int, metavar="N", help="of splits and models")
    splits.add_argument(
        "--best", action="store_true",
        help="the strongest ensembles: five inner splits, so five fits where there was one, and "
        "variants with ratios and counts where no --model is named; with --minutes of as many "
        "models as there is time for",
    )  # fmt: skip
    splits.add_argument(
        "--strangers", action="store_true", help="in time, test on groups that are not trained on"
    )
    splits.add_argument(
        "--test-after", metavar="DATE",
        help="test on the cases from this moment on, train on what was known by then",
    )  # fmt: skip
    return parser


def resampling_of(given: argparse.Namespace, planned: "Resampling") -> "Resampling":
    """Change a plan as the flags ask.

    Raises
    ------
    RequestError
        If two flags contradict each other.
    """
    if given.best and given.inner is not None:
        raise RequestError(
            f"--best means --inner {_INNER_OF_BEST}, and --inner {given.inner} is given too.  "
            "Leave one of them out."
        )
    if given.test_after is not None and given.folds is not None:
        raise RequestError(
            f"--test-after makes one cut, and --folds {given.folds} asks for several.  Leave one "
            "of them out."
        )
    names = ("folds", "inner", "repeats", "seed", "test_after")
    asked: dict[str, Any] = {
        name: getattr(given, name) for name in names if getattr(given, name) is not None
    }
    if given.best:
        asked["inner"] = _INNER_OF_BEST
    if given.strangers:
        asked["strangers"] = True
    return replace(planned, **asked)
