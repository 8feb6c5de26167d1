"""``intentbench compare RUN_A RUN_B``: two runs on the same splits, and a gate."""

import argparse

from ..bench.errors import EXIT_CELLS_FAILED, EXIT_DONE
from ..bench.judge.compare_runs import compare_runs, find_run
from ..bench.language.sentence import spoken
from ..bench.language.speaking import _, marked
from ..bench.store.seal import add_made
from ..bench.store.store import Store, writing
from ..reports.run_comparison import printed_lines, write_comparison
from .gate import read_gates, verdicts
from .metric_plugins import of_runs, taking_part
from .output import say
from .shared import busy, metrics_given, run_by_hand, say_changed, standard_error, store_of

_NO_MATTER = marked("What is compared are the stored predictions, which are whole.")


def compare_command(given: argparse.Namespace) -> int:
    """Compare two runs, print and write what changed, and hold the gates."""
    metrics = metrics_given(given.plugin)
    store = store_of(given)
    for name in (given.before, given.after):
        store.bring(name)
    runs = [find_run(store, name) for name in (given.before, given.after)]
    console = standard_error()
    for run, path in runs:
        say_changed(Store(path.parents[1]), run, _(_NO_MATTER), console)
    manifests, folders = (
        [run.manifest for run, _path in runs],
        [path.parents[1] for _run, path in runs],
    )
    with taking_part(of_runs(manifests, metrics, folders)):
        gates = read_gates(given.fail_if_worse)
        with busy(console, _("comparing")):
            compared = spoken(compare_runs(*(run for run, _ in runs)))
            judged = verdicts(compared, gates)
            folder = runs[1][1]
            with writing(folder):
                path = write_comparison(compared, judged, folder)
                add_made(folder, [path, path.with_suffix(".md")])
        say("\n".join(printed_lines(compared, judged)))
        say(path)
    return EXIT_CELLS_FAILED if any(verdict.failed for verdict in judged) else EXIT_DONE


if __name__ == "__main__":
    run_by_hand(__file__)
