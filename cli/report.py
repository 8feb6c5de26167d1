"""``intentbench report RUN``: rebuild a run's report from stored results."""

import argparse

from ..bench.errors import EXIT_DONE, RequestError
from ..bench.judge.partial import judge_partial
from ..bench.language.sentence import spoken
from ..bench.language.speaking import _
from ..bench.store.latest import LATEST
from ..bench.store.run_reader import read_unfinished
from ..reports.brief import brief
from ..reports.printing import PDF, browser, print_page
from ..reports.render import write_report
from .brief import show_brief
from .metric_plugins import of_runs, taking_part
from .output import say
from .shared import (
    busy,
    judge_and_report,
    metrics_given,
    run_by_hand,
    run_of,
    say_changed,
    standard_error,
    store_of,
)

_PARTIAL = "partial"


def report_command(given: argparse.Namespace) -> int:
    """Rebuild a run's report, or report what is there of one that is not finished; fits nothing."""
    store = store_of(given)
    metrics = metrics_given(given.plugin)
    if given.partial and given.run != LATEST:
        raise RequestError(
            f"--partial reports the run that is not finished, and {given.run} is named too.  Leave "
            "one of them out."
        )
    printer = browser() if given.pdf else None
    run = read_unfinished(store) if given.partial else run_of(store, given.run)
    further, console = of_runs([run.manifest], metrics, [store.root]), standard_error()
    with taking_part(further):
        if not given.partial:
            say_changed(store, run, _("Report and tables are written anew."), console)
            return judge_and_report(store, run, further, console, printer)
        with busy(console, _("judging what is there")):
            judgement = spoken(judge_partial(run))
            path = write_report(judgement, store.root / _PARTIAL)
            if printer is None:
                path.with_name(PDF).unlink(missing_ok=True)  # of the one before
            else:
                print_page(path, printer)
    show_brief(brief(judgement), console)
    say(path)
    return EXIT_DONE


if __name__ == "__main__":
    run_by_hand(__file__)
