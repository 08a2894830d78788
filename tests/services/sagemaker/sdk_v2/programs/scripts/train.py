"""Fits a classifier: what a user's own script is."""

import argparse
import os
from pathlib import Path

import joblib
import pandas
from sklearn.linear_model import LogisticRegression

parser = argparse.ArgumentParser()
parser.add_argument("--strength", type=float)
arguments = parser.parse_args()
files = Path(os.environ["SM_CHANNEL_TRAIN"]).glob("*.csv")
rows = pandas.concat(pandas.read_csv(path, header=None) for path in files)
model = LogisticRegression(C=arguments.strength).fit(rows.iloc[:, 1:], rows[0])
print(f"accuracy={model.score(rows.iloc[:, 1:], rows[0])}")
joblib.dump(model, Path(os.environ["SM_MODEL_DIR"], "model.joblib"))
