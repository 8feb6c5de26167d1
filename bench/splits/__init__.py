"""Folds: planned, thinned, verified."""
