"""Where AWS's plugin for MLflow finds tracking servers, for the environment of programs."""

ROOT = "/_outcrop/sagemaker/mlflow"
"""Below it, clients name the tracking server's ARN in a header."""
