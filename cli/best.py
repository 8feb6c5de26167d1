"""What ``--best`` lets take part beside all models, where nobody names any."""

from collections.abc import Collection

from ..bench.plugins.registry import Registry
from ..bench.run.given_parameters import by_themselves

# Strong on tables, and stronger, or at least different, with columns worked out from others: each
# got weight in ensembles on valid cases.  docs/tuning.md has the figures.
_WITH_RATIOS = ("lightgbm", "xgboost", "hist_gradient_boosting", "catboost", "mlp")


def members_of_best(models: Registry, told: Collection[str] = ()) -> list[str]:
    """Name all models that take part by themselves, and variants that ensembles gain from.

    ``told`` are models that the suite tells something, which take part because of it.
    """
    return [*by_themselves(models, told), *(f"{name}+ratios" for name in _WITH_RATIOS)]
