"""Bayesian networks: structure, tables, exact answers."""
