import subprocess
import sys

import pytest

CODE = """
import sys
from intentbench.bench.run.hidden_arguments import hide_arguments

hide_arguments()
print(open("/proc/self/cmdline", "rb").read().replace(b"\\0", b" ").decode().strip())
print(sys.argv[1:])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="no other system shows them in memory of ours")
def test_arguments_are_shown_to_nobody_and_kept_for_ourselves():
    words = ["--data", "/home/me/secret visits.csv"]
    done = subprocess.run(
        [sys.executable, "-P", "-c", CODE, *words], capture_output=True, text=True
    )
    assert done.stdout.splitlines() == ["intentbench run", str(words)], done.stderr
