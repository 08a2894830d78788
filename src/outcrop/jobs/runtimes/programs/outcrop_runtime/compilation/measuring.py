"""How long models take to answer."""

import time
from collections.abc import Callable
from statistics import median

WARM_UPS, MOST = 3, 200
LONGEST_SECONDS = 3.0


def milliseconds(ask: Callable[[], object]) -> float:
    """Return the median time of a question, after some that do not count."""
    for _ in range(WARM_UPS):
        ask()
    taken: list[float] = []
    begun = time.perf_counter()
    while len(taken) < MOST and (not taken or time.perf_counter() - begun < LONGEST_SECONDS):
        before = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - before)
    return median(taken) * 1000
