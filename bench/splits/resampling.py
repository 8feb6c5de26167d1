"""The plan of splits: who is trained on, watched and tested on, before any model exists."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from numbers import Integral, Real

import numpy as np

from ..errors import RequestError
from ..language.sentence import Sentence
from ..task import Task
from .at_random import inner_shuffled, shuffled
from .fold import Fold, Split
from .given import given_folds
from .halves import with_halves
from .in_time import inner_in_time, one_cut, rolling_origin
from .known import horizon_words
from .parts import keeps_groups_apart


@dataclass(frozen=True)
class Resampling:
    """How to split any task honestly: in time if it has times, by group if it has groups.

    * neither: stratified k-fold; inner splits stratified.
    * groups: stratified k-fold over groups, inside too.
    * time: rolling origin.  Fold ``f`` is tested on the ``f``-th of the last blocks of distinct
      times and trained on cases whose outcome was known before that block begins (``known_at`` of
      each case, or ``time + horizon_days``); the inner split does the same inside the train part.
    * both: the same.  Whoever uses a model next month meets mostly people it knows, so they may
      stand in train and in test; intervals and tests resample groups.  With ``strangers`` each
      fold is tested on groups that its train part does not hold, and is fitted on others than it
      watches.

    A split that came with the data (``given_split``) is kept; what it leaves open is drawn as
    above.  With ``test_after`` there is one fold instead: tested on the cases from that moment on,
    trained on those whose outcome was known by then.

    Parameters
    ----------
    folds : int, default=5
        Outer folds.
    inner : int, default=1
        Inner splits of each train part; 1 is a hold-out.
    valid_share : float, default=0.2
        Of the train part (cases, groups, or distinct times), that a hold-out watches.
    repeats : int, default=1
        Times the whole plan is drawn anew.
    seed : int, default=0
        Of the shuffles.
    test_after : str, default=""
        A day or moment, as in "2024-06-01" or "2024-06-01 12:00"; with a zone it is turned into
        UTC.  Takes the place of ``folds``.
    strangers : bool, default=False
        In time, test on groups that are not trained on.  Two halves of the groups take turns, so
        that at least half of the later cases are tested.  (Without times it is always so.)
    """

    folds: int = 5
    inner: int = 1
    valid_share: float = 0.2
    repeats: int = 1
    seed: int = 0
    test_after: str = ""
    strangers: bool = False

    def check_numbers(self) -> None:
        """Refuse numbers that mean nothing, whatever the task: no data have to be read for that.

        Raises
        ------
        RequestError
        """
        least = {"folds": 2, "inner": 1, "repeats": 1, "seed": 0}
        for name, fewest in least.items():
            number = getattr(self, name)
            if not isinstance(number, Integral) or number < fewest:
                raise RequestError(f"{name} {number}: a whole number from {fewest} on is needed.")
        if not isinstance(self.valid_share, Real) or not 0 < self.valid_share < 1:
            raise RequestError(
                f"valid_share {self.valid_share}: a share between 0 and 1 is needed."
            )

    def plan(self, task: Task) -> tuple[Fold, ...]:
        """Plan the folds of a task.

        Parameters
        ----------
        task : Task

        Returns
        -------
        tuple of Fold
            ``repeats * folds`` of them, numbered from 0.

        Raises
        ------
        RequestError
            If the task has too few cases, groups or times for the plan, repeating it would change
            nothing, or as of ``check_numbers``.
        """
        self.check_numbers()
        if self.strangers and task.group is None:
            raise RequestError(
                f"task {task.name!r} does not say whom its cases are about; a plan on strangers "
                "needs to know whom.  Name the column (--group customer_id), or leave strangers "
                "out."
            )
        if task.time is not None and not self.strangers and self.repeats > 1:
            raise RequestError(
                f"task {task.name!r} is split in time, without chance: {self.repeats} repeats "
                "would all be the same.  Set repeats to 1."
            )
        if task.given_split is not None:
            return self._given(task)
        folds = []
        for repeat in range(self.repeats):
            for train, test in self._outer(task, self.seed + repeat):
                number = len(folds)
                splits = tuple(self._inner(task, train, self.seed + 1000 * (number + 1)))
                folds.append(Fold(number, test, splits))
        for fold in folds:
            _require_both_outcomes(task, fold)
        return _comparable(task, folds)

    def _given(self, task: Task) -> tuple[Fold, ...]:
        if self.test_after or self.strangers or self.repeats > 1:
            raise RequestError(
                f"task {task.name!r} brings its own split, which --test-after, --strangers and "
                "--repeats would change.  Leave these out, or --split."
            )
        folds = []
        for number, (train, valid, test) in enumerate(given_folds(task)):
            seed = self.seed + 1000 * (number + 1)
            splits = (Split(train, valid),) if len(valid) else self._inner(task, train, seed)
            folds.append(Fold(number, test, tuple(splits)))
            _require_both_outcomes(task, folds[-1])
        return _comparable(task, folds)

    def _outer(self, task: Task, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
        if self.test_after:
            return one_cut(task, self._cut(), self.strangers, seed)
        if task.time is not None:
            return rolling_origin(task, self.folds, self.strangers, seed)
        return shuffled(task, self.folds, seed)

    def _inner(self, task: Task, train: np.ndarray, seed: int) -> list[Split]:
        if task.time is not None:
            return inner_in_time(task, train, self.inner, self.valid_share, self.strangers, seed)
        return inner_shuffled(task, train, self.inner, self.valid_share, seed)

    def splits_of_all(self, task: Task, most: int) -> tuple[Split, ...]:
        """Split all cases as a train part is split, into as many inner splits as they allow.

        Parameters
        ----------
        task : Task
        most : int
            Inner splits at most; a task in time has one, which watches the latest cases.

        Raises
        ------
        RequestError
            If the task has too few cases for a single one.
        """
        least = int(np.bincount(task.target, minlength=2).min())
        n_whom = least if task.group is None else len(np.unique(task.group))
        n_splits = 1 if task.time is not None else max(1, min(most, least, n_whom))
        alone = replace(self, inner=n_splits)
        return tuple(alone._inner(task, np.arange(len(task)), self.seed))

    def describe(self, task: Task) -> Sentence:
        """Say in words how the task is split, and which question that answers.

        Parameters
        ----------
        task : Task
        """
        inner = Sentence.counted("one hold-out", "{n} inner splits", self.inner)
        if task.given_split is not None:
            n_folds = len(np.unique(task.given_split[task.given_split >= 0]))
            how = Sentence.counted(
                "as the data say, in {n} fold", "as the data say, in {n} folds", n_folds
            )
        elif task.time is None and task.group is None:
            how = Sentence("{n} stratified folds", n=self.folds)
        elif task.time is None:
            how = Sentence("{n} stratified folds over groups", n=self.folds)
        elif self.test_after:
            how = Sentence(
                "tested from {cut}, trained on outcomes known by then ({known})",
                cut=self._with_whom(task, Sentence("{moment} on", moment=str(self._cut()))),
                known=horizon_words(task),
            )
        else:
            folds = Sentence("{n} folds", n=self.folds)
            how = Sentence(
                "rolling origin over time in {folds}, outcomes known {known}",
                folds=self._with_whom(task, folds),
                known=horizon_words(task),
            )
        said = {
            "how": how, "inner": inner, "seed": self.seed, "question": self._question(task),
        }  # fmt: skip
        if self.repeats == 1:
            return Sentence(
                "{how}; {inner} in each train part; seed {seed}.  Asked is: {question}", **said
            )
        return Sentence(
            "{how}; {inner} in each train part; seed {seed}, drawn {repeats} times.  Asked is: "
            "{question}",
            repeats=self.repeats,
            **said,
        )

    def _with_whom(self, task: Task, how: Sentence) -> Sentence:
        if task.group is None:
            return how
        if self.strangers:
            return Sentence("{how}, test groups never in train", how=how)
        return Sentence("{how}, groups in test may be known from train", how=how)

    def _question(self, task: Task) -> Sentence:
        if task.given_split is not None:
            return Sentence(
                "how well does a model do on the cases that whoever made the data set aside?"
            )
        if task.time is None and task.group is None:
            return Sentence("how well does a model do on other cases like these?")
        if task.time is None:
            return Sentence("how well does a model do on cases of people whom it has not met?")
        if keeps_groups_apart(task, self.strangers):
            return Sentence("how well does a model do later, on people whom it has not met?")
        if task.group is None:
            return Sentence("how well does a model do on the cases that come later?")
        return Sentence(
            "how well does a model do on the cases that come later, of people whom it knows and of "
            "newcomers, as they come?"
        )

    def _cut(self) -> np.datetime64:
        try:
            moment = datetime.fromisoformat(self.test_after.strip())
        except ValueError as error:
            raise RequestError(
                f"test_after {self.test_after!r} is no moment: {error}.  Write it as 2024-06-01 or "
                "2024-06-01 12:00."
            ) from None
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        return np.datetime64(moment, "s")


def _comparable(task: Task, folds: Sequence[Fold]) -> tuple[Fold, ...]:
    """See to it that some test cases are predicted by two fits of each model."""
    return tuple(folds) if len(folds) > 1 else tuple(with_halves(task, fold) for fold in folds)


def _require_both_outcomes(task: Task, fold: Fold) -> None:
    for split in fold.splits:
        if len(np.unique(task.target[split.fit])) < 2:
            raise RequestError(
                f"task {task.name!r}, fold {fold.number}: the {len(split.fit)} fit cases do not "
                "hold both outcomes.  Ask for fewer folds, or give more data."
            )
        if len(split.valid) == 0 or len(fold.test) == 0:
            raise RequestError(
                f"task {task.name!r}, fold {fold.number} has {len(split.valid)} valid and "
                f"{len(fold.test)} test cases.  Ask for fewer folds."
            )
