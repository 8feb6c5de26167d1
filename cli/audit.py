"""``intentbench audit FILE``: find printed figures that cannot be true."""

import argparse
import textwrap
from collections.abc import Sequence

from ..bench.audit.claims import Claim
from ..bench.audit.reading import read_claims
from ..bench.audit.readings import check
from ..bench.audit.verdict import Verdict
from ..bench.errors import EXIT_CELLS_FAILED, EXIT_DONE
from ..reports.aligned import padded, width
from .output import say
from .shared import run_by_hand

_WIDTH = 100
_MARGIN = "  "


def audit_command(given: argparse.Namespace) -> int:
    """Check the claims of a file and print the verdicts."""
    audited = audit(read_claims(given.file))
    say("\n".join(audit_lines(audited)))
    possible = all(verdict.possible for _, verdict in audited)
    return EXIT_DONE if possible else EXIT_CELLS_FAILED


def audit(claims: Sequence[Claim]) -> list[tuple[Claim, Verdict]]:
    """Check each claim by itself; see ``readings.check``."""
    return [(claim, check(claim)) for claim in claims]


def audit_lines(audited: Sequence[tuple[Claim, Verdict]]) -> list[str]:
    """Tabulate the verdicts, a claim a row, with the reasons and notes below each."""
    places = max((width(claim.name) for claim, _ in audited), default=0)
    lines = []
    for claim, verdict in audited:
        said = "can be true" if verdict.possible else "CANNOT BE TRUE"
        said = "only averaged" if verdict.possible_as else said
        figures = ", ".join([*(figure.said for figure in claim.figures.values()), *_counts(claim)])
        lines.append(f"{padded(claim.name, places)}  {said:<14}  {figures}")
        for text in (_why(claim, verdict), _found(claim, verdict), *verdict.notes):
            lines += _indented(text)
    n_averaged = sum(bool(verdict.possible_as) for _, verdict in audited)
    n_wrong = sum(not verdict.possible for _, verdict in audited)
    counted = f"claims: {len(audited)}; only averaged: {n_averaged}; cannot be true: {n_wrong}"
    return [*lines, "", counted]


def _why(claim: Claim, verdict: Verdict) -> str:
    """Say why, and as what figures are possible that are not so as they stand."""
    if not verdict.possible_as:
        return verdict.why
    keys = {"average": claim.average, "folds": claim.folds}
    unsaid = " and ".join(f"`{key}`" for key, said in keys.items() if said is None)
    return f"{verdict.why}; possible as {_either(verdict.possible_as)}.  Say which it is: {unsaid}"


def _either(names: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _counts(claim: Claim) -> list[str]:
    counts = {"n": claim.n, "positives": claim.positives}
    said = [f"{name} = {count}" for name, count in counts.items() if count is not None]
    said += [f"{claim.average} average"] if claim.average not in (None, "binary") else []
    return said + ([f"mean over {claim.folds} folds"] if (claim.folds or 1) > 1 else [])


def _found(claim: Claim, verdict: Verdict) -> str:
    """Say what was found of a claim that can be true."""
    if not verdict.possible or verdict.possible_as:
        return ""
    if (claim.folds or 1) > 1:
        return "means over folds contradict nothing that holds for means; they are not proved"
    if claim.average not in (None, "binary"):
        return "nothing contradicts these averages; they are not proved"
    if verdict.example is None:
        return "some shares give these figures" if claim.n is None else ""
    matrix = verdict.example
    many = f"{verdict.matrices:,}".replace(",", " ")
    many = many if verdict.complete else f"at least {many}"
    return (
        f"{many} confusion {'matrix gives' if many == '1' else 'matrices give'} these figures, "
        f"such as TP {matrix.tp}, FP {matrix.fp}, TN {matrix.tn}, FN {matrix.fn}"
    )


def _indented(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=_MARGIN, subsequent_indent=_MARGIN)


if __name__ == "__main__":
    run_by_hand(__file__)
