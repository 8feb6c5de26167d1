"""An array of a file, mapped into this process alone, without a file that stays open.

``numpy.memmap`` keeps a descriptor for each array: of a task of a thousand columns more than a
process may have, and for the fence a file that a model left open.
"""

import ctypes
import mmap
import os
import weakref
from pathlib import Path

import numpy as np

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.mmap.restype = ctypes.c_void_p
_LIBC.mmap.argtypes = (
    ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_longlong,
)  # fmt: skip
_LIBC.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
_FAILED = ctypes.c_void_p(-1).value


def private_map(file: Path) -> np.ndarray:
    """Give the array of a ``.npy`` file.

    What is written into it goes to pages of this process's own, never to the file.

    Raises
    ------
    OSError
        If the file is not there or cannot be mapped.
    ValueError
        If it is no ``.npy`` file of version 1.
    """
    with file.open("rb") as opened:
        np.lib.format.read_magic(opened)
        shape, by_column, dtype = np.lib.format.read_array_header_1_0(opened)
        offset, size = opened.tell(), os.fstat(opened.fileno()).st_size
        access = mmap.PROT_READ | mmap.PROT_WRITE
        start = _LIBC.mmap(None, size, access, mmap.MAP_PRIVATE, opened.fileno(), 0)
    if start == _FAILED:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), str(file))
    content = (ctypes.c_char * size).from_address(start)
    # It goes with the last array that shows it; at the end of the process all maps go anyway.
    weakref.finalize(content, _LIBC.munmap, start, size).atexit = False
    count = int(np.prod(shape, dtype=np.int64))
    values = np.frombuffer(content, dtype=dtype, count=count, offset=offset)
    return values.reshape(shape, order="F" if by_column else "C")
