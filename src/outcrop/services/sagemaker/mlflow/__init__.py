"""MLflow: what keeps the runs that programs log, and the ways to it."""
