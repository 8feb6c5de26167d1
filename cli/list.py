"""``intentbench list``: models, data sets and suites."""

import argparse

from ..bench.errors import EXIT_DONE
from ..bench.plugins.needs import needs
from ..bench.plugins.outline import outline
from ..bench.suite.shipped import suite_titles
from ..bench.variants.named import VARIANTS, summary
from ..reports.aligned import padded
from .output import say
from .shared import registries, run_by_hand


def list_command(given: argparse.Namespace) -> int:
    """List models, data sets and suites."""
    models, datasets, metrics = registries(given.plugin)
    say("models")
    for name in models.names():
        described = outline(models.find(name))
        lacking = f"  ({needs(described)})" if needs(described) else ""
        say(f"  {padded(name, 28)} {described.family:<10} {described.summary}{lacking}")
    say("\nvariants of a model, as in xgboost+smote")
    for word, variant in VARIANTS.items():
        say(f"  {padded(word, 28)} {'':<10} {summary(variant)}")
    say("\ndata sets")
    for name in datasets.names():
        say(f"  {padded(name, 32)} {outline(datasets.find(name)).summary}")
    if metrics.names():
        say("\nmetrics besides those of docs/metrics.md")
    for name in metrics.names():
        say(f"  {padded(name, 32)} {outline(metrics.find(name)).summary}")
    say("\nsuites")
    for name, title in suite_titles().items():
        say(f"  {padded(name, 24)} {title}")
    return EXIT_DONE


if __name__ == "__main__":
    run_by_hand(__file__)
