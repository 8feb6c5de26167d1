"""Visits whose true probabilities are known."""
