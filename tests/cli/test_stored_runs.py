"""What commands make of results that were changed, copied, or are still as they were."""

import json
import shutil
import signal

import pytest
from intentbench.cli.main import main

SUITE = """
title = "Toy"
tasks = ["toy_shop"]
models = ["steady"]
[resampling]
folds = 2
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The results of a run with its report; not to be changed."""
    folder = tmp_path_factory.mktemp("stored")
    (folder / "toy.toml").write_text(SUITE, encoding="utf-8")
    assert run(folder) == 0
    return folder


@pytest.fixture
def copy(results, tmp_path, monkeypatch):
    """A copy of them, as the folder in which commands are given."""
    shutil.copytree(results, tmp_path, symlinks=True, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(folder):
    plugins = [__file__.rpartition("/cli/")[0] + f"/plugins/{name}.py" for name in
               ("steady", "toy_shop")]  # fmt: skip
    words = [word for file in plugins for word in ("--plugin", file)]
    before = signal.getsignal(signal.SIGTERM)
    code = main(["run", str(folder / "toy.toml"), "--results", str(folder / "results"), *words])
    signal.signal(signal.SIGTERM, before)
    return code


def ids(folder):
    return sorted(path.name for path in (folder / "results" / "runs").glob("2*"))


def latest(folder):
    return (folder / "results" / "runs" / "latest").resolve()


def test_same_run_again_judges_nothing_and_ends_as_before(copy, capsys, monkeypatch):
    def judged(*args):
        raise AssertionError("it was judged again")

    monkeypatch.setattr("intentbench.bench.judge.judge.judge", judged)
    (name,) = ids(copy)
    assert run(copy) == 0
    out, err = capsys.readouterr()
    assert out == f"{copy}/results/runs/{name}/report.html\n"
    assert f"Nothing has changed since run {name}: its report stands." in err
    assert ids(copy) == [name]


def test_changed_report_is_told_and_written_anew_and_then_stands(copy, capsys):
    page = latest(copy) / "report.html"
    before = page.read_bytes()
    page.write_bytes(before.replace(b"0.", b"1."))
    assert main(["report"]) == 0
    assert (
        "changed after it was written: report.html.  Report and tables" in capsys.readouterr().err
    )
    assert page.read_bytes() == before
    assert run(copy) == 0
    assert "its report stands" in capsys.readouterr().err


def test_run_with_a_changed_table_is_made_anew(copy, capsys):
    (latest(copy) / "tables" / "figures.csv").write_text("task\n", encoding="utf-8")
    assert run(copy) == 0
    assert len(ids(copy)) == 2 and "report stands" not in capsys.readouterr().err


def test_compare_tells_what_was_changed_and_is_sealed_itself(copy, capsys):
    (latest(copy) / "tables" / "figures.csv").unlink()
    assert main(["compare", "latest", "latest"]) == 0
    err = capsys.readouterr().err
    assert "changed after it was written: tables/figures.csv.  What is compared are the" in err
    (compared,) = latest(copy).glob("compared-with-*.md")
    compared.write_text("better!", encoding="utf-8")
    assert main(["compare", "latest", "latest"]) == 0
    assert f"tables/figures.csv, {compared.name}.  What is" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["report"], ["compare", "latest", "latest"]])
@pytest.mark.parametrize("name", ["manifest.json", "cells.json", "cases.parquet", "seal.json"])
def test_what_figures_rest_on_is_refused_with_its_name(copy, capsys, command, name):
    path = latest(copy) / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert main(command) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("error: ") and "Traceback" not in err
    assert name in err and "Run the suite again" in err


def test_swapped_cells_are_refused_and_computed_again(copy, capsys):
    one, two, *_ = (copy / "results" / "cells").glob("*/*")
    one.rename(copy / "kept")
    two.rename(one)
    (copy / "kept").rename(two)
    assert main(["report"]) == 2
    assert "it was put there.  Run the suite again" in capsys.readouterr().err
    assert run(copy) == 0
    err = capsys.readouterr().err
    assert err.count("damaged: ") == 2 and "2 cells to compute" in err
    assert main(["report"]) == 0


def test_results_that_were_copied_without_links_are_as_good(copy, capsys):
    shutil.copytree(copy / "results", copy / "copied")  # links become what they lead to
    shutil.rmtree(copy / "results")
    (copy / "copied").rename(copy / "results")
    assert (copy / "results" / "runs" / "latest" / "seal.json").is_file()
    assert main(["report"]) == 0
    assert capsys.readouterr().out == f"results/runs/{ids(copy)[0]}/report.html\n"
    assert run(copy) == 0
    assert "its report stands" in capsys.readouterr().err
    (copy / "results" / "runs" / ids(copy)[0] / "report.html").unlink()
    assert run(copy) == 0
    assert (copy / "results" / "runs" / "latest").is_symlink() and len(ids(copy)) == 2


def test_cell_of_a_later_version_ends_the_run_before_it_is_lost(copy, capsys, monkeypatch):
    path = next((copy / "results" / "cells").glob("*/*/cell.json"))
    from intentbench.bench.store import sealed_json

    facts, _ = sealed_json.unsealed(path)
    with monkeypatch.context() as later:
        later.setattr(sealed_json, "FORMAT", sealed_json.FORMAT + 1)
        later.setattr(sealed_json, "_version", lambda: "7.3")
        path.write_bytes(sealed_json.sealed(facts))
    kept = path.read_bytes()
    assert run(copy) == 2
    assert "Use version 7.3 or a later one" in capsys.readouterr().err
    assert path.read_bytes() == kept and json.loads(kept)["format"] > sealed_json.FORMAT


def printer(folder, monkeypatch, content="%PDF-1"):
    """Put a program into a folder that prints so much, whatever the page."""
    path = folder / "chromium"
    words = f'for w in "$@"; do case $w in --print*) printf %s {content} > "${{w#*=}}";; esac; done'
    path.write_text(f"#!/bin/sh\n{words}\n", encoding="utf-8")
    path.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(path))


def test_report_is_printed_beside_itself_and_sealed_and_gone_with_the_next(
    copy, capsys, monkeypatch
):
    printer(copy, monkeypatch)
    assert main(["report", "--pdf"]) == 0
    pdf = latest(copy) / "report.pdf"
    assert pdf.read_bytes() == b"%PDF-1"
    assert run(copy) == 0 and "its report stands" in capsys.readouterr().err
    pdf.write_bytes(b"%PDF-2")
    assert main(["report"]) == 0
    assert "changed after it was written: report.pdf" in capsys.readouterr().err
    assert not pdf.exists()


def test_printing_that_fails_leaves_the_report_and_says_so(copy, capsys, monkeypatch):
    printer(copy, monkeypatch, "nothing")
    assert main(["report", "--pdf"]) == 2
    out, err = capsys.readouterr()
    assert out.endswith("report.html\n") and "did not print it: it ended with 0" in err
    assert run(copy) == 0 and "its report stands" in capsys.readouterr().err


def test_printer_is_looked_for_before_anything_is_computed(copy, capsys, monkeypatch):
    monkeypatch.setenv("CHROMIUM", "nowhere")
    assert main(["run", "smoke", "--pdf"]) == 2
    assert "CHROMIUM names nowhere" in capsys.readouterr().err
