"""A policy that answers with what is no answer."""

from intentbench.bench import Policy


class BrokenPolicy(Policy):
    """Gives probabilities where it should decide."""

    title = "Broken"

    def learn(self, visits, y, economics):
        """Learn nothing."""
        return self

    def act(self, seen):
        """Answer wrongly."""
        return seen.now
