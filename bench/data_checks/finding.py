"""Finding: something about data or splits that weakens what the numbers say."""

from dataclasses import dataclass

from ..language.sentence import Text


@dataclass(frozen=True)
class Finding:
    """What a check of the data found before any model ran.

    Parameters
    ----------
    check : str
        Name of the check.
    grave : bool
        Whether figures should not be believed before it is mended; otherwise it is to be known.
    found : str
        What was found, with counts.
    means : str
        What that means for the numbers.
    advice : str
        What to do.
    """

    check: str
    grave: bool
    found: Text
    means: Text
    advice: Text
