"""What to compare: the types, the TOML reader, and the suites shipped beside them."""
