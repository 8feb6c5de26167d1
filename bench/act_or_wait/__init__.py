"""Act or wait: policies are shown visits event by event, and what they do is noted."""
