"""The card of a file of a model, as a page and as Markdown: what it is, and what it is not [1]_.

References
----------
.. [1] Mitchell et al. (2019), "Model cards for model reporting", FAT*.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..bench.deploy.columns import FeatureColumn
from ..bench.deploy.manifest import JudgedFigure, Manifest
from ..bench.judge.judgement import Score
from . import formats
from .elements import Table, plain_table
from .escape import escaped
from .render import filled
from .tables import markdown, markdown_escaped

_MOST_SAID = 8  # values of a category


@dataclass(frozen=True)
class CardSection:
    """A part of the card: a heading, sentences, and a table or none."""

    title: str
    sentences: tuple[str, ...]
    table: Table | None = None

    @property
    def key(self) -> str:
        """Its place on the page."""
        return self.title.lower().replace(" ", "-")


@dataclass(frozen=True)
class CardPage:
    """The page: its titles, and its parts."""

    title: str
    subtitle: str
    sections: tuple[CardSection, ...]


def model_card(manifest: Manifest, file: str) -> dict[str, str]:
    """Write the card of a file.

    Parameters
    ----------
    manifest : Manifest
    file : str
        Its name.

    Returns
    -------
    dict of str to str
        The text by the ending of its own file.
    """
    page = CardPage(
        manifest.model.title,
        f"{manifest.task.card.get('title', manifest.task.name)}: "
        f"{manifest.task.card.get('question', '')}",
        (
            _use(manifest, file),
            _judged(manifest),
            _decisions(manifest),
            _columns(manifest.columns),
            _cautions(manifest),
            _origin(manifest),
        ),
    )
    return {".card.md": _markdown(page), ".card.html": filled("model_card.html.j2", page)}


def judged_sentence(manifest: Manifest) -> str:
    """Say what was judged, and that it was not this file."""
    judged = manifest.judged
    if judged is None or not judged.figures:
        return "Not judged."
    figure = judged.figures[0]
    return _JUDGED.format(
        metric=figure.title,
        figure=formats.score(_score(figure)),
        interval=formats.interval(_score(figure)),
        fitted=formats.count(judged.n_fitted),
        cases=formats.count(manifest.task.n_cases),
    )


_JUDGED = (
    "Judged: {metric} {figure} ({interval}), fitted on fewer cases ({fitted} of {cases} at most); "
    "not judged again."
)


def _use(manifest: Manifest, file: str) -> CardSection:
    task = manifest.task
    command = f"intentbench predict {file} CASES -o scored.parquet"
    sentences = [
        f"It gives the probability of: {task.positive}",
        f"In Python: intentbench.bench.deploy.predictor.Predictor.load({file!r}); on the command "
        f"line: {command}",
        manifest.model.fitted,
        manifest.calibration,
    ]
    if manifest.model.members:
        heaviest = sorted(manifest.model.members.items(), key=lambda item: -item[1])
        told = ", ".join(f"{name} {weight:.3g}" for name, weight in heaviest)
        sentences.append(f"Members and their weights: {told}.")
    return CardSection("What it does", tuple(sentences))


def _judged(manifest: Manifest) -> CardSection:
    judged = manifest.judged
    if judged is None:
        return CardSection("What was judged", ("Not judged.",))
    lines = [
        (f"{figure.title} ({figure.metric})", *_figure_cells(figure)) for figure in judged.figures
    ]
    table = plain_table("Judged figures", ("Figure", "Value", "95 % interval"), lines)
    said = f"By run {judged.run} of suite {judged.suite}, on cases that its fits had not seen."
    return CardSection("What was judged", (judged_sentence(manifest), said), table)


def _decisions(manifest: Manifest) -> CardSection:
    lines = [
        (one.title, f"{one.threshold:.6g}", "yes" if one.rule == manifest.decides_by else "")
        for one in manifest.thresholds
    ]
    said = [
        "Thresholds were chosen on the tested predictions of the run, of fits to fewer cases; a "
        "case is decided yes where its probability is at least the threshold."
    ]
    if manifest.costs:
        told = ", ".join(f"{name} {value:g}" for name, value in manifest.costs.items())
        said.append(f"The suite says: {told}.")
    table = plain_table("Thresholds", ("Rule", "Threshold", "Used by predict"), lines)
    return CardSection("What it decides", tuple(said), table)


def _columns(columns: Sequence[FeatureColumn]) -> CardSection:
    lines = [
        (column.name, column.kind, _values(column), formats.count(column.n_missing))
        for column in columns
    ]
    if not lines:
        return CardSection("What it reads", ("It reads events only.",))
    said = "New cases must have these columns, in any order; others are an error."
    table = plain_table("Columns", ("Column", "Kind", "Values", "Missing when fitted"), lines)
    return CardSection("What it reads", (said,), table)


def _cautions(manifest: Manifest) -> CardSection:
    card = manifest.task.card
    sentences = [*map(str, card.get("caveats", ())), *manifest.notes]
    if card.get("real") is False:
        sentences.insert(0, "The cases are simulated.")
    if leaks := card.get("suspected_leaks"):
        sentences.append(f"Columns suspected to know the outcome: {', '.join(map(str, leaks))}.")
    sentences += [f"Takes no part: {why}" for why in manifest.model.left_out]
    sentences.append(
        "What is said here holds for cases like those that were judged; nothing here can see "
        "whether what the columns mean has moved since."
    )
    return CardSection("What to know", tuple(sentences))


def _origin(manifest: Manifest) -> CardSection:
    task, judged = manifest.task, manifest.judged
    facts = [
        ("Source", str(task.card.get("source", ""))),
        ("Licence", str(task.card.get("licence", ""))),
        ("Cases", f"{formats.count(task.n_cases)}, {formats.share(task.base_rate)} positive"),
        ("SHA-256 of the cases", task.fingerprint),
        ("SHA-256 of the folds", ", ".join(judged.split_fingerprints) if judged else ""),
        ("Seed", str(manifest.model.seed)),
        ("Settings", ", ".join(f"{k}={v}" for k, v in manifest.model.params.items())),
        ("Made", manifest.made_at),
        ("Made with", ", ".join(f"{name} {of}" for name, of in manifest.made_with.items())),
    ]
    table = plain_table("Origin", ("What", "Which"), [fact for fact in facts if fact[1]])
    return CardSection("Where it comes from", (), table)


def _score(figure: JudgedFigure) -> Score:
    nan = float("nan")
    low, high = (nan if end is None else end for end in (figure.low, figure.high))
    return Score(figure.value, low, high)


def _figure_cells(figure: JudgedFigure) -> tuple[str, str]:
    if figure.low is None or figure.high is None:
        return f"{figure.value:.3g}", ""
    return formats.score(_score(figure)), formats.interval(_score(figure))


def _values(column: FeatureColumn) -> str:
    if column.kind == "number":
        return "" if column.low is None else f"{column.low:g} to {column.high:g}"
    if column.kind == "boolean":
        return "true, false"
    if column.categories is None:
        return "too many to list"
    more = len(column.categories) - _MOST_SAID
    told = ", ".join(column.categories[:_MOST_SAID])
    return f"{told} and {more:,} more" if more > 0 else told


def _markdown(page: CardPage) -> str:
    lines = [f"# {markdown_escaped(page.title)}", "", markdown_escaped(page.subtitle), ""]
    for section in page.sections:
        lines += [f"## {section.title}", ""]
        lines += [f"- {markdown_escaped(sentence)}" for sentence in section.sentences]
        if section.table is not None:
            heads = [section.table.corner, *(column.title for column in section.table.columns)]
            rows = [[row.title, *(cell.text for cell in row.cells)] for row in section.table.rows]
            lines += ["", markdown(heads, rows)] if section.sentences else [markdown(heads, rows)]
        lines.append("")
    return escaped("\n".join(lines))
