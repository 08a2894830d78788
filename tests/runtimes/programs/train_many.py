"""Trains in each folder that a line of the input names, and prints its exit code.

Each run is a process of its own; PyTorch is imported once for all of them.
"""

import os
import sys
from pathlib import Path

from outcrop_runtime.training.job import main

for line in sys.stdin:
    folder = Path(line.rstrip("\n"))
    child = os.fork()
    if not child:
        os.environ["SAGEMAKER_BASE_DIR"] = str(folder)
        with (folder / "log").open("w") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        code = main()
        sys.stdout.flush()
        os._exit(code)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
