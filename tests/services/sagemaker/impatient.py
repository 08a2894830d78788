"""Runs a program with a clock that goes twenty times as fast: `python impatient.py PROGRAM …`.

The SDKs look every 10 seconds for what a job prints and every 30 whether it or an endpoint is
ready, however soon that is. Nothing of them is changed but how long such a pause takes.
"""

import runpy
import sys
import time
from pathlib import Path

FASTER = 20
_sleep, _now = time.sleep, time.time
_began = _now()


def sleep(seconds: float) -> None:
    """Sleep for a twentieth of some seconds."""
    _sleep(seconds / FASTER)


def now() -> float:
    """Return the time of the fast clock."""
    return _began + FASTER * (_now() - _began)


if __name__ == "__main__":
    time.sleep, time.time = sleep, now
    del sys.argv[0]
    sys.path[0] = str(Path(sys.argv[0]).parent)
    runpy.run_path(sys.argv[0], run_name="__main__")
