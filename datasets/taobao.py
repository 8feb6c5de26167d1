"""Taobao: whether a visit still leads to a purchase, asked after a few of its events."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ..bench.dataset import Dataset
from ..bench.errors import DataError
from ..bench.language.sentence import Sentence
from ..bench.task import Card, Course, Task
from ._keywords import whole_number
from ._taobao_log import as_log, read_log
from ._taobao_visits import courses, cut_visits

FILE = "userbehavior_first909users.csv"
_N_LINES = 94_159
_HOW_TO_CUT = (
    "The file is the beginning of UserBehavior.csv (100,150,807 lines, sorted by user id as text),"
    " its first 909 users, with a line of names in front.  Download that file from its official "
    "page, which asks for a log-in, and cut it:\n"
    f"  (echo user_id,item_id,category_id,behavior_type,timestamp; head -n {_N_LINES} "
    f"UserBehavior.csv) > {FILE}"
)
# Cases and positives by the number of events seen.
_COUNTS = {1: (10_600, 930), 3: (6_737, 657), 5: (4_702, 483), 10: (2_267, 235)}
_MOST_AFTER = 50
MOST_COURSE = 200
_WITH_ENDED = Sentence(
    "Visits that end with event k are cases, too: nobody knows by then that they end."
)


class Taobao(Dataset):
    """Visits of 909 users of the Taobao app, cut after the k-th event.

    All actions in nine days [1]_: views, favourites, carts and purchases.  A visit ends where 30
    minutes pass without an event.  A case is a visit with more than k events and no purchase among
    the first k; what is known are these events, the user's earlier visits, and what all users did
    before that moment.

    Parameters
    ----------
    after : int, default=3
        k, 1 to 50.
    same_as : int, default=0
        Only the visits that are cases after this many events too, to compare what is known after
        fewer with what is known after more; 0 for all.
    course : int, default=0
        How many events more the course of a visit holds, up to its purchase or its end, for
        policies that act or wait; 0 for none.  Visits that end with event k are then cases, too:
        who waits may lose them.

    References
    ----------
    .. [1] Zhu et al. (2018), Learning tree-based deep model for recommender systems.  KDD,
       doi:10.1145/3219819.3219826.
    """

    card = Card(
        title="Taobao visits",
        question="Will this visit still lead to a purchase?",
        source="Alibaba, User Behavior Data from Taobao, Tianchi data set 649",
        licence="CC BY-NC-SA 4.0; not for commercial use, so fetched by the user and not shipped",
        target="At least one purchase after event k of the same visit.",
        caveats=(
            "The first 909 of 987,994 users, by user id as text, with all they did in nine days.",
            "Only visits that go on after event k are asked about: probabilities hold given that "
            "at least one more event follows.",
            "The same users are in train and in test, as in operation; intervals resample users.",
            "Nine days: histories are short at first, and activity jumps on 2 and 3 December, "
            "when fewer visits lead to a purchase.",
        ),
        horizon_days=0.25,
    )
    folder = "taobao_userbehavior"
    files = {FILE: "4e602c5913a928ecda06a5cb6f1cdf6a4d5cf8e1c4934b5bb1cd15d6d416c453"}

    def __init__(self, *, after: int = 3, same_as: int = 0, course: int = 0) -> None:
        if type(after) is not int or not 1 <= after <= _MOST_AFTER:
            raise DataError(
                f"data set 'taobao': after is {after!r}; it must be a whole number of events, "
                f"1 to {_MOST_AFTER}."
            )
        if type(same_as) is not int or (same_as and not after <= same_as <= _MOST_AFTER):
            raise DataError(
                f"data set 'taobao': same_as is {same_as!r}; it must be a whole number of events, "
                f"from after = {after} to {_MOST_AFTER}, or 0."
            )
        self._course = whole_number("taobao", "course", course, 0, MOST_COURSE)
        self._after = after
        self._same_as = same_as
        self.n_cases, self.n_positive = _COUNTS.get(max(after, same_as), (None, None))
        if course:
            self.n_cases = self.n_positive = None
            told, _only_those_that_go_on, *others = self.card.caveats
            self.card = replace(self.card, caveats=(_WITH_ENDED, told, *others))
        if same_as:
            self.card = _card_of_the_same(self.card, after, same_as)

    def locate(self) -> dict[str, Path]:
        """Find and verify the file; where it is missing, say how to make it."""
        try:
            return super().locate()
        except DataError as error:
            raise DataError(f"{error}\n{_HOW_TO_CUT}") from None

    def read(self, paths: Mapping[str, Path]) -> Task:
        """Cut every visit after its event ``after``."""
        log = as_log(read_log(paths[FILE]))
        cases, target, user, moment = cut_visits(
            log, self._after, self._same_as, ended=self._course > 0
        )
        task = self.task(cases, target, group=user, time=moment)
        if not self._course:
            return task
        course = Course(courses(log, self._after, self._same_as, self._course))
        return replace(task, course=course)


def _card_of_the_same(card: Card, after: int, same_as: int) -> Card:
    return replace(
        card,
        title=Sentence(
            "{title} ({parameters})",
            title=Sentence(card.title),
            parameters=f"after = {after}, same_as = {same_as}",
        ),
        target=Sentence(
            "At least one purchase after event {event} of the same visit.", event=same_as
        ),
        caveats=(
            Sentence(
                "Only visits that go on after event {same_as} and hold no purchase up to it, seen "
                "after event {after}: nobody can know that of a visit by then.  It serves to "
                "compare what is known after fewer events with what is known after more.",
                same_as=same_as,
                after=after,
            ),
            *card.caveats,
        ),
    )
