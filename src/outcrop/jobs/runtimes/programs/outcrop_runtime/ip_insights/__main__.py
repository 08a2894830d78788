"""`python -m outcrop_runtime.ip_insights`: what the image runs."""

import sys

from outcrop_runtime.ip_insights.job import main

if __name__ == "__main__":
    sys.exit(main())
