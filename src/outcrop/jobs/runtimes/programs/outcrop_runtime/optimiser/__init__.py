"""Bayesian search: which values to try next, from what was tried. JSON comes in and goes out."""
