"""Serves a classifier: what a user's own script is."""

from pathlib import Path

import joblib


def model_fn(folder):
    """Load the model."""
    return joblib.load(Path(folder, "model.joblib"))
