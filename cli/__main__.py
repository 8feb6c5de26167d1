"""``python -m intentbench.cli``: the command, too."""

import sys

from .main import main

if __name__ == "__main__":
    sys.exit(main())
