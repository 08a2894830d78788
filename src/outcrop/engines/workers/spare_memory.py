"""Memory that the allocator keeps for itself, given back to the system.

glibc holds on to what large inputs took: a picture of 100 million pixels leaves a gigabyte behind.

Source: https://man7.org/linux/man-pages/man3/malloc_trim.3.html
"""

import ctypes
import os

SPARE_BYTES = 128 << 20
"""What the process may have grown by before anything is given back: doing so takes time."""


class SpareMemory:
    """Watches how the process grows; does nothing where the C library has no way to give back."""

    def __init__(self) -> None:
        """Take what the process has now for what it needs."""
        self._trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        try:
            self._statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._trim = None
        else:
            self._needed = self._resident_bytes()

    def give_back(self) -> None:
        """Give back what is free, if the process has grown much since it last did."""
        if self._trim is not None and self._resident_bytes() > self._needed + SPARE_BYTES:
            self._trim(0)
            self._needed = self._resident_bytes()

    def _resident_bytes(self) -> int:
        return int(os.pread(self._statm, 128, 0).split()[1]) * os.sysconf("SC_PAGE_SIZE")
