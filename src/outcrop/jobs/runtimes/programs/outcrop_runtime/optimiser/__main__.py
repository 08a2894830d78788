"""Reads a question from its standard input and writes the answer to its standard output."""

import json
import sys

from outcrop_runtime.optimiser.proposals import propose

if __name__ == "__main__":
    json.dump(propose(json.load(sys.stdin)), sys.stdout)
