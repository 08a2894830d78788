"""`python -m outcrop_runtime.serving.worker FRAMEWORK NUMBER`: one process that has the model."""

import os
import sys
import threading
import time
import traceback

from outcrop_runtime.serving.frameworks import find_framework
from outcrop_runtime.serving.handlers import Handlers
from outcrop_runtime.serving.listener import Listener
from outcrop_runtime.serving.main_thread import MainThread
from outcrop_runtime.serving.many_models import ManyModels
from outcrop_runtime.serving.surroundings import Surroundings

CANNOT_LOAD = 3
"""Exit code of a worker whose model, or its code, does not load: another try would not either."""
STUCK = 4
LOOK_SECONDS = 1.0


def main(framework: str, number: int) -> None:
    """Load the model and serve it."""
    surroundings = Surroundings.read()
    try:
        served = (
            ManyModels(surroundings, framework)
            if surroundings.has_many_models
            else Handlers(surroundings, find_framework(framework, surroundings.model))
        )
    except Exception:  # noqa: BLE001 - users' code; the log is told
        traceback.print_exc()
        sys.exit(CANNOT_LOAD)
    listener = Listener(surroundings.socket(number), has_many_models=surroundings.has_many_models)
    work = MainThread(served, listener)
    listener.start()
    if surroundings.time_limit_seconds >= 1:
        limit = surroundings.time_limit_seconds
        threading.Thread(target=_watch, args=(work, limit), name="watch", daemon=True).start()
    work.run()


def _watch(work: MainThread, limit_seconds: float) -> None:
    """End the process when a request takes too long: nothing else stops users' code."""
    while work.busy_seconds() < limit_seconds:
        time.sleep(LOOK_SECONDS)
    print(f"A request took longer than {limit_seconds:g} seconds: the worker starts anew.")
    sys.stdout.flush()
    os._exit(STUCK)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
