"""Bytes from the network, into a verified file."""
