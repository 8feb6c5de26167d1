"""The notebook is carried out in a kernel, whose event loop runs; and a cell can be stopped."""

import subprocess
import sys

import nbformat
import pytest
from intentbench.bench.plugins.registry import ROOT

# What zmq and tornado warn of on some systems; none of it is ours.
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"
SECONDS = 300
SLOW = """
import asyncio
import numpy as np, pandas as pd, intentbench as ib
assert asyncio.get_running_loop().is_running()
rng = np.random.default_rng(0)
frame = pd.DataFrame({"x": rng.normal(size=300), "y": rng.random(300) < 0.4})
ib.compare(frame, target="y", models="slow.py", folds=2, jobs=1, results="results")
"""
MODEL = """
import time
from intentbench.bench import TabularModel
from sklearn.dummy import DummyClassifier

class Slow(TabularModel):
    title, family = "Slow", "other"

    def estimator(self):
        time.sleep(3600)
        return DummyClassifier()
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to work in, with a kernel of this very Python."""
    from ipykernel.kernelspec import write_kernel_spec

    write_kernel_spec(tmp_path / "jupyter" / "kernels" / "python3")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    work = tmp_path / "work"
    work.mkdir()
    return work


def test_notebook_holds_no_outputs():
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


def test_notebook_works_from_top_to_bottom(folder):
    from nbclient import NotebookClient

    notebook = nbformat.read(NOTEBOOK, as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=SECONDS, resources=resources).execute()
    by_source = {
        cell.source: [output.get("data", {}) for output in cell.outputs]
        for cell in notebook.cells
        if cell.cell_type == "code"
    }
    (call,) = (outputs for source, outputs in by_source.items() if "ib.compare(" in source)
    assert all(data.get("text/html", "") == "" for data in call)  # the table that filled is gone
    (recommended,) = by_source["result.recommended"]
    assert "Recommendation(name=" in recommended["text/plain"]
    (table,) = (outputs for source, outputs in by_source.items() if "result.table" in source)
    assert "Logistic regression" in table[0]["text/html"]
    assert "<iframe" in list(by_source.values())[-1][0]["text/html"]
    assert (folder / "report.html").is_file()


def reply(client, asked):
    while True:
        message = client.get_shell_msg(timeout=SECONDS)
        if message["parent_header"]["msg_id"] == asked:
            return message["content"]


def test_cell_shows_a_table_that_fills_and_can_be_stopped(folder):
    from jupyter_client.manager import KernelManager

    (folder / "slow.py").write_text(MODEL, encoding="utf-8")
    manager = KernelManager()
    manager.start_kernel(cwd=str(folder))
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=SECONDS)
        # A kernel drops what it is asked right after an error, unless told to go on.
        asked, pages = client.execute(SLOW, stop_on_error=False), []
        while not any("Base rate" in page for page in pages):
            message = client.get_iopub_msg(timeout=SECONDS)
            assert message["msg_type"] != "error", message["content"]["evalue"]
            pages.append(message["content"].get("data", {}).get("text/html", ""))
        shown = next(page for page in pages if "Base rate" in page)
        assert "preliminary" in shown and "<td>0.500" in shown and "left, judging" in shown
        manager.interrupt_kernel()
        content = reply(client, asked)
        assert content["ename"] == "KeyboardInterrupt"
        assert "finished cells are in results, and the same call goes on" in content["evalue"]
        kept = list((folder / "results").glob("cells/*/*/cell.json"))
        assert 1 <= len(kept) <= 2  # of the base rate
        assert reply(client, client.execute("1 + 1"))["status"] == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_script_without_a_main_guard_works(folder):
    source = SLOW.replace('"slow.py"', '"decision_tree"').replace(
        "assert asyncio.get_running_loop().is_running()", ""
    )
    (folder / "script.py").write_text(f"{source}\nprint('once')\n", encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-P", "script.py"], cwd=folder, capture_output=True, text=True
    )
    assert (told.returncode, told.stdout) == (0, "once\n"), told.stderr
    assert "4 cells to compute" in told.stderr
