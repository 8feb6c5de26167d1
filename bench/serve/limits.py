"""What a request may take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds that keep one client from taking all.

    Parameters
    ----------
    body_bytes : int, default=4 MiB
    rows : int, default=10,000
        Of one request.
    seconds : float, default=10.0
        For a body to arrive, and again for its answer.
    waiting : int, default=64
        Requests that wait for their turn in a worker; more are sent away.
    """

    body_bytes: int = 4 * 2**20
    rows: int = 10_000
    seconds: float = 10.0
    waiting: int = 64
