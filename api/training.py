"""The chosen entry of a judged run as a file, for the command ``train`` and ``Result.train``."""

from collections.abc import Sequence
from pathlib import Path

from ..bench.deploy.predictor import Predictor
from ..bench.deploy.whole_file import whole_file
from ..bench.errors import RequestError
from ..bench.judge.judgement import Entry, TaskJudgement
from ..bench.language.sentence import spoken
from ..bench.plugins.by_kind import registries
from ..bench.plugins.registry import Registry
from ..bench.store.records import RunRecord
from ..bench.train.source import source_of
from ..bench.train.train import named_entry, train
from ..reports.model_card import model_card
from ..reports.recommendation import Recommendation


def write_trained(
    run: RunRecord,
    judged: TaskJudgement,
    entry: Entry,
    models: Registry,
    datasets: Registry,
    path: Path,
) -> Predictor:
    """Fit an entry on all cases of its task, and write its file and its card.

    Parameters
    ----------
    run : RunRecord
    judged : TaskJudgement
        Of this run.
    entry : Entry
        Of this judgement; one that worked.
    models, datasets : Registry
    path : Path
        The card stands beside it, as ``.card.md`` and ``.card.html``.

    Raises
    ------
    RequestError
        If the data are not those that were judged, or the place cannot be written to.
    """
    predictor = train(run, judged, entry, models, datasets)
    predictor.save(path)
    for ending, text in model_card(spoken(predictor.manifest), path.name).items():
        with whole_file(path.with_suffix(ending)) as part:
            part.write_text(text, encoding="utf-8")
    return predictor


def train_advised(
    run: RunRecord,
    judged: TaskJudgement,
    advice: Recommendation,
    model: str | None,
    plugins: Sequence[str | Path],
    path: Path,
) -> Predictor:
    """Write what is named, or what is recommended where nothing is.

    Parameters
    ----------
    run : RunRecord
    judged : TaskJudgement
        Of this run.
    advice : Recommendation
        Of this task.
    model : str or None
        Of a model or an ensemble.
    plugins : sequence of str or Path
        Files of models and data sets that took part.
    path : Path
        As for ``write_trained``.

    Raises
    ------
    RequestError
        If nothing is recommended and nothing named, if it gave no predictions, if the data are gone
        or others, or the place cannot be written to.
    """
    name = advice.name if model is None else model
    if name is None:
        raise RequestError(f"{advice.headline}  To train one all the same, name it with model=...")
    path_of_data = source_of(run, judged.task)[1].get("path", "")
    if path_of_data and not Path(path_of_data).exists():
        raise RequestError(
            f"the data are not at {path_of_data} any more; a data frame is kept nowhere.  "
            "Write it to a file, as by frame.to_parquet(...), compare that, and train then."
        )
    ensembles = any(entry.name == name for entry in judged.ensembles)
    entry = named_entry(judged, name, ensembles=ensembles)
    known = registries([Path(file) for file in plugins])
    return write_trained(run, judged, entry, known.models, known.datasets, path)
