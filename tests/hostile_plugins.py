"""Models that do all they can to their process, for tests and ``benchmarks/hostile_plugins.py``.

Each does one thing while it is fitted, and gives the base rate if it ever comes to that.
"""

from pathlib import Path

_MODEL = '''\
"""A hostile model."""

import numpy as np
from intentbench.bench import Model


class Hostile(Model):
    """A hostile model: {name}."""

    title, family, views = "Hostile: {name}", "other", frozenset({{"features"}})

    def fit(self, cases, y, *, valid):
        self.rate_ = float(y.mean())
{deed}
        return self

    def predict_proba(self, cases):
        p = np.full(len(cases), self.rate_)
        return np.column_stack([1 - p, p])
'''
# Finds the request in the worker's frames, as code that goes looking can.
_REQUEST = """
import sys
frame = sys._getframe()
while "request" not in frame.f_locals:
    frame = frame.f_back
request = frame.f_locals["request"]
"""
_EVERY_PIPE = """
import os
def say(words):
    for number in range(3, 64):
        try:
            os.write(number, words)
        except OSError:
            pass
"""
# What marks a process that must not be left behind.
MARK = "98765.4321"

DEEDS = {
    "changes_keras": "import keras; keras.config.set_floatx('float64')",
    "changes_a_default": """
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
LogisticRegression.__init__.__kwdefaults__["C"] = 1e-6
DecisionTreeClassifier.__init__.__kwdefaults__["max_depth"] = 1
""",
    "configures_sklearn": "import sklearn; sklearn.set_config(transform_output='pandas')",
    "changes_numpy": "np.seterr(all='raise'); np.random.seed(1); np.set_printoptions(precision=1)",
    "turns_warnings_into_errors": "import warnings; warnings.simplefilter('error')",
    "clears_the_environment": "import os; os.environ.clear(); os.environ['OMP_NUM_THREADS'] = '9'",
    "leaves_its_folder": "import os; os.chdir('/')",
    "removes_its_folder": "import os, shutil; shutil.rmtree(os.getcwd())",
    "ignores_signals": """
import signal
for number in signal.valid_signals():
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
""",
    "closes_all_files": "import os; os.closerange(0, 256); __import__('time').sleep(3600)",
    "answers_rubbish": _EVERY_PIPE + "say(b'rubbish\\n')",
    "answers_another_request": _EVERY_PIPE + 'say(b\'{"id": "0", "says": "done"}\\n\')',
    "answers_twice": _REQUEST
    + _EVERY_PIPE
    + """
import json
words = json.dumps({"id": request["id"], "says": "done", "facts": {}}).encode()
say(words + b"\\n" + words + b"\\n")
""",
    "claims_to_be_done": _REQUEST
    + _EVERY_PIPE
    + """
import json
say(json.dumps({"id": request["id"], "says": "done", "facts": {"warnings": 7}}).encode() + b"\\n")
""",
    "answers_half": _EVERY_PIPE + "say(b'{\"id\"'); __import__('time').sleep(3600)",
    "answers_without_end": _EVERY_PIPE + "while True: say(b'x' * 65536)",
    "links_its_predictions": _REQUEST
    + "import os; os.symlink('/dev/zero', request['out'] + '/predictions.f8')",
    "spoils_its_cases": _REQUEST
    + """
from pathlib import Path
for file in Path(request["task"]).iterdir():
    file.write_bytes(b"spoilt")
""",
    "limits_its_files": "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))",
    "leaves_children": f"""
import subprocess
subprocess.Popen(["sh", "-c", "setsid sleep {MARK} & sleep {MARK}"], start_new_session=True)
""",
    "kills_its_keeper": "import os; os.kill(os.getppid(), 9); __import__('time').sleep(3600)",
    "stops_its_keeper": "import os, signal; os.kill(os.getppid(), signal.SIGSTOP)",
    "holds_the_interpreter": "import re; re.match(r'(a+)+$', 'a' * 64 + 'b')",
    "ends_its_process": "import os; os._exit(0)",
    "breaks_its_process": "import ctypes; ctypes.string_at(0)",
    "eats_memory": "hoard = [np.ones(2**24) for _ in range(64)]",
    "raises_without_words": """
class Wordless(Exception):
    def __str__(self):
        raise ValueError
    __repr__ = __str__
raise Wordless
""",
    "raises_endlessly": """
error = ValueError("x" * 10**7)
for _ in range(2000):
    new = ValueError("more")
    new.__cause__ = error
    error = new
raise error
""",
    "raises_an_exit": "raise SystemExit(0)",
    "raises_an_interrupt": "raise KeyboardInterrupt",
    "rewrites_json": "import json; json.dumps = lambda *given, **more: '{}'",
    "starts_threads": """
import threading, time
def noise():
    while True:
        print("noise" * 1000)
for _ in range(4):
    threading.Thread(target=noise, daemon=False).start()
""",
}


def write_plugins(folder: Path, names=tuple(DEEDS)) -> list[Path]:
    """Write the models of these names as files, and give the files."""
    files = []
    for name in names:
        deed = "\n".join(f"        {line}" for line in DEEDS[name].strip().splitlines())
        file = folder / f"{name}.py"
        file.write_text(_MODEL.format(name=name.replace("_", " "), deed=deed), encoding="utf-8")
        files.append(file)
    return files
