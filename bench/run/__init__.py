"""Plan, execute and write a run."""
