"""Result: what came of a comparison, as frames, as a page, and as a recommendation."""

import shutil
import weakref
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import pandas as pd

from ..bench.deploy.predictor import Predictor
from ..bench.errors import RequestError, did_you_mean
from ..bench.judge.judgement import Judgement
from ..bench.judge.policies import TOP_SHARES
from ..bench.language.sentence import spoken
from ..bench.language.speaking import ENGLISH, speaking
from ..bench.store.store import Store, write_atomically
from ..reports.charts.gains_chart import gains_figure
from ..reports.charts.worth_chart import worth_figure
from ..reports.picture import Picture, picture_of
from ..reports.recommendation import Recommendation, recommend
from ..reports.render import render
from ..reports.summary import summarise
from .choosing import task_of
from .result_frames import (
    comparison_frame,
    drivers_frame,
    gains_frame,
    predictions_frame,
    slices_frame,
)
from .showing import as_page, as_text
from .training import train_advised

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
        return comparison_frame(task_of(self.judgement, task), metric)

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
            return recommend(task_of(self.judgement, task))

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
        return gains_frame(task_of(self.judgement, task), model, shares)

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
            figure = _CHARTS[what](task_of(self.judgement, task))
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
        with speaking(self.language):
            return drivers_frame(task_of(self.judgement, task), model)

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
        with speaking(self.language):
            return slices_frame(task_of(self.judgement, task), model)

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
        return predictions_frame(task_of(self.judgement, task))

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
        # Its sentences as they were made: the file keeps them for every language.
        kept, advice = task_of(self._kept, task), self.recommendation(task)
        return train_advised(self._kept.run, kept, advice, model, plugins, Path(path))

    def __repr__(self) -> str:
        with speaking(self.language):
            return as_text(self.judgement)

    def _repr_html_(self) -> str:
        with speaking(self.language):
            return as_page(self.judgement)
