"""Repeatable comparisons, as ratios in one run: `make bench`."""
