"""Rules that combine stored predictions; no member is fitted again."""
