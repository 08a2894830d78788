"""Lineage below the operations: what is tracked, and the graph that associations make of it."""
