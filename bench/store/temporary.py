"""How the names of our folders in the system's temporary folder begin."""

# A process number may follow.
TEMPORARY = "intentbench-"
