"""``intentbench report RUN``: rebuild a run's report from stored results."""

import argparse

from ..bench.store.run_reader import read_run
from ..bench.store.store import Store
from .metric_plugins import of_runs, taking_part
from .shared import judge_and_report, metrics_given, run_by_hand, say_changed, standard_error


def report_command(given: argparse.Namespace) -> int:
    """Rebuild a run's report; fits nothing."""
    store = Store(given.results)
    metrics = metrics_given(given.plugin)
    run = read_run(store, given.run)
    further, console = of_runs([run.manifest], metrics, [store.root]), standard_error()
    say_changed(store, run, "Report and tables are written anew.", console)
    with taking_part(further):
        return judge_and_report(store, run, further, console)


if __name__ == "__main__":
    run_by_hand(__file__)
