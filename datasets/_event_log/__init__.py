"""A user's own log of events."""
