"""Are the data fit to be judged?  What was found before any model ran."""

from ...bench.judge.judgement import TaskJudgement
from ...bench.language.speaking import _, marked
from ...bench.store.records import TaskRecord
from .. import formats
from ..blocks import Section, note
from ..counted import findings
from ..elements import Cell, Table, plain_table
from ..lists import following, parted

_LOOKED_FOR = marked(
    "Looked for: copies and near copies across train and test, cases that contradict each other, "
    "columns that alone decide, that name cases or never vary, groups or times on both sides of a "
    "split, train and test cases that can be told apart, too few cases of the rarer outcome."
)


def section(judged: TaskJudgement) -> Section:
    """Show what was found, or what was looked for."""
    found = findings_table(judged.task)
    nothing = note(following((_("Nothing was found."), _(_LOOKED_FOR))))
    title = _("Are the data fit to be judged?")
    return Section("checks", title, (found or nothing,), _finding(judged.task))


def _finding(task: TaskRecord) -> str:
    if not task.findings:
        return _("nothing was found")
    n_grave = sum(finding.grave for finding in task.findings)
    said = findings(len(task.findings))
    if not n_grave:
        return said
    return _("{findings}, {n_grave} of them grave").format(
        findings=said, n_grave=formats.count(n_grave)
    )


def findings_table(task: TaskRecord) -> Table | None:
    """Tabulate the findings, the grave ones first; None where there are none."""
    if not task.findings:
        return None
    lines = [
        (
            _(finding.check),
            Cell(finding.found, _("to be mended before the figures are believed"))
            if finding.grave
            else finding.found,
            finding.means,
            finding.advice,
        )
        for finding in task.findings
    ]
    headings = (
        _("Check"),
        _("What was found"),
        _("What it means for the numbers"),
        _("What to do"),
    )
    return plain_table(
        _("Found before any model ran"), headings, lines, _(_LOOKED_FOR), style="words"
    )


def grave_sentence(task: TaskRecord) -> str:
    """Warn of grave findings beside the answer; empty where there are none."""
    grave = [finding.found for finding in task.findings if finding.grave]
    if not grave:
        return ""
    return _("Do not believe these figures yet: {found}.").format(found=parted(grave))
