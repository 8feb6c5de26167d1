"""``intentbench train [RUN]``: fit the chosen model on all cases, and write it as one file."""

import argparse
from pathlib import Path

from ..bench.errors import EXIT_DONE, RequestError
from ..bench.language.sentence import said, spoken
from ..bench.language.speaking import _
from .output import say
from .shared import busy, registries, run_by_hand, run_of, standard_error, store_of

_DRAWS = 2000


def train_command(given: argparse.Namespace) -> int:
    """Fit the chosen model on all cases, and write it as one file, with its card beside it."""
    from ..api.training import write_trained
    from ..bench.judge.choice import choose_entry
    from ..bench.judge.judge import judge_task
    from ..bench.train.source import chosen_task
    from ..bench.train.train import named_entry
    from ..reports.model_card import judged_sentence
    from ..reports.recommendation import recommend

    models, datasets, *_others = registries(given.plugin)
    console, path = standard_error(), Path(given.output)
    run = run_of(store_of(given), given.run)
    record = chosen_task(run, given.task)
    with busy(console, _("judging")):
        judged = judge_task(run, record, _DRAWS, 0)
    told = spoken(judged)
    if given.model or given.ensemble:
        entry = named_entry(judged, given.model or given.ensemble, ensembles=bool(given.ensemble))
    else:
        entry = choose_entry(judged).entry
        recommendation = recommend(told)
        if entry is None:
            raise RequestError(
                f"{recommendation.headline}  {recommendation.reason}  To train one all the same, "
                "name it with --model."
            )
        advice = _("{headline}  {reason}").format(
            headline=recommendation.headline, reason=recommendation.reason
        )
        console.print(advice, highlight=False)
    with busy(console, _("fitting {title} on all cases").format(title=said(entry.title))):
        predictor = write_trained(run, judged, entry, models, datasets, path)
    manifest = spoken(predictor.manifest)
    console.print(manifest.model.fitted, highlight=False, soft_wrap=True)
    console.print(judged_sentence(manifest), highlight=False, soft_wrap=True)
    say(path)
    return EXIT_DONE


if __name__ == "__main__":
    run_by_hand(__file__)
