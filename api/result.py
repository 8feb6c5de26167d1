"""Result: what came of a comparison, as frames, as a page, and as a recommendation."""

import html
import os
import shutil
import weakref
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from ..bench.deploy.predictor import Predictor
from ..bench.errors import RequestError, did_you_mean
from ..bench.judge.choice import entry_to_act_on
from ..bench.judge.gains import gains
from ..bench.judge.judge import judge
from ..bench.judge.judgement import Entry, Judgement, TaskJudgement
from ..bench.judge.policies import TOP_SHARES
from ..bench.judge.slices import slices_of_entry
from ..bench.language.sentence import spoken
from ..bench.language.speaking import ENGLISH, _, of_locale, speaking
from ..bench.metrics.key import Key
from ..bench.metrics.metrics import METRICS
from ..bench.store.records import TaskRecord
from ..bench.store.run_reader import read_run
from ..bench.store.store import Store, write_atomically
from ..bench.train.source import source_of
from ..bench.train.train import named_entry
from ..reports.charts.gains_chart import gains_figure
from ..reports.charts.worth_chart import worth_figure
from ..reports.driver_rows import DRIVER_COLUMNS, driver_rows
from ..reports.picture import Picture, picture_of
from ..reports.recommendation import Recommendation, recommend
from ..reports.render import render, render_decisions
from ..reports.sections.drivers import shown_entry
from ..reports.slice_rows import SLICE_COLUMNS, slice_rows
from ..reports.summary import summarise
from ..reports.task_page import task_page
from .training import registries_of, write_trained

_DRAWS, _SEED = 2000, 0
_CHARTS = {"gains": gains_figure, "profit": worth_figure}


class Result:
    """What came of a comparison.

    Parameters
    ----------
    judgement : Judgement
    store : Store
        Where the run is.
    temporary : bool, default=False
        Whether the store goes with this object.
    language : str, default="en"
        In which it says what it says.
    """

    def __init__(
        self,
        judgement: Judgement,
        store: Store,
        *,
        temporary: bool = False,
        language: str = ENGLISH,
    ) -> None:
        self.store, self.language, self._kept = store, language, judgement
        with speaking(language):
            self.judgement = spoken(judgement)
        if temporary:
            weakref.finalize(self, shutil.rmtree, store.root, ignore_errors=True)

    @property
    def run_id(self) -> str:
        """The run's name in its results folder."""
        return self.judgement.run.run_id

    @property
    def tasks(self) -> list[str]:
        """The names of the tasks; ``compare`` makes one."""
        return [judged.task.name for judged in self.judgement.tasks]

    def table(self, metric: str = "roc_auc", *, task: str | None = None) -> pd.DataFrame:
        """Give the comparison.

        Parameters
        ----------
        metric : str, default="roc_auc"
        task : str, optional
            Needed where there are several.

        Returns
        -------
        DataFrame
            A row a model or ensemble, the best in the main metric first in each of both, by name:
            title, family, figure with its 95 % interval (low, high), standing, seconds of a fit,
            microseconds of a prediction.
        """
        judged = self._judged(task)
        if metric not in METRICS:
            raise RequestError(f"there is no metric {metric!r}.{did_you_mean(metric, METRICS)}")
        rows = []
        for entry in (*judged.models, *judged.ensembles):
            score = entry.scores.get(Key(metric))
            rows.append(
                {
                    "name": entry.name,
                    "title": entry.title,
                    "family": entry.family,
                    "figure": np.nan if score is None else score.value,
                    "low": np.nan if score is None else score.low,
                    "high": np.nan if score is None else score.high,
                    "standing": entry.standing,
                    "fit_seconds": entry.contestant.fit_seconds,
                    "predict_microseconds": entry.contestant.predict_microseconds,
                }
            )
        return pd.DataFrame(rows).set_index("name")

    @cached_property
    def recommended(self) -> Recommendation:
        """Which model to use, and why; see ``recommendation``."""
        return self.recommendation()

    def recommendation(self, task: str | None = None) -> Recommendation:
        """Recommend a model by the report's rule: of those in the race, the cheapest.

        In the race are the highest figure and all that are neither behind it nor probably so.

        Parameters
        ----------
        task : str, optional
            Needed where there are several.
        """
        with speaking(self.language):
            return recommend(self._judged(task))

    def gains(
        self,
        shares: Sequence[float] = TOP_SHARES,
        *,
        model: str | None = None,
        task: str | None = None,
    ) -> pd.DataFrame:
        """Say what acting on the highest scores finds.

        Parameters
        ----------
        shares : sequence of float, default=(.05, .1, .2)
            Of the cases, those with the highest scores.
        model : str, optional
            The recommended one where left out, or the highest where none is.
        task : str, optional

        Returns
        -------
        DataFrame
            By share: ``found`` (share of the positive cases), ``precision`` and ``lift``, each
            with the ends of its 95 % interval (``found_low``, ``found_high``, ...).
        """
        if not all(0 < share <= 1 for share in shares):
            raise RequestError(f"shares={list(shares)}: each is above 0 and at most 1.")
        judged = self._judged(task)
        entry = self._entry(judged, model)
        rows = [
            {"share": each.share}
            | {
                f"{what}{end}": getattr(getattr(each, what), of)
                for what in ("found", "precision", "lift")
                for end, of in (("", "value"), ("_low", "low"), ("_high", "high"))
            }
            for each in gains(judged.task, entry, shares, _DRAWS, _SEED)
        ]
        return pd.DataFrame(rows).set_index("share")

    def plot(self, what: str = "gains", *, task: str | None = None) -> Picture:
        """Draw a chart of the decision page.

        Parameters
        ----------
        what : str, default="gains"
            ``"gains"``: found, by the share acted on.  ``"profit"``: profit or cost by the share
            acted on, where it was said what decisions bring; otherwise the net benefit by the
            probability from which one acts.
        task : str, optional

        Returns
        -------
        Picture
            Shown by a notebook; ``svg`` is its text, ``title`` the sentence that it shows.
        """
        if what not in _CHARTS:
            known = ", ".join(map(repr, _CHARTS))
            raise RequestError(
                f"there is no chart {what!r}.{did_you_mean(what, _CHARTS)}  Charts: {known}."
            )
        with speaking(self.language):
            figure = _CHARTS[what](self._judged(task))
            if figure is None:
                raise RequestError("every model failed; there is nothing to draw.")
            return picture_of(figure)

    def drivers(self, model: str | None = None, *, task: str | None = None) -> pd.DataFrame:
        """Say what drives a model: what it loses without something, and which way it goes.

        Parameters
        ----------
        model : str, optional
            The recommended one where left out; where that is an ensemble or none, the highest.
        task : str, optional

        Returns
        -------
        DataFrame
            A row a driver, the largest loss first: ``driver``, ``change`` and ``names`` (what was
            changed, and how), ``roc_auc_lost`` and ``log_loss_rise`` with the ends of their 95 %
            intervals, ``direction`` of the prediction with ``column`` by ``method``: the
            probability is ``p_from`` at ``from`` and ``p_to`` at ``to``; ``share`` of cases with
            such events, ``n_folds`` and ``n_cases`` it is computed from.  Where drivers are not
            available, one row with the reason in ``missing``.
        """
        judged = self._judged(task)
        entry = shown_entry(judged) if model is None else self._entry(judged, model)
        if entry is None:
            raise RequestError("no model took part.")
        if entry.family == "ensemble":
            raise RequestError(
                f"model={entry.name!r}: the drivers of ensembles are not computed; name a model."
            )
        with speaking(self.language):
            return pd.DataFrame(driver_rows(judged, entry), columns=list(DRIVER_COLUMNS))

    def slices(self, model: str | None = None, *, task: str | None = None) -> pd.DataFrame:
        """Tell figures apart by the values of columns: those of ``slices``, or a few chosen ones.

        Parameters
        ----------
        model : str, optional
            A model or an ensemble; the one to act on where left out.
        task : str, optional

        Returns
        -------
        DataFrame
            A row a slice, that of the lowest ROC AUC against all other cases first: ``column``,
            ``value``, ``n_cases``, ``n_yes``; ``roc_auc``, ``calibration`` (mean probability less
            the share of yes), ``selected`` and ``recall`` with the ends of their intervals; the
            ``_difference`` of each from all other cases with a simultaneous interval over all
            slices, and whether it is ``_established``.  ``reason`` says why there are no figures.
        """
        judged = self._judged(task)
        entry = entry_to_act_on(judged) if model is None else self._entry(judged, model)
        if entry is None:
            raise RequestError("every model failed; there are no predictions.")
        known = judged.slices.get(entry.name)
        outcomes = known if model is None and known else slices_of_entry(judged.task, entry)
        with speaking(self.language):
            return pd.DataFrame(slice_rows(outcomes), columns=list(SLICE_COLUMNS))

    def predictions(self, *, task: str | None = None) -> pd.DataFrame:
        """Give what was predicted of the tested cases.

        Parameters
        ----------
        task : str, optional
            Needed where there are several.

        Returns
        -------
        DataFrame
            A row a tested case of a fold: ``fold``, ``case`` (its position in the data as they were
            read, rows left out not counted), ``outcome``, ``weight`` where cases have one, and
            P(yes) of each model and ensemble.
        """
        judged = self._judged(task)
        entries = [*_working(judged), *(one for one in judged.ensembles if one.predictions)]
        parts = [
            pd.DataFrame(
                {
                    "fold": fold.number,
                    "case": fold.test,
                    "outcome": judged.task.target[fold.test],
                    **_weights(judged.task, fold.test),
                    **{entry.name: entry.predictions[i].p for entry in entries},
                }
            )
            for i, fold in enumerate(judged.task.folds)
        ]
        return pd.concat(parts, ignore_index=True)

    def save(self, path: "str | Path", *, language: str | None = None) -> Path:
        """Write the report, one page that needs nothing else.

        Parameters
        ----------
        path : str or Path
            Ends in .html.
        language : str, optional
            Of the page; that of the result where left out.
        """
        path = Path(path)
        if path.suffix != ".html":
            raise RequestError(f"{path}: the report is a page; give it a name that ends in .html.")
        with speaking(self.language if language is None else language):
            page = render(summarise(spoken(self._kept)))
        write_atomically(path, page.encode("utf-8", "replace"))
        return path

    def train(
        self,
        path: "str | Path",
        model: str | None = None,
        *,
        task: str | None = None,
        plugins: "Sequence[str | Path]" = (),
    ) -> Predictor:
        """Fit a model or an ensemble on all cases, and write the file that ``train`` writes.

        The data are read again, from where the comparison read them: from a file that is still
        there, or a data set.

        Parameters
        ----------
        path : str or Path
            As in shop.intent; the model's card is written beside it.
        model : str, optional
            A name of ``table``; what is recommended, by default.
        task : str, optional
            Needed where there are several.
        plugins : sequence of str or Path
            Files of models and data sets of your own that took part.

        Returns
        -------
        Predictor
            What the file holds, as a scikit-learn classifier.

        Raises
        ------
        RequestError
            If nothing is recommended and no model is named, if it gave no predictions, if the data
            are not those that were judged, or the place cannot be written to.
        """
        judged = self._judged(task)
        advice = self.recommendation(judged.task.name)
        name = advice.name if model is None else model
        if name is None:
            raise RequestError(
                f"{advice.headline}  To train one all the same, name it with model=..."
            )
        path_of_data = source_of(self._kept.run, judged.task)[1].get("path", "")
        if path_of_data and not Path(path_of_data).exists():
            raise RequestError(
                f"the data are not at {path_of_data} any more; a data frame is kept nowhere.  "
                "Write it to a file, as by frame.to_parquet(...), compare that, and train then."
            )
        # Its sentences as they were made: the file keeps them for every language.
        kept = self._kept.tasks[self.tasks.index(judged.task.name)]
        ensembles = any(entry.name == name for entry in kept.ensembles)
        entry = named_entry(kept, name, ensembles=ensembles)
        models, datasets = registries_of(plugins)
        return write_trained(self._kept.run, kept, entry, models, datasets, Path(path))

    def _judged(self, task: str | None) -> TaskJudgement:
        if task is None and len(self.tasks) == 1:
            return self.judgement.tasks[0]
        if task not in self.tasks:
            raise RequestError(f"task={task!r}: one of {', '.join(self.tasks)} is needed.")
        return self.judgement.tasks[self.tasks.index(task)]

    def _entry(self, judged: TaskJudgement, model: str | None) -> Entry:
        entries = {
            entry.name: entry for entry in (*judged.models, *judged.ensembles) if entry.predictions
        }
        if not entries:
            raise RequestError("every model failed; there are no predictions.")
        if model is None:
            model = self.recommendation(judged.task.name).name or next(iter(entries))
        if model not in entries:
            raise RequestError(f"no model {model!r} worked.{did_you_mean(model, entries)}")
        return entries[model]

    def __repr__(self) -> str:
        lines = []
        for judged in self.judgement.tasks:
            advice = self.recommendation(judged.task.name)
            with speaking(self.language):
                said = _("{title}: {headline}  {reason}").format(
                    title=judged.task.card.title, headline=advice.headline, reason=advice.reason
                )
            table = self.table(task=judged.task.name).head(5)
            with pd.option_context("display.unicode.east_asian_width", True):
                shown = table[["title", "figure", "low", "high", "standing"]].to_string()
            lines += [said, shown]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        with speaking(self.language):
            pages = [
                task_page(f"task-{number}", judged)
                for number, judged in enumerate(self.judgement.tasks, start=1)
            ]
            decisions = render_decisions(pages)
        return (
            '<iframe style="width:100%;height:60rem;border:0" sandbox="" '
            f'srcdoc="{html.escape(decisions)}"></iframe>'
        )


def load(
    run: str = "latest", *, results: "str | Path" = "results", language: str | None = None
) -> Result:
    """Read a stored run, and judge it; nothing is fitted.

    Parameters
    ----------
    run : str, default="latest"
        Its name in the results folder.
    results : str or Path, default="results"
    language : str, optional
        As in ``compare``.

    Returns
    -------
    Result

    Raises
    ------
    StoreError
        If there is no such run, or it cannot be read.
    """
    store = Store(Path(results))
    language = of_locale(os.environ) if language is None else language
    return Result(judge(read_run(store, run)), store, language=language)


def _weights(task: TaskRecord, rows: np.ndarray) -> dict[str, np.ndarray]:
    weight = task.weight_of(rows)
    return {} if weight is None else {"weight": weight}


def _working(judged: TaskJudgement) -> list[Entry]:
    return [entry for entry in judged.models if entry.predictions]
