"""Hyper-parameter tuning: which values to try next, which jobs to stop, when to end."""
