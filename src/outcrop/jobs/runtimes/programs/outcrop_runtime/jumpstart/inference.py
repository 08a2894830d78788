"""Serves what `training.py` left: rows of numbers in CSV, answers in JSON."""

import io
import json
from pathlib import Path
from typing import Any

import joblib
import pandas as pd

KIND: str = "classification"


def model_fn(model_dir: str) -> Any:
    """Load the model."""
    file = Path(model_dir) / "model.joblib"
    if not file.exists():
        raise FileNotFoundError("Nobody has trained this model: fit a JumpStartEstimator first.")
    return joblib.load(file)


def input_fn(content: Any, content_type: str) -> Any:
    """Return the rows of a request."""
    if content_type.partition(";")[0].strip() != "text/csv":
        raise ValueError(f"This model reads text/csv, not {content_type}.")
    text = content.decode() if isinstance(content, bytes) else content
    return pd.read_csv(io.StringIO(text), header=None).to_numpy()


def predict_fn(data: Any, model: Any) -> Any:
    """Return what the model says of each row."""
    if KIND == "regression":
        return {"predictions": model.predict(data).tolist()}
    return {
        "probabilities": model.predict_proba(data).tolist(),
        "labels": model.classes_.tolist(),
        "predicted_label": model.predict(data).tolist(),
    }


def output_fn(prediction: Any, accept: str) -> Any:
    """Return an answer in JSON."""
    del accept
    return json.dumps(prediction), "application/json"
