"""Rates of a visit: what its columns say together, worked out from the visit's own row alone."""

import numpy as np
import pandas as pd

_KINDS = ("Administrative", "Informational", "ProductRelated")
_LEAST_EXIT_RATE = 1e-3


def with_rates(visits: pd.DataFrame) -> pd.DataFrame:
    """Add totals, means a page, and products of a mean by the number of pages it is of.

    The file gives bounce rates, exit rates and page values as means over the pages seen; times
    the number of pages they are sums again, which no tree finds in a few questions.
    """
    pages = visits[list(_KINDS)].sum(axis=1)
    seconds = visits[[f"{kind}_Duration" for kind in _KINDS]].sum(axis=1)
    rates = {
        f"{kind}_SecondsAPage": visits[f"{kind}_Duration"] / np.maximum(visits[kind], 1)
        for kind in _KINDS
    }
    rates |= {
        "Pages": pages,
        "Seconds": seconds,
        "ProductRelated_Share": visits["ProductRelated"] / np.maximum(pages, 1),
        "ExitsBeyondBounces": visits["ExitRates"] - visits["BounceRates"],
        "Exits": visits["ExitRates"] * pages,
        "Bounces": visits["BounceRates"] * pages,
        "Values": visits["PageValues"] * pages,
        "ValuePerExit": visits["PageValues"] / np.maximum(visits["ExitRates"], _LEAST_EXIT_RATE),
    }
    return visits.assign(**rates)
