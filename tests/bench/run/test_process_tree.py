import subprocess
import sys

import psutil
import pytest
from intentbench.bench.run import process_tree

TREE = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
child.wait()
"""


@pytest.fixture
def tree():
    parent = subprocess.Popen([sys.executable, "-c", TREE], stdout=subprocess.PIPE, text=True)
    grandchild = int(parent.stdout.readline())
    yield parent, grandchild
    for pid in (grandchild, parent.pid):
        psutil.Process(pid).kill()
    parent.wait()
    parent.stdout.close()


@pytest.mark.parametrize("listed", [True, False])
def test_all_that_a_process_has_started_is_found(tree, listed, monkeypatch):
    if not listed:
        monkeypatch.setattr(process_tree, "_lists_children", lambda: False)
    parent, grandchild = tree
    found = {one.pid for one in process_tree.descendants(psutil.Process())}
    assert {parent.pid, grandchild} <= found
    assert [one.pid for one in process_tree.descendants(psutil.Process(parent.pid))] == [grandchild]
    assert process_tree.descendants(psutil.Process(grandchild)) == []


def test_a_process_that_is_gone_has_nothing_below_it():
    gone = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    process = psutil.Process(gone.pid)
    gone.communicate(b"\n")
    assert process_tree.descendants(process) == []
