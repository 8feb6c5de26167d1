"""Segments: groups of alike cases, found without their outcomes, and how many of each buy."""
