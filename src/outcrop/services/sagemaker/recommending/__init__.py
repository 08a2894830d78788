"""Inference Recommender: load tests of a model on candidate instances, below the operations."""
