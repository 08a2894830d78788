"""Boost trees on the training channel; load them again for an endpoint."""

import argparse
import os
from pathlib import Path

import xgboost
from sklearn.datasets import load_svmlight_file


def model_fn(folder):
    """Load the model under the name that the algorithm gives it, too."""
    booster = xgboost.Booster()
    booster.load_model(Path(folder) / "xgboost-model")
    return booster


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--num_round", type=int)
    parser.add_argument("--objective")
    given = parser.parse_args()
    path = Path(os.environ["SM_CHANNEL_TRAIN"]) / "rows.libsvm"
    rows = xgboost.DMatrix(*load_svmlight_file(str(path), zero_based=True))
    model = xgboost.train(
        {"objective": given.objective, "eval_metric": "auc"},
        rows,
        given.num_round,
        evals=[(rows, "train")],
    )
    model.save_model(Path(os.environ["SM_MODEL_DIR"]) / "xgboost-model")
