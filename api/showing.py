"""A judgement as a session of Python shows it: as text, and in a notebook as a page."""

import html

import pandas as pd

from ..bench.judge.judgement import Judgement
from ..bench.language.speaking import _
from ..reports.recommendation import recommend
from ..reports.render import render_decisions
from ..reports.task_page import task_page
from .result_frames import comparison_frame


def as_text(judgement: Judgement) -> str:
    """Say of each task what is recommended, above the first five rows of its comparison."""
    lines = []
    for judged in judgement.tasks:
        advice = recommend(judged)
        said = _("{title}: {headline}  {reason}").format(
            title=judged.task.card.title, headline=advice.headline, reason=advice.reason
        )
        table = comparison_frame(judged, "roc_auc").head(5)
        with pd.option_context("display.unicode.east_asian_width", True):
            shown = table[["title", "figure", "low", "high", "standing"]].to_string()
        lines += [said, shown]
    return "\n".join(lines)


def as_page(judgement: Judgement) -> str:
    """Write the decision pages of all tasks as a frame of HTML."""
    pages = [
        task_page(f"task-{number}", f"#task-{number}", judged, judgement.curves)
        for number, judged in enumerate(judgement.tasks, start=1)
    ]
    decisions = render_decisions(pages)
    return (
        '<iframe style="width:100%;height:60rem;border:0" sandbox="" '
        f'srcdoc="{html.escape(decisions)}"></iframe>'
    )
