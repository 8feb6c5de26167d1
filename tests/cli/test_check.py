import pytest
from intentbench.bench.conformance.model_checks import ADVICE, CHECKS, describe
from intentbench.bench.errors import RequestError
from intentbench.cli import check
from intentbench.cli.check import report_on


def test_good_plugin_passes_line_by_line(plugins, capsys):
    assert report_on(plugins / "steady.py") == 0
    said = capsys.readouterr().out
    for each in CHECKS:
        assert f"ok     {describe(each)}" in said
    assert "(does not apply: reads no events)" in said
    assert f"steady: {len(CHECKS)} of {len(CHECKS)} checks passed" in said
    assert str(plugins / "steady.py") in said.splitlines()[-1]


def test_fault_is_told_in_the_authors_terms(plugins, capsys):
    assert report_on(plugins / "swaps_columns.py") == 1
    said = capsys.readouterr().out
    assert "are the columns P(no), P(yes) swapped" in said
    assert f"{len(CHECKS) - 2} of {len(CHECKS)} checks passed" in said


def test_faults_come_with_the_line_and_the_traceback(plugins, capsys):
    assert report_on(plugins / "fails_at_fit.py") == 1
    said = capsys.readouterr()
    assert "ValueError: the moon is in the wrong house (fails_at_fit.py, line" in said.out
    assert "Traceback" in said.err and "Traceback" not in said.out


def test_plugin_that_cannot_be_imported_says_so_once(plugins, capsys):
    assert report_on(plugins / "fails_at_import.py") == 1
    said = capsys.readouterr().out
    assert said.count("pip install no_such_library") == 1
    assert said.count("the same again") == len(CHECKS) - 1


def test_plugin_that_hangs_is_stopped_and_costs_one_limit(plugins, capsys, hanging_is_short):
    assert report_on(plugins / "hangs.py") == 1
    said = capsys.readouterr().out
    assert said.count("timed out: took longer than the limit of 0.5 s") == 1
    assert "The checks after this one were not run" in said
    assert f"hangs: 2 of {len(CHECKS)} checks passed" in said


def test_plugin_that_kills_its_process_is_reported(plugins, capsys, monkeypatch):
    # Each check after the first fit takes a new process; two of them show what is said.
    monkeypatch.setattr(check, "CHECKS", CHECKS[:4])
    assert report_on(plugins / "kills_itself.py") == 1
    said = capsys.readouterr().out
    assert "crashed: its process was ended by signal 9 (SIGKILL)" in said


def test_model_of_the_house_is_checked_by_name_or_by_file(capsys):
    file = check.Registry("model").find("base_rate").path
    for plugin in ("base_rate", file):
        assert report_on(plugin) == 0
        assert "(does not apply: a baseline learns nothing)" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["base_rat", "no_such_file.py"])
def test_plugin_that_is_not_there_is_a_wrong_request(tmp_path, name):
    with pytest.raises(RequestError):
        report_on(tmp_path / name if name.endswith(".py") else name)


def test_model_that_cannot_be_saved_is_told_and_passes(plugins, capsys):
    assert report_on(plugins / "keeps_a_closure.py") == 0
    said = capsys.readouterr().out
    assert f"note   {describe(ADVICE[0])}\n       It does not: cannot be saved: " in said
    assert "<lambda>" in said and "WRONG" not in said
    assert f"{len(CHECKS)} of {len(CHECKS)} checks passed" in said
