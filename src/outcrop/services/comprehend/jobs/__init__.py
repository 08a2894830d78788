"""Analyses of many documents in S3, as jobs in the background."""
