"""`python -m outcrop_runtime.training`: what a container runs when it is given no script."""

import sys

from outcrop_runtime.training.job import main

if __name__ == "__main__":
    sys.exit(main())
