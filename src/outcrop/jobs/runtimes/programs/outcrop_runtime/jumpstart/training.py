"""Trains a linear model on CSV files: what is to be told first, numbers behind it, no header."""

import argparse
import os
from pathlib import Path

import joblib
import pandas as pd
from sklearn.linear_model import SGDClassifier, SGDRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

KIND: str = "classification"


def main() -> None:
    """Train, tell how well, and leave the model."""
    given = arguments()
    files = sorted(Path(given.training).rglob("*.csv"))
    if not files:
        raise SystemExit(f"There is no CSV file in the channel training: {given.training}")
    rows = pd.concat([pd.read_csv(file, header=None) for file in files])
    target, values = rows.iloc[:, 0], rows.iloc[:, 1:]
    how = {
        "penalty": None if given.penalty == "None" else given.penalty,
        "alpha": given.alpha,
        "l1_ratio": given.l1_ratio,
        "max_iter": given.max_iter,
        "tol": given.tol,
        "random_state": given.seed,
    }
    is_classifier = KIND == "classification"
    estimator = SGDClassifier(loss="log_loss", **how) if is_classifier else SGDRegressor(**how)
    model = make_pipeline(StandardScaler(), estimator)
    model.fit(values.to_numpy(), target.to_numpy())
    score = model.score(values.to_numpy(), target.to_numpy())
    print(f"train {'accuracy' if is_classifier else 'r2'}: {score:.4f}", flush=True)
    joblib.dump(model, Path(given.model_dir) / "model.joblib")


def arguments() -> argparse.Namespace:
    """Return the hyperparameters and the folders."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--penalty", default="l2")
    parser.add_argument("--alpha", type=float, default=0.0001)
    parser.add_argument("--l1_ratio", type=float, default=0.15)
    parser.add_argument("--max_iter", type=int, default=1000)
    parser.add_argument("--tol", type=float, default=0.001)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model_dir", default=os.environ.get("SM_MODEL_DIR"))
    parser.add_argument("--training", default=os.environ.get("SM_CHANNEL_TRAINING"))
    given, _ = parser.parse_known_args()
    return given


if __name__ == "__main__":
    main()
