"""Runs in a pseudo-terminal: what a reader sees while they go on, at their end, after Ctrl-C."""

import re
import sys
from pathlib import Path

import pytest
from intentbench.reports.aligned import width

SCRIPT = Path(sys.executable).with_name("intentbench")
PLUGINS = Path(__file__).parents[1] / "plugins"
SUITE = """
title = "Toy"
tasks = ["toy_shop"]
models = ["decision_tree", "{model}"]
[resampling]
folds = 2
"""


def words(folder, model="unhurried"):
    (folder / "toy.toml").write_text(SUITE.format(model=model), encoding="utf-8")
    plugins = [
        word for name in ("toy_shop", model) for word in ("--plugin", PLUGINS / f"{name}.py")
    ]
    results = folder / "results"
    return [SCRIPT, "run", folder / "toy.toml", "--results", results, "--jobs", "1", *plugins]


@pytest.fixture(scope="module")
def run(tmp_path_factory, in_terminal):
    """A run in a terminal of 80 places, that has ended."""
    run = in_terminal(words(tmp_path_factory.mktemp("run")))
    assert run.end() == 0
    return run


@pytest.fixture(scope="module")
def tables(run, screens):
    """The table as it was seen, from its heading on."""
    found = []
    for lines in screens(run):
        headings = [i for i, line in enumerate(lines) if "preliminary" in line]
        if headings and any("cells, about" in line for line in lines[headings[-1] :]):
            found.append(lines[headings[-1] :])
    return found


def test_table_fills_as_cells_are_done_the_cheap_models_first(tables):
    models = [re.findall("Base rate|Decision tree|Unhurried", "\n".join(lines)) for lines in tables]
    assert max(models, key=len) == ["Base rate", "Unhurried", "Decision tree"]
    assert [len(names) for names in models] == sorted(len(names) for names in models)
    assert tables[0][1].split() == ["Model", "toy_shop"]


def test_time_left_counts_judging(tables):
    assert all(any("left, judging included" in line for line in lines) for lines in tables)


def test_nothing_that_moved_is_left_at_the_end(run):
    lines = run.screen.text
    assert not any(re.search("preliminary|━|judging", line) for line in lines)
    assert run.screen.shows_cursor


def test_end_shows_the_models_the_base_rate_the_path_and_what_next(run):
    lines = run.screen.text
    at = lines.index("Toy shop (toy_shop)")
    assert lines[at + 1].split() == ["Model", "ROC", "AUC", "(95", "%)", "Standing", "Fit"]
    assert sorted(line.split("  ")[0] for line in lines[at + 2 : at + 5]) == [
        "Base rate", "Decision tree", "Unhurried"
    ]  # fmt: skip
    said = " ".join(lines[at + 5 :])
    assert "of the tested cases are positive: always “no”" in said
    # A path may be longer than a line.
    assert re.search(r"runs/\S+-toy/report\.html", "".join(lines[at + 5 :]))
    assert re.search(r"Next: (xdg-)?open .*/report\.html$", said.strip())


def test_same_run_again_ends_in_the_same_way(run, in_terminal):
    again = in_terminal(run.process.args)
    assert again.end() == 0
    first, second = run.screen.text, again.screen.text
    assert any("its report stands" in line for line in second)
    at = first.index("Toy shop (toy_shop)")
    assert second[second.index("Toy shop (toy_shop)") :] == first[at:]


def test_narrow_terminal_without_colours_breaks_no_line_of_what_moves(
    tmp_path, in_terminal, screens
):
    run = in_terminal(words(tmp_path), places=40, height=12, NO_COLOR="1")
    assert run.end() == 0
    assert not re.search(r"\x1b\[[0-9;]*?(?:3[0-9]|4[0-9]|9[0-7])(?:;[0-9;]*)?m", run.written)
    moving = [
        line
        for lines in screens(run)
        for line in lines
        if re.search("cells, about|^Base rate", line)
    ]
    assert moving and max(map(width, moving)) < 40
    assert any("preliminary" in line for lines in screens(run) for line in lines)
    assert not any("preliminary" in line for line in run.screen.text)


def test_interrupt_leaves_a_clean_screen_and_says_how_to_go_on(tmp_path, in_terminal):
    run = in_terminal(words(tmp_path, "hangs"))
    run.read_until("preliminary").interrupt()
    assert run.end() == 130
    lines = [line for line in run.screen.text if line]
    assert lines[-1] == "interrupted: all finished cells are stored; the same command goes on from"\
        " here."  # fmt: skip
    assert not any(re.search("preliminary|━|cells, about", line) for line in lines)
    assert run.screen.shows_cursor


def test_terminal_that_changes_its_size_is_followed(tmp_path, in_terminal):
    hold = tmp_path / "hold"
    hold.touch()
    run = in_terminal(words(tmp_path), places=120, UNHURRIED_WHILE=str(hold))
    run.read_until("preliminary").resize(60, 20)
    at = run.written.rfind("\n") + 1

    def is_narrow():
        moving = [line for line in run.written[at:].split("\n")[:-1] if "cells, about" in line]
        plain = [re.sub(r"\x1b\[[?0-9;]*[A-Za-z]|\r", "", line) for line in moving]
        return [width(line) < 60 for line in plain]

    # Some may have been drawn before the size was changed, and are read after it.
    run.read_while(lambda: not any(is_narrow()))
    hold.unlink()
    assert run.end() == 0
    assert is_narrow() == sorted(is_narrow()) and is_narrow()[-1]
