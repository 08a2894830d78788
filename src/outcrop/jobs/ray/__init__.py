"""Runs programs on the nodes of a Ray cluster, in the sandboxes that `outcrop.jobs.process` makes.

An actor on a node keeps one run. It outlives the server, which finds it again by the run's id; when
the node is lost, so is the run. Ray itself is imported when the first program is to run.
"""
