"""How much memory a cell adds to its process."""

import ctypes
import resource
import sys
from contextlib import suppress


class PeakMemory:
    """Resident memory that was added since this object was made, at its highest."""

    def __init__(self) -> None:
        # What earlier cells gave back stays with glibc, resident; a cell that takes it again would
        # show less than it needs.
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
        try:
            # Linux can lower the high-water mark to the present level; elsewhere the mark is that
            # of the process so far, and a cell smaller than an earlier one shows 0.
            with open("/proc/self/clear_refs", "w", encoding="ascii") as marks:
                marks.write("5")
        except OSError:
            pass
        self._before = self._high_water_bytes()

    def added_bytes(self) -> int:
        """Give the most that was added up to now."""
        return max(0, self._high_water_bytes() - self._before)

    def _high_water_bytes(self) -> int:
        try:
            with open("/proc/self/status", encoding="ascii") as status:
                marks = [line for line in status if line.startswith("VmHWM")]
            return int(marks[0].split()[1]) * 1024
        except (OSError, IndexError):
            unit = 1 if sys.platform == "darwin" else 1024
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
