"""Numbers for the combinations of codes that occur, however many could."""

from collections.abc import Sequence

import numpy as np

# Below the square root of the largest integer: one more code cannot overflow a joint one.
_LARGEST_CODE = 2**31


def numbered(codes: np.ndarray, n_codes: int) -> tuple[np.ndarray, np.ndarray]:
    """Number the codes that occur, in their order.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        All below ``n_codes``.

    Returns
    -------
    found : ndarray of int64, shape (n_found,)
        The codes that occur, sorted.
    number : ndarray of int64, shape (n,)
        The position of each code among them.
    """
    if n_codes <= 2 * len(codes) + 1_000:
        occurs = np.bincount(codes, minlength=n_codes) > 0
        return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[codes]
    return np.unique(codes, return_inverse=True)


def joint_symbols(codes: np.ndarray, sizes: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Number the combinations of marks that occur.

    Parameters
    ----------
    codes : ndarray of int, shape (n_marks, n_events)
    sizes : sequence of int
        Number of codes of each mark.

    Returns
    -------
    symbols : ndarray of int, shape (n_events,)
        One number an event, the same for the same combination.
    marks : ndarray of int, shape (n_marks, n_symbols)
        The codes that each number stands for.
    """
    symbols, n_symbols = codes[0].astype(np.int64), sizes[0]
    for code, size in zip(codes[1:], sizes[1:], strict=True):
        if n_symbols * size > _LARGEST_CODE:
            found, symbols = numbered(symbols, n_symbols)
            n_symbols = len(found)
        symbols, n_symbols = symbols * size + code, n_symbols * size
    found, symbols = numbered(symbols, n_symbols)
    example = np.empty(len(found), dtype=np.int64)
    example[symbols] = np.arange(len(symbols))
    return symbols, codes[:, example]
