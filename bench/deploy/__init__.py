"""From comparison to use: a fitted model as one file, and the predictor that reads it."""
