"""`python -m outcrop_runtime.fine_tuning`: what the image runs without a script."""

import faulthandler
import os
import sys

from outcrop_runtime.fine_tuning.job import main

if __name__ == "__main__":
    faulthandler.enable()  # A signal that ends the process is to say where.
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # PyTorch's threads still run: nothing is to be torn down under them.
    os._exit(code)
