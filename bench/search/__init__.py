"""Searching: the spaces of parameters, the configurations drawn of them, and how many are kept."""
