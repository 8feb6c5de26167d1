"""The accountant: what a private model may tell in all, and on what it was spent."""

from fractions import Fraction

from ...bench.errors import ModelError
from ...bench.language.sentence import AFTER_A_COMMA, Sentence, joined, verbatim
from ...bench.model import Explanation

_MOST = 1000


class Budget:
    """An epsilon, and the parts of it that were spent one after another: they add up.

    Parameters
    ----------
    epsilon : int or float
        As written: 0.1 is a tenth.

    Raises
    ------
    ModelError
        If it is not above 0.

    References
    ----------
    Dwork, Roth (2014), "The algorithmic foundations of differential privacy", theorem 3.16.
    """

    def __init__(self, epsilon: float):
        is_number = isinstance(epsilon, (int, float)) and not isinstance(epsilon, bool)
        if not is_number or not 0 < epsilon <= _MOST:
            raise ModelError(
                f"epsilon is {epsilon!r}; it must be a number above 0, such as 1.0: the smaller, "
                "the more private.  With 0 nothing could be learnt at all."
            )
        self.whole = Fraction(str(epsilon))
        self.spent: list[tuple[str, Fraction]] = []

    def spend(self, share: Fraction, what: str) -> Fraction:
        """Give a share of the whole, and note on what it is spent.

        Raises
        ------
        ModelError
            If less than this is left.
        """
        part = self.whole * share
        if sum((of for _, of in self.spent), part) > self.whole:
            raise ModelError(f"the budget of epsilon {float(self.whole):g} was spent twice")
        self.spent.append((what, part))
        return part


def ledger(epsilon: float, spent: list[tuple[str, float]], unread: list[str]) -> Explanation:
    """Show on what the budget was spent.

    Parameters
    ----------
    epsilon : float
    spent : list of (str, float)
    unread : list of str
        Columns that were not stated, and so not read.
    """
    said = format(epsilon, "g")
    reading = Sentence(
        "Differentially private with epsilon {epsilon} for each fit, whatever one case holds: what "
        "each part of it was spent on.  A person of several cases is protected by their number "
        "times epsilon.  Drawn from the system's randomness: another fit gives other numbers.",
        epsilon=said,
    )
    if unread:
        reading = Sentence(
            "{reading}  Not stated, and so not read: {columns}.",
            reading=reading,
            columns=joined(AFTER_A_COMMA, map(verbatim, unread[:12])),
        )
    rows = tuple((what, part) for what, part in spent)[:40]
    columns = (Sentence("spent on"), Sentence("epsilon"))
    return Explanation("table", reading, columns, rows, title=Sentence("The privacy budget"))
