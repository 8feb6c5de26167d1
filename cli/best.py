"""What ``--best`` lets take part beside all models, where nobody names any."""

from collections.abc import Collection

from ..bench.plugins.registry import Registry
from ..bench.run.given_parameters import by_themselves

# Strong on tables, and stronger, or at least different, with columns worked out from others and
# with counts of equal values: each got weight in ensembles on valid cases.  CatBoost with both
# would take three times as long.  docs/tuning.md has the figures.
_VARIANTS = (
    "lightgbm+ratios+counts", "xgboost+ratios+counts", "hist_gradient_boosting+ratios+counts",
    "catboost+counts", "mlp+ratios",
)  # fmt: skip


def members_of_best(models: Registry, told: Collection[str] = ()) -> list[str]:
    """Name all models that take part by themselves, and variants that ensembles gain from.

    ``told`` are models that the suite tells something, which take part because of it.
    """
    return [*by_themselves(models, told), *_VARIANTS]
