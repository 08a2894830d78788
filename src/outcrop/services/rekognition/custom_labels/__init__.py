"""Custom Labels behind its operations: what is kept, and the jobs that work on it."""
