"""Numbers to text: the only place where the report rounds."""

import math
from collections.abc import Sequence

from ..bench.judge.judgement import Score
from ..bench.language.speaking import _

_APART = "\u202f"  # between thousands: narrow, and no line breaks there
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MOST_DECIMALS = 3
_MOST_DECIMALS_OF_A_DIFFERENCE = 4
_MOST_DECIMALS_NEAR_ZERO = 6


def missing() -> str:
    """Say that there is no such number."""
    return _("not available")


def score(figure: Score) -> str:
    """Write a figure with the digits that its interval allows, at most three decimals."""
    return fixed(figure.value, _decimals(figure))


def interval(figure: Score) -> str:
    """Write the interval of a figure with the figure's own digits."""
    return _between(figure, _decimals(figure))


def amount(figure: Score) -> str:
    """Write a number of cases or of money: whole, unless it is small."""
    return fixed(figure.value, _decimals_of_an_amount(figure))


def amount_interval(figure: Score) -> str:
    """Write the interval of an amount; none where it is what it must be."""
    certain = figure.low == figure.value == figure.high
    return "" if certain else _between(figure, _decimals_of_an_amount(figure))


def difference(figure: Score) -> str:
    """Write a signed difference, with at most four decimals: it lives close to zero."""
    return signed(figure.value, _decimals_of_a_difference(figure))


def distance(figure: Score) -> str:
    """Write a difference without its sign."""
    return fixed(abs(figure.value), _decimals_of_a_difference(figure))


def difference_interval(figure: Score) -> str:
    """Write the interval of a difference with the difference's own digits."""
    return _between(figure, _decimals_of_a_difference(figure))


def percent(figure: Score) -> str:
    """Write a share in per cent with the digits that its interval allows."""
    if not figure.available:
        return missing()
    return f"{100 * figure.value:.{max(0, _decimals(figure) - 2)}f} %"


def share(value: float, decimals: int = 1) -> str:
    """Write a share that has no interval in per cent; a small one with two digits, not as 0."""
    if math.isnan(value):
        return missing()
    rounded = f"{100 * value:.{decimals}f}"
    return f"{100 * value:.2g} %" if value > 0 and float(rounded) == 0 else f"{rounded} %"


def chance(probability: float) -> str:
    """Write a probability in whole per cent; none is ever quite 0 or 100."""
    if probability < 0.01:
        return "< 1 %"
    return "> 99 %" if probability > 0.99 else f"{100 * probability:.0f} %"


def p_value(probability: float) -> str:
    """Write a p-value with two digits, as far as they mean something."""
    return "< 0.0001" if probability < 1e-4 else f"{probability:.2g}"


def ticks(values: Sequence[float]) -> list[str]:
    """Write the numbers beside an axis, all with the decimals that one of them needs."""
    decimals = max((len(f"{value:.10f}".rstrip("0").split(".")[1]) for value in values), default=0)
    return [fixed(value, decimals) for value in values]


def about(number: float) -> str:
    """Write an estimated count with two digits."""
    return count(int(float(f"{number:.1e}")))


def seconds(value: float) -> str:
    """Write a duration, given in seconds, with two digits and a fitting unit."""
    if math.isnan(value):
        return missing()
    if value >= 5400:
        return f"{value / 3600:.1f} h"
    if value >= 120:
        return f"{value / 60:.1f} min"
    for unit, scale in (("s", 1.0), ("ms", 1e-3)):
        if value >= 0.995 * scale:
            return f"{_two_digits(value / scale)} {unit}"
    return f"{_two_digits(value * 1e6)} µs"


def megabytes(n_bytes: float) -> str:
    """Write an amount of memory, given in bytes."""
    if math.isnan(n_bytes):
        return missing()
    return f"{_two_digits(n_bytes / 1e6)} MB"


def count(number: float) -> str:
    """Write a count with thousands apart."""
    return f"{number:,.0f}".replace(",", _APART)


def span(label: str, low: float, high: float) -> str:
    """Write some values of a column: a category, a number, or from one to another."""
    if label == "missing":
        return _("missing")
    if label == "others":
        return _("others")
    if label or math.isnan(low):
        return f"“{label}”"
    ends = _plain_number(low), _plain_number(high)
    return ends[0] if ends[0] == ends[1] else from_to(*ends)


def from_to(low: str, high: str) -> str:
    """Write a range; a dash would be taken for the sign of a negative end."""
    if "−" in low + high:
        return _("{low} to {high}").format(low=low, high=high)
    return f"{low}–{high}"


def _plain_number(value: float) -> str:
    is_whole = value == round(value) and abs(value) < 1e6
    return fixed(value, 0) if is_whole else three_digits(value)


def three_digits(value: float) -> str:
    """Write any finite number with three significant digits, without an exponent where it fits."""
    if value == 0:
        return "0"
    if not 1e-4 <= abs(value) < 1e6:
        digits, exponent = f"{value:.1e}".split("e")
        return f"{_minus(digits)} × 10{str(int(exponent)).translate(_RAISED)}"
    # Rounding can carry into a further digit (9.996 is 10.0), so the exponent is of the rounded.
    exponent = math.floor(math.log10(abs(float(f"{value:.2e}"))))
    return fixed(value, max(0, 2 - exponent))


def fixed(value: float, decimals: int) -> str:
    """Write a number with so many decimals, thousands apart and a true minus sign."""
    if math.isnan(value):
        return missing()
    return _minus(f"{value:,.{decimals}f}".replace(",", _APART))


def signed(value: float, decimals: int) -> str:
    """Write a number with its sign, zero without one."""
    text = fixed(value, decimals)
    unsigned = math.isnan(value) or text.startswith("−") or _is_zero(text)
    return text if unsigned else f"+{text}"


def sorting(key: str) -> str:
    """Shorten what a column is sorted by: six digits of a fraction order as well as all."""
    return f"{float(key):.6g}" if "." in key and key[-1].isdigit() else key


def _two_digits(value: float) -> str:
    rounded = float(f"{value:.1e}")
    if rounded < 0.05:
        return "0"
    return f"{rounded:.1f}" if rounded < 10 else f"{rounded:.0f}"


def _decimals(figure: Score) -> int:
    return _decimals_for(figure, _MOST_DECIMALS)


def _decimals_of_a_difference(figure: Score) -> int:
    """Count decimals; as many more as show on which side of zero a near end lies."""
    usual = _decimals_for(figure, _MOST_DECIMALS_OF_A_DIFFERENCE)
    close = min((abs(end) for end in (figure.low, figure.high) if end), default=1.0)
    for decimals in range(usual, _MOST_DECIMALS_NEAR_ZERO + 1):
        if round(close, decimals) != 0:
            return decimals
    return usual


def _decimals_of_an_amount(figure: Score) -> int:
    size = max(abs(figure.low), abs(figure.high))
    return _decimals(figure) if 0 < size < 1 else 0


def _decimals_for(figure: Score, most: int) -> int:
    """Count the decimals that half the interval's width supports.

    The rule is the Particle Data Group's ("Review of Particle Physics", introduction, section
    5.3): two digits of an uncertainty whose digits begin with 100 to 354, one of a larger one; from
    950 on it is rounded up first, and counts as 1000.
    """
    half_width = (figure.high - figure.low) / 2
    if math.isnan(half_width) or half_width <= 0:
        return most
    # Rounded to three digits first: 0.00999... that was meant as 0.01 has the digits 100.
    digits, exponent = f"{half_width:.2e}".split("e")
    first = int(exponent)
    if float(digits) >= 9.5:
        decimals = -first
    else:
        decimals = -first + (float(digits) < 3.55)
    return min(most, max(0, decimals))


def _between(figure: Score, decimals: int) -> str:
    if math.isnan(figure.low) or math.isnan(figure.high):
        return missing()
    return from_to(fixed(figure.low, decimals), fixed(figure.high, decimals))


def _minus(text: str) -> str:
    return text.removeprefix("-") if _is_zero(text) else text.replace("-", "−")


def _is_zero(text: str) -> bool:
    return not text.strip("-−0.")
