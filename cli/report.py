"""``intentbench report RUN``: rebuild a run's report from stored results."""

import argparse

from ..bench.store.run_reader import read_run
from ..bench.store.store import Store
from .shared import judge_and_report, run_by_hand, standard_error


def report_command(given: argparse.Namespace) -> int:
    """Rebuild a run's report; fits nothing."""
    store = Store(given.results)
    return judge_and_report(store, read_run(store, given.run), standard_error())


if __name__ == "__main__":
    run_by_hand(__file__)
