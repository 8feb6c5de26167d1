"""What counts as found: beyond noise, at a stated error, and beyond a stated practical size."""

# False alarms, over all looks together, are 5 % at most: by drift of columns and scores over any
# LOOKS looks at new cases, by labels over all looks there will ever be.
LOOKS = 52
OF_DRIFT, OF_CALIBRATION, OF_LOSS = 0.01, 0.035, 0.005
# A look says so much of columns and scores together.
OF_A_LOOK = OF_DRIFT / LOOKS

# Cohen's "medium"; a population stability index of about .1, from which on it is not called stable.
PRACTICAL_W = 0.3
# Of all cases: missing cells and values never seen, more than before.
PRACTICAL_SHARE = 0.02
# Standard errors of the base rate in the test by which a model may be off from the first day: what
# its cases themselves leave open.  benchmarks/watch.py measures what that costs and saves.
MARGIN = 1.0
# Between what was predicted and what happened, as a part of the rarer outcome's share.
PRACTICAL_CALIBRATION = 0.1
# Above the highest log loss that the test leaves possible, as a part of it.
PRACTICAL_LOSS = 0.05
