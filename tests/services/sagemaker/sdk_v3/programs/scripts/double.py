"""Doubles numbers: what a user's own script is."""

import sys
from pathlib import Path

text = Path("/opt/ml/processing/input/rows.csv").read_text()
doubled = [str(2 * int(line)) for line in text.split()]
print(f"{len(doubled)} rows for {sys.argv[2]}")
Path("/opt/ml/processing/output/doubled.csv").write_text("\n".join([sys.argv[2], *doubled]))
