"""`python -m outcrop_runtime.built_in ALGORITHM`: what the image of an algorithm runs."""

import sys

from outcrop_runtime.built_in.job import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
