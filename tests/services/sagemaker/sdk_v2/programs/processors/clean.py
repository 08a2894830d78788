"""Joins tables and names their columns: what a user's own script is."""

import argparse
from pathlib import Path

import pandas

parser = argparse.ArgumentParser()
parser.add_argument("--column")
arguments = parser.parse_args()
files = sorted(Path("/opt/ml/processing/input/raw").glob("*.csv"))
rows = pandas.concat(pandas.read_csv(path, header=None) for path in files)
rows.columns = [arguments.column, "value"]
print(f"{len(rows)} rows for {arguments.column}")
rows.to_csv("/opt/ml/processing/output/clean/clean.csv", index=False)
