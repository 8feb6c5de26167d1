"""``intentbench replay [RUN]``: had a run's model been watched in the months that tested it."""

import argparse
from pathlib import Path

import numpy as np

from ..bench.errors import EXIT_DONE, RequestError
from .output import say
from .shared import busy, registries, run_by_hand, run_of, standard_error, store_of

_DRAWS = 2000


def replay_command(given: argparse.Namespace) -> int:
    """Watch a run's model through its tested periods, and write the page."""
    from ..bench.deploy.whole_file import whole_file
    from ..bench.judge.choice import entry_to_act_on
    from ..bench.judge.judge import judge_task
    from ..bench.train.source import chosen_task, load_again
    from ..bench.train.train import named_entry
    from ..bench.watch.replay import replay
    from ..datasets._event_log.request import duration
    from ..reports.replay_page import replay_page, said_of_lives

    datasets = registries(given.plugin).datasets
    console, output = standard_error(), Path(given.output)
    delay = None
    if given.delay is not None:
        delay = np.timedelta64(duration(given.delay, "delay"), "us")
    run = run_of(store_of(given), given.run)
    record = chosen_task(run, given.task)
    with busy(console, "judging"):
        judged = judge_task(run, record, _DRAWS, 0)
    if given.model:
        entry = named_entry(judged, given.model, ensembles=False)
    else:
        entry = entry_to_act_on(judged)
        if entry is None:
            raise RequestError(
                f"no model of task {record.name!r} gave predictions: there is none to watch."
            )
    task = load_again(run, record, datasets)
    with busy(console, "replaying"):
        lives = replay(task, record.folds, entry.contestant, run.decisions, delay)
    with whole_file(output) as part:
        part.write_text(replay_page(entry.title, record.card.title, lives), encoding="utf-8")
    for line in said_of_lives(lives):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    say(output)
    return EXIT_DONE


if __name__ == "__main__":
    run_by_hand(__file__)
