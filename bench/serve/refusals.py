"""Why a request is not answered: the status, and what is wrong, where, and how to mend it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a request.

    Parameters
    ----------
    at : str
        Where, as in ``rows[2]['pages']``; empty where it is the whole.
    message : str
        What is wrong, and how to mend it.
    """

    at: str
    message: str


class RefusedError(Exception):
    """A request that is not answered.

    Parameters
    ----------
    status : int
        Of HTTP.
    *faults : Fault
        What is wrong, the first that was found first.
    """

    def __init__(self, status: int, *faults: Fault):
        super().__init__(status, *faults)
        self.status = status
        self.faults = faults

    @classmethod
    def of_all(cls, status: int, message: str) -> "RefusedError":
        """Refuse the whole for one reason."""
        return cls(status, Fault("", message))
