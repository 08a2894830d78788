"""`python -m outcrop_runtime.image_classification`: what the image runs."""

import faulthandler
import os
import sys

from outcrop_runtime.image_classification.job import main

if __name__ == "__main__":
    faulthandler.enable()  # A signal that ends the process is to say where.
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # PyTorch's threads still run: nothing is to be torn down under them.
    os._exit(code)
