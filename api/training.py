"""The chosen entry of a judged run as a file, for the command ``train`` and ``Result.train``."""

from collections.abc import Sequence
from pathlib import Path

from ..bench.deploy.predictor import Predictor
from ..bench.deploy.whole_file import whole_file
from ..bench.judge.judgement import Entry, TaskJudgement
from ..bench.language.sentence import spoken
from ..bench.plugins.outline import kind_of_file
from ..bench.plugins.registry import Registry
from ..bench.store.records import RunRecord
from ..bench.train.train import train
from ..reports.model_card import model_card


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


def registries_of(plugins: Sequence[str | Path]) -> tuple[Registry, Registry]:
    """Give the registries of models and of data sets, with the files given among them."""
    kinds = {Path(file): kind_of_file(Path(file)) for file in plugins}
    models, datasets = (
        Registry(kind, [file for file, of in kinds.items() if of == kind])
        for kind in ("model", "dataset")
    )
    return models, datasets
