"""`python -m outcrop_runtime.deep_ar`: what the image runs."""

import sys

from outcrop_runtime.deep_ar.job import main

if __name__ == "__main__":
    sys.exit(main())
