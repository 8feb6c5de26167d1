"""The charts of a task, side by side."""

from ...bench.judge.judgement import TaskJudgement
from ...bench.language.speaking import _
from ..blocks import Charts, Section
from ..charts import cost_chart, ranking

_CHARTS = (ranking.roc, ranking.precision_recall, ranking.calibration, cost_chart.cost)


def section(judged: TaskJudgement) -> Section:
    """Draw all charts."""
    return Section(
        "charts",
        _("The charts"),
        (Charts(tuple(chart(judged) for chart in _CHARTS)),),
        _("ranking, precision, calibration, cost"),
    )
