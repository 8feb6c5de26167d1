from dataclasses import replace

from intentbench.bench.data_checks.finding import Finding
from intentbench.reports.render import write_report
from intentbench.reports.sections.data_checks import findings_table, grave_sentence

GRAVE = Finding("copies", True, "9 <b>copies</b>", "Too high.", "Keep one.")
SLIGHT = Finding("drift", False, "they drift", "Look out.", "Look at calibration.")


def found(judgement, *findings):
    first, *others = judgement.tasks
    told = replace(first, task=replace(first.task, findings=findings))
    return replace(judgement, tasks=(told, *others))


def test_findings_become_lines_and_grave_ones_a_warning(judgement):
    task = found(judgement, GRAVE, SLIGHT).tasks[0].task
    rows = findings_table(task).rows
    assert [row.title for row in rows] == ["copies", "drift"]
    assert [cell.text for cell in rows[1].cells] == [SLIGHT.found, SLIGHT.means, SLIGHT.advice]
    assert rows[0].cells[0].below and not rows[1].cells[0].below
    assert grave_sentence(task) == "Do not believe these figures yet: 9 <b>copies</b>."


def test_nothing_found_is_said(judgement, tmp_path):
    task = judgement.tasks[0].task
    assert findings_table(task) is None and grave_sentence(task) == ""
    page = write_report(judgement, tmp_path).read_text(encoding="utf-8")
    assert "Nothing was found. Looked for: copies and near copies" in page
    assert "Do not believe" not in page


def test_slight_findings_do_not_warn(judgement):
    assert grave_sentence(found(judgement, SLIGHT).tasks[0].task) == ""


def test_the_page_shows_them_escaped(judgement, tmp_path):
    page = write_report(found(judgement, GRAVE, SLIGHT), tmp_path).read_text(encoding="utf-8")
    assert "Do not believe these figures yet: 9 &lt;b&gt;copies&lt;/b&gt;." in page
    assert "Found before any model ran" in page and "Look at calibration." in page
    assert "<b>copies" not in page
