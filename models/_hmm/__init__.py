"""Hidden Markov models of sequences of marked events."""
