"""Experiments, their trials and their trial components, below the operations."""
