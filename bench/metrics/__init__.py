"""Figures from targets and probabilities or decisions: pure functions of arrays."""
