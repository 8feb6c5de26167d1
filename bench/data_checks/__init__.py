"""Are the data fit to be judged?  Checks before the first fit."""
