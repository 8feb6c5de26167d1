"""Orders that are numbered, with the time since the one before: clocks of each person's own."""

import numpy as np

from ...bench.errors import DataError
from ...bench.language.sentence import Sentence
from .._histories import Histories
from .chunks import Chunk
from .database import RawLog
from .facts import Facts
from .question import Cut
from .request import DAY, SECOND, Request
from .times import START
from .windows import InWindow

LAST = Sentence("are of a person's last order, after which nobody knows what came")


def add_up(raw: RawLog, asked: Request) -> None:
    """Turn the time since the order before into the time since a person's first order.

    Rows of one order have one number and one time.

    Raises
    ------
    DataError
        If orders are missing between others, or have no time or two.
    """
    raw.database.execute(
        f"""CREATE TABLE steps AS
            SELECT who, number, min(row) AS row, min(moment) - {START} AS gap,
                max(moment) - {START} AS most, lag(number) OVER (PARTITION BY who ORDER BY number)
                AS before
            FROM log WHERE who IS NOT NULL GROUP BY who, number"""
    )
    for wrong, what in (
        ("number IS NULL OR number <> round(number)", f"no whole number in {asked.order_number!r}"),
        ("number <> before + 1", "an order whose order before is not there"),
        ("before IS NOT NULL AND gap IS NULL", f"no {asked.when!r} since the order before"),
        ("before IS NOT NULL AND gap <> most", f"two {asked.when!r} of one order"),
        ("before IS NOT NULL AND gap < 0", f"an {asked.when!r} below nothing"),
    ):
        row = raw.one(f"SELECT min(row) FROM steps WHERE {wrong}")[0]
        if row is not None:
            raise DataError(
                f"{raw.label} has {what}, in {raw.place(row)}: when that order was made cannot be "
                "known.  Bring all orders of a person, or none."
            )
    raw.database.execute(
        f"""UPDATE log SET moment = {START} + added.total FROM (
                SELECT who, number, sum(CASE WHEN before IS NULL THEN 0 ELSE gap END)
                    OVER (PARTITION BY who ORDER BY number)::BIGINT AS total FROM steps) AS added
            WHERE log.who = added.who AND log.number = added.number"""
    )


class NextOrder(InWindow):
    """Asks after every order but a person's last whether the next comes within some time.

    Clocks that begin with each person's first order say nothing of when data end.  That a later
    order is there says it of all orders but the last; asked at other moments, the end would be
    where somebody happened to order, and no window could be chosen without knowing that.

    Parameters
    ----------
    facts : Facts
    target : str
    within : int
        Microseconds.
    name : str
        ``within`` as the user wrote it.
    open_too : bool, default=False
        Also after a person's last order.
    """

    def __init__(
        self, facts: Facts, target: str, within: int, name: str, *, open_too: bool = False
    ):
        # As every week: no hour and no weekday is made of a clock that begins anywhere.
        super().__init__(facts, [target], 7 * DAY, within, name, open_too=open_too)

    def _check_length(self, facts: Facts) -> None:
        """Accept any log: no window has to fit into it."""

    def cut(self, chunk: Chunk) -> Cut:
        """Ask right after every order (that another followed); orders of one moment are one."""
        row = np.arange(len(chunk))
        end = chunk.ends[chunk.person]
        is_last = np.ones(len(chunk), dtype=bool)
        is_last[:-1] = (np.diff(chunk.moment) != 0) | (np.diff(chunk.person) != 0)
        is_order = self.is_target[chunk.kind]
        nothing = len(chunk)
        later = np.minimum.accumulate(np.where(is_order, row, nothing)[::-1])[::-1]
        following = np.append(later[1:], nothing)
        is_open = following >= end
        asked = is_last & (self.open_too | ~is_open)
        # Of a person's last order, it is the order itself that stands there.
        at, then = row[asked], np.where(is_open, row, following)[asked]
        person, moment = chunk.person[at], chunk.moment[at] + SECOND
        history = Histories(chunk.person, chunk.moment.astype("datetime64[us]"))
        cut, days = moment.astype("datetime64[us]"), self.within / DAY
        seen = history.before(person, cut)
        features = self._features(
            chunk,
            moment,
            seen,
            history.before(person, cut, days=days),
            history.before(person, cut, days=days, skip=days),
        )
        # The latest is the order that is asked after.
        del features["days_since_event"]
        if self.is_target.all():
            del features["days_since_target"]
        first = history.before(person, chunk.moment[at].astype("datetime64[us]"))
        before = np.where(first.n_rows > 0, first.stop - 1, -1)
        last = np.where(before >= 0, chunk.moment[at] - chunk.moment[before], np.nan)
        return Cut(
            seen=seen,
            moment=moment,
            target=~is_open[asked] & (chunk.moment[then] - chunk.moment[at] <= self.within),
            features=features | {"gap_last_days": last / DAY},
            left_out={LAST: int((is_last & ~asked).sum())},
            is_open=is_open[asked],
        )
