"""Are these data fit to be judged?  All that is looked at before any model runs."""

from collections.abc import Callable, Iterable, Sequence

from ..splits.fold import Fold
from ..task import Task
from .crossed_splits import crossed_splits
from .drift import drift
from .duplicates import duplicates
from .few_positives import few_positives
from .finding import Finding
from .future_values import future_values
from .lifetime_totals import lifetime_totals
from .pure_values import pure_values
from .row_position import row_position
from .several_inner_splits import several_inner_splits
from .suspicious_columns import suspicious_columns
from .target_encodings import target_encodings
from .unnamed_groups import unnamed_groups

Check = Callable[[Task, Sequence[Fold]], Iterable[Finding]]

# One file each.  A new check is its file and its line here; readers see findings in this order.
CHECKS: tuple[Check, ...] = (
    crossed_splits,
    suspicious_columns,
    pure_values,
    target_encodings,
    lifetime_totals,
    future_values,
    duplicates,
    unnamed_groups,
    row_position,
    drift,
    few_positives,
    several_inner_splits,
)


def findings(task: Task, folds: Sequence[Fold]) -> tuple[Finding, ...]:
    """Look for what weakens the numbers of a task, the grave ones first.

    Parameters
    ----------
    task : Task
    folds : sequence of Fold
        Its plan.
    """
    found = [finding for check in CHECKS for finding in check(task, folds)]
    return tuple(sorted(found, key=lambda finding: not finding.grave))
