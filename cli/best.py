"""What ``--best`` lets take part beside all models, where nobody names any."""

from ..bench.plugins.registry import Registry

# Strong on tables, and stronger, or at least different, with columns worked out from others: each
# got weight in ensembles on valid cases.  docs/tuning.md has the figures.
_WITH_RATIOS = ("lightgbm", "xgboost", "hist_gradient_boosting", "catboost", "mlp")


def members_of_best(models: Registry) -> list[str]:
    """Name all models, and the variants of some that ensembles gain from."""
    return [*models.names(), *(f"{name}+ratios" for name in _WITH_RATIOS)]
