"""`python -m outcrop_runtime.boosted_trees LIBRARY`: what the images run without a script."""

import sys

from outcrop_runtime.boosted_trees.job import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
