"""Learning from cases of which most are on disk: a column or a block at a time."""
