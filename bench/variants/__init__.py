"""Variants of models: the same model, shown other columns or another balance of outcomes."""
