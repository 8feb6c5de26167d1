"""Suite files: which tasks, models and splits a run holds."""
