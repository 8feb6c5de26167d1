"""Are the data fit to be judged?  What was found before any model ran."""

from ...bench.judge.judgement import TaskJudgement
from ...bench.store.records import TaskRecord
from .. import formats
from ..blocks import Section, note
from ..elements import Cell, Table, plain_table

_LOOKED_FOR = (
    "copies and near copies across train and test, cases that contradict each other, columns that "
    "alone decide, that name cases or never vary, groups or times on both sides of a split, train "
    "and test cases that can be told apart, too few cases of the rarer outcome"
)


def section(judged: TaskJudgement) -> Section:
    """Show what was found, or what was looked for."""
    found = findings_table(judged.task)
    nothing = note(f"Nothing was found. Looked for: {_LOOKED_FOR}.")
    return Section(
        "checks", "Are the data fit to be judged?", (found or nothing,), _finding(judged.task)
    )


def _finding(task: TaskRecord) -> str:
    if not task.findings:
        return "nothing was found"
    n_grave = sum(finding.grave for finding in task.findings)
    said = formats.count(len(task.findings), "finding")
    return f"{said}, {formats.count(n_grave)} of them grave" if n_grave else said


def findings_table(task: TaskRecord) -> Table | None:
    """Tabulate the findings, the grave ones first; None where there are none."""
    if not task.findings:
        return None
    lines = [
        (
            finding.check,
            Cell(finding.found, "to be mended before the figures are believed")
            if finding.grave
            else finding.found,
            finding.means,
            finding.advice,
        )
        for finding in task.findings
    ]
    return plain_table(
        "Found before any model ran",
        ("Check", "Found", "What it means for the numbers", "What to do"),
        lines,
        f"Looked for: {_LOOKED_FOR}.",
        style="words",
    )


def grave_sentence(task: TaskRecord) -> str:
    """Warn of grave findings beside the answer; empty where there are none."""
    grave = [finding.found for finding in task.findings if finding.grave]
    if not grave:
        return ""
    return f"Do not believe these figures yet: {'; '.join(grave)}."
