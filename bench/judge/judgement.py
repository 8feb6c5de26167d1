"""What stored predictions are worth: the types that `judge` fills and reports show."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..metrics.key import Key
from ..stats.across_tasks import AcrossTasks
from ..stats.equivalence import Odds
from ..stats.mcnemar import McNemar
from ..store.records import RunRecord, TaskRecord
from ..suite.curve import CurveRecord
from ..suite.decisions import Decisions
from .act_or_wait import Acting
from .contestants import Contestant
from .findings import (
    PROBABLE,
    Calibrated,
    Ceiling,
    FoldPredictions,
    Gap,
    NetBenefit,
    PolicyOutcome,
    RuleOutcome,
    Shortfall,
)
from .model_drivers import ModelDrivers
from .score import Score
from .search_outcome import SearchOutcome
from .segments import ModelSegments
from .slice_outcomes import SliceOutcome
from .transfer_outcome import TransferOutcome
from .variant_outcome import VariantOutcome

IN_THE_RACE, PROBABLY_BEHIND, BEHIND = "in the race", "probably behind", "behind"
FAILED, NOT_APPLICABLE = "failed", "not applicable"
MAIN_METRIC = "roc_auc"
N_ENSEMBLES_SHOWN = 3  # beside the models: those of the highest figures


def standing_of(established: bool, odds: Odds | None) -> str:
    """Say in one word where someone stands who is behind the highest figure.

    Parameters
    ----------
    established : bool
        That it is behind.
    odds : Odds or None
        That the highest is better, practically equal or worse.
    """
    if established:
        return BEHIND
    return PROBABLY_BEHIND if odds is not None and odds.better > PROBABLE else IN_THE_RACE


@dataclass(frozen=True, eq=False)
class Entry:
    """A contestant on one task, judged.

    Parameters
    ----------
    contestant : Contestant
    standing : str
        ``"in the race"`` (could be the best of its table), ``"probably behind"`` (could be, but is
        with more than 90 % probability further behind than the practical margin), ``"behind"``
        (established), ``"failed"``, or ``"not applicable"`` of an ensemble that cannot be made;
        with the last two there is nothing else.
    scores : mapping of Key to Score
    behind : Gap or None
        Distance to the leading entry in the task's main metric; None for the leader itself.
    gain : Gap or None
        Of an ensemble, over the best single model as chosen on valid cases (``rival``).
    rival : str
    gain_over_highest : Gap or None
        Of an ensemble, over the single model that came out highest on test cases (``highest``),
        which chance has helped there.
    highest : str
    predictions : tuple of FoldPredictions
    shortfalls : tuple of Shortfall
        Where the truth is known: in ROC AUC and log loss, given the views that it reads and given
        all views.
    outcomes : tuple of RuleOutcome
        0.5 first.
    calibrations : tuple of Calibrated
        Of a model; empty where valid cases allowed none.
    discordant : McNemar or None
        Decisions at 0.5 beside the leader's (the first); None for the leader, and where cases are
        of groups or tested more than once.
    chance_behind : float
        How probable it is that the best of its table is ahead of it by more than the practical
        margin; NaN where that cannot be said.  See ``chances_behind``.
    by_fold : tuple of Score
        The main metric in each fold, with the interval over the fold's test cases; of ensembles
        only the first few have it.
    """

    contestant: Contestant
    standing: str = FAILED
    scores: Mapping[Key, Score] = field(default_factory=dict)
    behind: Gap | None = None
    gain: Gap | None = None
    rival: str = ""
    predictions: tuple[FoldPredictions, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()
    outcomes: tuple[RuleOutcome, ...] = ()
    calibrations: tuple[Calibrated, ...] = ()
    discordant: McNemar | None = None
    by_fold: tuple[Score, ...] = ()
    gain_over_highest: Gap | None = None
    highest: str = ""
    chance_behind: float = math.nan

    @property
    def name(self) -> str:
        """The contestant's name."""
        return self.contestant.name

    @property
    def title(self) -> str:
        """Its name as printed."""
        return self.contestant.title

    @property
    def family(self) -> str:
        """Its family; ``"ensemble"`` for ensembles."""
        return self.contestant.family


@dataclass(frozen=True)
class MemberSetDiversity:
    """The members of some ensembles and how differently they err; see ``Diversity``.

    ``most_alike`` and ``least_alike`` name a pair by their titles, and how their errors correlate.
    """

    label: str
    n_members: int
    disagreement: float
    correlation: float
    most_alike: tuple[str, str, float]
    least_alike: tuple[str, str, float]


@dataclass(frozen=True, eq=False)
class TaskJudgement:
    """All entries of one task, models first, each table sorted best first, failed ones last.

    ``ceilings`` are there where the true probabilities are known, the one of all views first.
    ``member_sets`` are those of the ensembles, where at least two members worked.  ``alarms`` are
    sentences on figures that contradict their decisions, or are too good to be believed.
    ``policies`` are those of the entry to use, or of the leading model where none is, acting on
    nobody first; none where no model worked.  ``by_share`` are those of acting on ever more of the
    highest scores, and ``net_benefits`` of acting on all above ever higher thresholds.
    ``jobs`` is how many cells were computed at a time while costs were measured.
    ``decisions`` are the run's.  ``drivers`` are those of the models, by name.  ``slices``
    are those of the entry to act on and of a few other models in the race, by name.  ``searches``
    are what was searched for, ``variants`` those of models beside the models themselves.
    ``acting`` is there where policies acted or waited.
    ``segments`` are those of the models that find some, by name.
    """

    task: TaskRecord
    main_metric: str
    models: tuple[Entry, ...]
    ensembles: tuple[Entry, ...]
    ceilings: tuple[Ceiling, ...] = ()
    member_sets: tuple[MemberSetDiversity, ...] = ()
    alarms: tuple[str, ...] = ()
    policies: tuple[PolicyOutcome, ...] = ()
    by_share: tuple[PolicyOutcome, ...] = ()
    net_benefits: tuple[NetBenefit, ...] = ()
    jobs: int = 1
    decisions: Decisions = field(default_factory=Decisions)
    drivers: Mapping[str, ModelDrivers] = field(default_factory=dict)
    slices: Mapping[str, tuple[SliceOutcome, ...]] = field(default_factory=dict)
    searches: tuple[SearchOutcome, ...] = ()
    variants: tuple[VariantOutcome, ...] = ()
    acting: Acting | None = None
    segments: Mapping[str, ModelSegments] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class CurveEntry:
    """A model along a curve.

    Parameters
    ----------
    name, title, family : str
    scores : tuple of Score
        In the curve's metric, at each point; not available where the model failed.
    steps : tuple of Gap
        What each point brings over the one before it.
    whole : Gap
        What the last point brings over the first.
    doubling : Score
        Of a learning curve: what twice the fit cases would bring, extrapolated; not available
        where too few points or too much noise allow none.
    failures : tuple of str
        The points without figures, each with the reason.
    weighted : Score
        The accuracies at 0.5 of all points, added up with the curve's weights; not available
        where it has none, or the model failed at a point.
    """

    name: str
    title: str
    family: str
    scores: tuple[Score, ...]
    steps: tuple[Gap, ...]
    whole: Gap
    doubling: Score
    failures: tuple[str, ...]
    weighted: Score = Score(math.nan, math.nan, math.nan)


@dataclass(frozen=True, eq=False)
class CurveJudgement:
    """A curve's models, the best at its last point first.

    ``task`` is the last point's.  ``chosen`` names the model that is best on its valid cases, so
    that what is said of it is no luck of the test cases; empty if none worked.  ``ceilings`` are
    the scores of the true probabilities at each point, where they are known.  ``transfers`` are
    the networks that learnt another task first.
    """

    record: CurveRecord
    task: TaskRecord
    metric: str
    entries: tuple[CurveEntry, ...]
    chosen: str
    ceilings: tuple[Score, ...] = ()
    transfers: tuple[TransferOutcome, ...] = ()


@dataclass(frozen=True)
class TaskProgress:
    """How far a run that is not finished is with a task.

    ``n_done`` and ``n_planned`` count cells; ``whole`` names the models all of whose cells are
    there, by their titles, and ``waiting`` the others, with the cells that are there and planned.
    """

    task: str
    title: str
    n_done: int
    n_planned: int
    whole: tuple[str, ...]
    waiting: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, eq=False)
class Judgement:
    """All tasks and curves of a run, and what the tasks say together (or why they say nothing).

    ``progress`` is there where the run is not finished: tasks then hold whole models only, and are
    left out where there is none.
    """

    run: RunRecord
    tasks: tuple[TaskJudgement, ...]
    curves: tuple[CurveJudgement, ...] = ()
    across: AcrossTasks | str = "the tasks were not compared"
    progress: tuple[TaskProgress, ...] = ()
