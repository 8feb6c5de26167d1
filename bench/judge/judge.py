"""Judge a run: from stored predictions to scores, intervals, comparisons and standings."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from threadpoolctl import threadpool_limits

from ..metrics.key import Key
from ..metrics.metrics import METRICS
from ..stats.across_tasks import AcrossTasks, across_tasks
from ..store.records import RunRecord, TaskRecord
from .act_or_wait import acting_of
from .alarm_canary import canaries_that_sang
from .alarm_hard_labels import hard_labels
from .alarm_implausible import check_confusion, implausible
from .alarm_thresholds import check_thresholds
from .alarm_valid_test_gap import valid_test_gaps
from .best_possible import ceilings
from .choice import entry_to_act_on
from .copies import with_copies_scored
from .curves import judge_curve
from .drivers import drivers_of_models
from .ensembling import ensembles_of, member_sets
from .figures import figures_of
from .folds_apart import folds_apart, with_folds_scored
from .judgement import FAILED, MAIN_METRIC, NOT_APPLICABLE, Entry, Judgement, TaskJudgement
from .model_variants import variants_of
from .policies import policies
from .searches import searches_of
from .segments import segments_of_models
from .slices import slices_of
from .standings import standings
from .stored_models import models_of

# Each looks at a judged task and gives a sentence for whatever should not be believed.
ALARMS: tuple[Callable[[TaskJudgement], tuple[str, ...]], ...] = (
    check_confusion,
    check_thresholds,
    folds_apart,
    implausible,
    hard_labels,
    valid_test_gaps,
    canaries_that_sang,
)
_MOST_THREADS = 2  # each holds the draws of one task, some hundred megabytes


def judge(run: RunRecord, *, draws: int = 2000, seed: int = 0) -> Judgement:
    """Judge all tasks of a run; a pure function of what is stored.

    Parameters
    ----------
    run : RunRecord
    draws : int, default=2000
        Bootstrap draws.
    seed : int, default=0
        Of the draws.

    Raises
    ------
    StoreError
        If stored predictions are damaged.
    """
    # Matrix products and trees are small: a second thread of theirs mostly waits, and on a busy
    # machine makes judging several times slower.  Whole tasks side by side use the second core
    # better.  OpenMP keeps its limit by thread, BLAS for the process.
    one_openmp = {"initializer": threadpool_limits, "initargs": (1, "openmp")}
    with threadpool_limits(limits=1), ThreadPoolExecutor(_MOST_THREADS, **one_openmp) as pool:
        tasks = tuple(pool.map(lambda task: judge_task(run, task, draws, seed), run.tasks))
        curves = pool.map(
            lambda curve: judge_curve(run, curve, MAIN_METRIC, draws, seed), run.curves
        )
        return Judgement(run, tasks, tuple(curves), _across(tasks, seed))


def judge_task(run: RunRecord, task: TaskRecord, n_draws: int, seed: int) -> TaskJudgement:
    """Judge one task: contestants, their figures, their standings, and alarms over all of it."""
    models = models_of(run, task)
    ensembles = ensembles_of(run, task, models)
    working = [[one for one in table if one.folds] for table in (models, ensembles)]
    failed = [
        tuple(
            Entry(one, NOT_APPLICABLE if one.not_applicable else FAILED)
            for one in table
            if not one.folds
        )
        for table in (models, ensembles)
    ]
    jobs = run.manifest.get("jobs", 1)
    if not any(working):
        return TaskJudgement(task, MAIN_METRIC, *failed, jobs=jobs, decisions=run.decisions)
    figures = figures_of(task, *working, run.decisions, n_draws, seed)
    ranked = standings(task, figures)
    judged = TaskJudgement(
        task,
        MAIN_METRIC,
        ranked[0] + failed[0],
        ranked[1] + failed[1],
        ceilings(
            [truth.name for truth in figures.truths],
            figures.with_intervals[len(working[0]) + len(working[1]) :],
        ),
        member_sets(run, task, models),
        jobs=jobs,
        decisions=run.decisions,
        drivers=drivers_of_models(run, task),
        searches=searches_of(run, task, (*ranked[0], *failed[0]), n_draws, seed),
        variants=variants_of(run, task, (*ranked[0], *failed[0]), n_draws, seed),
        acting=acting_of(run, task, n_draws, seed),
        segments=segments_of_models(run, task),
    )
    judged = with_folds_scored(with_copies_scored(judged))
    if acted_on := entry_to_act_on(judged):
        made = policies(task, acted_on, run.decisions, n_draws, seed)
        judged = replace(
            judged,
            policies=made.policies,
            by_share=made.by_share,
            net_benefits=made.net_benefits,
            slices=slices_of(judged),
        )
    return replace(judged, alarms=tuple(said for alarm in ALARMS for said in alarm(judged)))


def _across(tasks: Sequence[TaskJudgement], seed: int) -> AcrossTasks | str:
    main = Key(MAIN_METRIC)
    scores = {
        judged.task.name: {
            entry.name: entry.scores[main].value for entry in judged.models if entry.scores
        }
        for judged in tasks
    }
    return across_tasks(scores, METRICS[MAIN_METRIC].rope, seed)
