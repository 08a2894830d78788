"""Batch inference: how an invocation job runs, from its input files to its output files."""
