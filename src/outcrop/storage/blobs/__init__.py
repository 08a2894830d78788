"""Blobs: bodies of bytes, written once, durable once written."""
