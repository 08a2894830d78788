"""`python -m outcrop_runtime.automl`: train one candidate."""

import sys

from outcrop_runtime.automl.job import main

if __name__ == "__main__":
    sys.exit(main())
