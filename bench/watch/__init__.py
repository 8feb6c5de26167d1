"""A file of a model at work: whether it is still true, what would mend it, what would have been."""
