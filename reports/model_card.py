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
from ..bench.language.speaking import _, marked
from . import formats
from .elements import Table, plain_table
from .escape import escaped
from .lists import joined
from .render import filled
from .tables import markdown, markdown_escaped

_MOST_SAID = 8  # values of a category


@dataclass(frozen=True)
class CardSection:
    """A part of the card: its place on the page, a heading, sentences, and a table or none."""

    key: str
    title: str
    sentences: tuple[str, ...]
    table: Table | None = None


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
        _("{title}: {question}").format(
            title=manifest.task.card.get("title", manifest.task.name),
            question=manifest.task.card.get("question", ""),
        ),
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
        return _("Not judged.")
    figure = judged.figures[0]
    return _(_JUDGED).format(
        metric=figure.title,
        figure=formats.score(_score(figure)),
        interval=formats.interval(_score(figure)),
        fitted=formats.count(judged.n_fitted),
        cases=formats.count(manifest.task.n_cases),
    )


_JUDGED = marked(
    "Judged: {metric} {figure} ({interval}), fitted on fewer cases ({fitted} of {cases} at most); "
    "not judged again."
)


def _use(manifest: Manifest, file: str) -> CardSection:
    task = manifest.task
    command = f"intentbench predict {file} CASES -o scored.parquet"
    python = f"intentbench.bench.deploy.predictor.Predictor.load({file!r})"
    sentences = [
        _("It gives the probability of: {positive}").format(positive=task.positive),
        _("In Python: {python}; on the command line: {command}").format(
            python=python, command=command
        ),
        manifest.model.fitted,
        manifest.calibration,
    ]
    if manifest.model.members:
        heaviest = sorted(manifest.model.members.items(), key=lambda item: -item[1])
        told = joined(f"{name} {weight:.3g}" for name, weight in heaviest)
        sentences.append(_("Members and their weights: {members}.").format(members=told))
    return CardSection("what-it-does", _("What it does"), tuple(sentences))


def _judged(manifest: Manifest) -> CardSection:
    judged, title = manifest.judged, _("What was judged")
    if judged is None:
        return CardSection("what-was-judged", title, (_("Not judged."),))
    lines = [
        (f"{_(figure.title)} ({figure.metric})", *_figure_cells(figure))
        for figure in judged.figures
    ]
    headings = (_("Figure"), _("Value"), _("95 % interval"))
    table = plain_table(_("Judged figures"), headings, lines)
    said = _("By run {run} of suite {suite}, on cases that its fits had not seen.").format(
        run=judged.run, suite=judged.suite
    )
    return CardSection("what-was-judged", title, (judged_sentence(manifest), said), table)


def _decisions(manifest: Manifest) -> CardSection:
    lines = [
        (one.title, f"{one.threshold:.6g}", _("yes") if one.rule == manifest.decides_by else "")
        for one in manifest.thresholds
    ]
    said = [
        _(
            "Thresholds were chosen on the tested predictions of the run, of fits to fewer cases; "
            "a case is decided yes where its probability is at least the threshold."
        )
    ]
    if manifest.costs:
        told = joined(f"{name} {value:g}" for name, value in manifest.costs.items())
        said.append(_("The suite says: {costs}.").format(costs=told))
    headings = (_("Rule"), _("Threshold"), _("Used by predict"))
    table = plain_table(_("Thresholds"), headings, lines)
    return CardSection("what-it-decides", _("What it decides"), tuple(said), table)


def _columns(columns: Sequence[FeatureColumn]) -> CardSection:
    key, title = "what-it-reads", _("What it reads")
    lines = [
        (
            column.name,
            _(_KINDS.get(column.kind, column.kind)),
            _values(column),
            formats.count(column.n_missing),
        )
        for column in columns
    ]
    if not lines:
        return CardSection(key, title, (_("It reads events only."),))
    said = _("New cases must have these columns, in any order; others are an error.")
    headings = (_("Column"), _("Kind"), _("Values"), _("Missing when fitted"))
    return CardSection(key, title, (said,), plain_table(_("Columns"), headings, lines))


_KINDS = {
    "number": marked("number"),
    "boolean": marked("boolean"),
    "category": marked("category"),
    "text": marked("text"),
    "vector": marked("vector"),
}


def _cautions(manifest: Manifest) -> CardSection:
    card = manifest.task.card
    sentences = [*map(str, card.get("caveats", ())), *manifest.notes]
    if card.get("real") is False:
        sentences.insert(0, _("The cases are simulated."))
    if leaks := card.get("suspected_leaks"):
        sentences.append(
            _("Columns suspected to know the outcome: {columns}.").format(
                columns=joined(map(str, leaks))
            )
        )
    sentences += [_("Takes no part: {why}").format(why=why) for why in manifest.model.left_out]
    sentences.append(
        _(
            "What is said here holds for cases like those that were judged; nothing here can see "
            "whether what the columns mean has moved since."
        )
    )
    return CardSection("what-to-know", _("What to know"), tuple(sentences))


def _origin(manifest: Manifest) -> CardSection:
    task, judged = manifest.task, manifest.judged
    n_cases = _("{cases}, {rate} positive").format(
        cases=formats.count(task.n_cases), rate=formats.share(task.base_rate)
    )
    facts = [
        (_("Source"), str(task.card.get("source", ""))),
        (_("Licence"), str(task.card.get("licence", ""))),
        (_("Cases"), n_cases),
        (_("SHA-256 of the cases"), task.fingerprint),
        (_("SHA-256 of the folds"), joined(judged.split_fingerprints) if judged else ""),
        (_("Seed"), str(manifest.model.seed)),
        (_("Settings"), ", ".join(f"{k}={v}" for k, v in manifest.model.params.items())),
        (_("Made"), manifest.made_at),
        (_("Made with"), joined(f"{name} {of}" for name, of in manifest.made_with.items())),
    ]
    lines = [fact for fact in facts if fact[1]]
    table = plain_table(_("Origin"), (_("What"), _("Which")), lines)
    return CardSection("where-it-comes-from", _("Where it comes from"), (), table)


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
        if column.low is None:
            return ""
        return _("{low} to {high}").format(low=f"{column.low:g}", high=f"{column.high:g}")
    if column.kind == "boolean":
        return "true, false"
    if column.kind in ("text", "vector"):
        return "" if column.kind == "text" else column.dtype
    if column.categories is None:
        return _("too many to list")
    more = len(column.categories) - _MOST_SAID
    told = joined(column.categories[:_MOST_SAID])
    return _("{names} and {n} more").format(names=told, n=f"{more:,}") if more > 0 else told


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
