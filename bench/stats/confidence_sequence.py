"""Confidence sequences: intervals that hold at all looks together, not each for itself."""

import math

# Units about which the sequence is narrowest.
_NARROWEST = 500.0


def sequence_reach(error: float, n_units: int, level: float = 0.95) -> float:
    """How far a confidence sequence reaches to either side of a figure.

    Asymptotic, as the normal interval is: it wants some dozens of units before the first look.

    Parameters
    ----------
    error : float
        Standard error of the figure now.
    n_units : int
        Independent units by now.
    level : float

    References
    ----------
    Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas (2024), "Time-uniform central limit theory and
    asymptotic confidence sequences", Annals of Statistics 52, theorem 2.2.
    """
    outside = 1 - level
    rho2 = (-2 * math.log(outside) + math.log(-2 * math.log(outside)) + 1) / _NARROWEST
    scaled = n_units * rho2 + 1
    spread = error * math.sqrt(n_units)
    return spread * math.sqrt(
        2 * scaled / (n_units**2 * rho2) * math.log(math.sqrt(scaled) / outside)
    )
