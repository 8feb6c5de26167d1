"""Can printed figures be true?  Knows nothing of the rest of the house."""
