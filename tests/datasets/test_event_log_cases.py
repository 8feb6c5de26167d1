"""Logs as people have them: a folder of cases beside the checkout, where it exists.

It is ``shared/cases``, or where ``$INTENTBENCH_CASES`` says.  Each case is run by the command that
its ``run.sh`` holds.
"""

import os
import shlex
from pathlib import Path

import pytest
from intentbench.cli.main import main

HERE = Path(__file__).resolve()
SHARED = Path(os.environ.get("INTENTBENCH_CASES", HERE.parents[3] / "shared" / "cases"))
MONTH = "1,575, 13.46% positive"
# case: of each `intentbench show` in its run.sh, words that must be said.
CASES = {
    "E02_mixpanel_export": [[MONTH]],
    "E03_event_name_case": [["'Purchase' (114 events), 'PURCHASE' (37 events)", "--target Purch"]],
    "E05_retried_messages": [["2,189 events repeat", "--event-id insert_id"], [MONTH]],
    "E07_identical_rows": [[MONTH, "1,688 rows equal", "whole minutes", "--identical once"]],
    "E08_space_before_zone": [[MONTH], [MONTH]],
    "E09_bot": [["1,576, 13.45% positive", "'crawler', has 60,000 events (84.4%)", "13.9 days"]],
    "E11_refunds": [["1,583, 13.39% positive"]],
    "E12_online_retail": [
        ["6,002, 17.53% positive", "1,370 with a negative 'Quantity'"],
        ["6,002, 18.63% positive"],
        ["--date-order dmy or --date-order mdy"],
    ],
    "E14_otto_nested": [[MONTH]],
    "E16_excel_log": [
        ["419, 14.08% positive", "31.12.2024"], ["419, 14.08% positive", "decimal comma"],
        ["419, 14.08% positive", "Windows-1252"],
    ],
}  # fmt: skip
# Further flags, and what they change.
CHOICES = {
    "E03_event_name_case": ("--target Purchase --target PURCHASE", MONTH),
    "E05_retried_messages": ("--event-id insert_id", MONTH),
    "E07_identical_rows": ("--identical once", "1,404, 13.03% positive"),
}
there = pytest.mark.skipif(not SHARED.is_dir(), reason="needs the folder of cases")


def shows(case):
    """The words of each ``intentbench show`` of a case."""
    lines = (SHARED / case / "run.sh").read_text("utf-8").splitlines()
    return [shlex.split(line)[1:] for line in lines if line.startswith("intentbench show ")]


def said(capsys, words):
    main(words)
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return out + err


@there
@pytest.mark.parametrize("case", CASES)
def test_a_log_is_read_or_the_user_is_told(case, monkeypatch, capsys):
    monkeypatch.chdir(SHARED / case)
    for words, expected in zip(shows(case), CASES[case], strict=True):
        told = said(capsys, words)
        for part in expected:
            assert part in told


@there
@pytest.mark.parametrize("case", CHOICES)
def test_the_flag_that_is_proposed_mends_it(case, monkeypatch, capsys):
    flags, expected = CHOICES[case]
    monkeypatch.chdir(SHARED / case)
    assert expected in said(capsys, [*shows(case)[0], *shlex.split(flags)])
