"""What every trainer without a script owes its container's contract."""

import signal
import sys
import traceback
from collections.abc import Callable

from outcrop_runtime.training.contract import Job
from outcrop_runtime.training.errors import CannotTrainError


def trained(train: Callable[[Job], None], *, ends_in_order: bool = True) -> int:
    """Train, tell the job's owner what failed, and return the process's exit code.

    Args:
        train: Trains the job of this container; it may take SIGTERM for its own.
        ends_in_order: Whether SIGTERM lets the process clean up; one that waits for others beyond
            Python's reach would not hear of it, and is to end at once.
    """
    if ends_in_order:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    job = Job.here()
    try:
        train(job)
    except CannotTrainError as error:
        job.fail(str(error))
        print(f"ERROR: {error}", file=sys.stderr)
        return 1
    except Exception as error:  # noqa: BLE001 - whatever it is, the job's owner is to hear of it
        job.fail(f"{type(error).__name__}: {error}")
        traceback.print_exc()
        return 1
    return 0
