"""What commands print: nothing in it moves a terminal's cursor, whatever names and values hold."""

import sys
from typing import TextIO

from ..reports.escape import escaped


def say(text: object = "", file: TextIO | None = None) -> None:
    """Print a text, on standard output by default."""
    print(escaped(str(text)), file=file or sys.stdout)
