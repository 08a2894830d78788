"""Texts translated from one language into another."""
