"""`python -m outcrop_runtime.blazing_text`: what the image runs."""

import sys

from outcrop_runtime.blazing_text.job import main

if __name__ == "__main__":
    sys.exit(main())
