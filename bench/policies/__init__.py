"""Policies that come with the house: one a file."""
