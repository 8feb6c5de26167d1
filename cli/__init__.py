"""The command line: one command a file.  It stands above everything; nothing imports it."""
