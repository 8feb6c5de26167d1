"""What transfer brings, one line a network and point, for CSV."""

from collections.abc import Iterator
from typing import Any

from ..bench.judge.judgement import CurveJudgement

TRANSFER_COLUMNS = (
    "task", "source", "entry", "title", "metric", "size", "difference", "low", "high", "verdict",
)  # fmt: skip


def transfer_rows(judged: CurveJudgement) -> Iterator[dict[str, Any]]:
    """Give a curve's differences between networks with and without another task."""
    for outcome in judged.transfers:
        for point, gap, verdict in zip(
            judged.record.points, outcome.gaps, outcome.verdicts, strict=True
        ):
            known = gap.difference if gap.difference.available else None
            yield {
                "task": judged.record.task,
                "source": outcome.source,
                "entry": outcome.name,
                "title": outcome.title,
                "metric": judged.metric,
                "size": point.size,
                **{
                    name: getattr(known, part, None)
                    for name, part in (("difference", "value"), ("low", "low"), ("high", "high"))
                },
                "verdict": verdict,
            }
