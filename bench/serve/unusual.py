"""What is unusual about a single case, counted without pandas."""

from collections.abc import Sequence

from ..deploy.columns import Counted, FeatureColumn
from ..one_case import Row, is_missing


class UnusualOfOne:
    """Counts of a single case what ``Columns.conform`` counts of many.

    Parameters
    ----------
    columns : sequence of FeatureColumn
    """

    def __init__(self, columns: Sequence[FeatureColumn]):
        self._columns = columns
        self._known = {
            column.name: frozenset(column.categories)
            for column in columns
            if column.categories is not None
        }

    def __call__(self, row: Row, counted: Counted) -> None:
        """Add what is unusual.

        Parameters
        ----------
        row : mapping of str to object
            The features of the case: numbers, booleans and texts.
        counted : Counted
        """
        counted.n_cases += 1
        for column in self._columns:
            value = row[column.name]
            if is_missing(value):
                counted.missing[column.name] += 1
            elif column.name in self._known:
                if value not in self._known[column.name]:
                    counted.unseen[column.name] += 1
                    counted.examples.setdefault(column.name, str(value))
            elif column.low is not None and not column.low <= value <= column.high:
                counted.beyond[column.name] += 1
