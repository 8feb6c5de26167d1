"""A broken model: needs what is not there."""

import no_such_library
from intentbench.bench import Model


class Broken(Model):
    """A broken model: cannot be imported."""

    title, family, views = "Broken: fails at import", "other", frozenset({"features"})

    def fit(self, cases, y, *, valid):
        """Never reached."""
        return no_such_library.fit(self)

    def predict_proba(self, cases):
        """Never reached."""
        return no_such_library.predict(self)
