"""Bytes to Python values and back, as the service model says; ignorant of every service."""
