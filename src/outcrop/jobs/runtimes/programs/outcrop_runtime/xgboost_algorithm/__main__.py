"""`python -m outcrop_runtime.xgboost_algorithm`: what the image runs without a script."""

import sys

from outcrop_runtime.xgboost_algorithm.job import main

if __name__ == "__main__":
    sys.exit(main())
