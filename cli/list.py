"""``intentbench list``: models, data sets and suites."""

import argparse

from ..bench.errors import EXIT_DONE
from ..bench.language.sentence import said
from ..bench.language.speaking import _
from ..bench.plugins.needs import needs
from ..bench.plugins.outline import outline
from ..bench.suite.shipped import suite_titles
from ..bench.variants.words import summaries
from ..reports.aligned import padded
from .output import say
from .shared import registries, run_by_hand


def list_command(given: argparse.Namespace) -> int:
    """List models, data sets and suites."""
    models, datasets, metrics, policies = registries(given.plugin)
    say(_("models"))
    for name in models.names():
        described = outline(models.find(name))
        lacking = f"  ({said(needs(described))})" if needs(described) else ""
        in_short = _(described.summary)
        say(f"  {padded(name, 28)} {described.family:<10} {in_short}{lacking}")
    say("\n" + _("variants of a model, as in xgboost+smote"))
    for word, summary in summaries().items():
        say(f"  {padded(word, 28)} {'':<10} {_(summary)}")
    say("\n" + _("data sets"))
    for name in datasets.names():
        say(f"  {padded(name, 32)} {_(outline(datasets.find(name)).summary)}")
    if metrics.names():
        say("\n" + _("metrics besides those of docs/metrics.md"))
    for name in metrics.names():
        say(f"  {padded(name, 32)} {outline(metrics.find(name)).summary}")
    say("\n" + _("policies, which act or wait"))
    for name in policies.names():
        say(f"  {padded(name, 32)} {_(outline(policies.find(name)).summary)}")
    say("\n" + _("suites"))
    for name, title in suite_titles().items():
        say(f"  {padded(name, 24)} {_(title)}")
    return EXIT_DONE


if __name__ == "__main__":
    run_by_hand(__file__)
