"""A hostile model: looks for the outcomes of its test cases in its process and on the way there."""

import gc
import json
from pathlib import Path

import numpy as np
from intentbench.bench import Model
from intentbench.bench.model import Explanation, two_columns


class Peeps(Model):
    """Gives the base rate, and explains what it found."""

    title, family, views = "Hostile: peeps", "other", frozenset({"features"})

    def fit(self, cases, y, *, valid):
        """Learn the base rate."""
        self.rate_ = float(y.mean())
        return self

    def predict_proba(self, cases):
        """Give the base rate."""
        return two_columns(np.full(len(cases), self.rate_))

    def explain(self):
        """Tell the files of its task, and every array called target that the process holds."""
        things = gc.get_objects()
        (folder,) = {
            thing["task"]
            for thing in things
            if isinstance(thing, dict) and "split" in thing and isinstance(thing.get("task"), str)
        }
        files = sorted(path.name for path in Path(folder).iterdir())
        held = {
            id(thing): vars(thing)["target"].tolist()
            for thing in things
            if not isinstance(thing, type) and isinstance(_of(thing).get("target"), np.ndarray)
        }
        rows = (("files", json.dumps(files)), ("targets", json.dumps(list(held.values()))))
        return Explanation("table", "What was found.", ("where", "what"), rows)


def _of(thing):
    return getattr(thing, "__dict__", {})
