"""Entities of kinds that a user defines by examples, found in texts."""
