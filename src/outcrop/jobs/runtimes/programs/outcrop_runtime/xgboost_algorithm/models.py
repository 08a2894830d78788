"""XGBoost's models on disk, under the name that AWS's container gives them."""

import pickle
import warnings
from pathlib import Path

from xgboost import Booster

MODEL = "xgboost-model"
BEGUN = ".sagemaker-ignore"
"""What the names of files end with that are not whole yet."""
PICKLED = b"\x80"
"""What pickles begin with; no format of XGBoost's does."""


def save(model: Booster, path: Path) -> None:
    """Write a model whole or not at all, as XGBoost's binary JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    begun = path.with_name(f"{path.name}{BEGUN}")
    try:
        begun.write_bytes(model.save_raw("ubj"))
        begun.replace(path)
    finally:
        begun.unlink(missing_ok=True)  # A job that is stopped may be so here.


def load(path: Path) -> Booster:
    """Return a model: XGBoost's own formats, or pickled, as containers before 1.3 wrote it.

    Raises:
        ValueError: It is neither.
    """
    content = path.read_bytes()
    if content.startswith(PICKLED):
        found = pickle.loads(content)  # noqa: S301 - a model's own code runs here, too
        booster = found.get_booster() if hasattr(found, "get_booster") else found
        if not isinstance(booster, Booster):
            raise ValueError(f"{path.name} holds {type(found).__name__}, not a model of XGBoost.")
        return booster
    booster = Booster()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # The name does not tell the format: the content does.
        booster.load_model(bytearray(content))
    return booster
