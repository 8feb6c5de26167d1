"""Processor time counts threads and child processes, running or ended; the clock counts waiting."""

import gc
import subprocess
import sys
import time
from threading import Thread

import pytest
from intentbench.bench.cell.timing import Timer

BURNT = 0.2  # seconds of processor time
BURN = f"import time\nwhile time.process_time() < {BURNT}: pass\n"


def burn():
    begun = time.thread_time()
    while time.thread_time() - begun < BURNT:
        pass


def test_waiting_takes_time_by_the_clock_alone():
    timer = Timer()
    time.sleep(BURNT)
    took = timer.took()
    assert took.wall >= BURNT > took.processor >= 0


def test_all_threads_count():
    timer = Timer()
    threads = [Thread(target=burn) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert timer.took().processor >= 2 * BURNT


@pytest.mark.parametrize("end", ["", "print('burnt', flush=True)\ninput()\n"])
def test_children_count_while_they_run_and_when_they_have_ended(end):
    timer = Timer()
    command = [sys.executable, "-c", BURN + end]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        if end:
            child.stdout.readline()
        else:
            child.wait()
        took = timer.took()
        gc.collect()  # which could take as long in a process with many objects
        # What has been burnt before is not counted again.
        assert Timer().took().processor < BURNT / 2
        child.communicate(b"\n")
    assert took.processor > 0.8 * BURNT  # kernels count by hundredths of a second
