"""Runs programs: the durable supervisor and its runners."""
