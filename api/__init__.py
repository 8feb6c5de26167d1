"""intentbench from Python: compare models on a data frame, and read what came of it."""
