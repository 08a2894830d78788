"""scikit-learn: one pickled estimator or pipeline."""

import pickle
import sys
from collections.abc import Sequence
from typing import Any

import joblib
import numpy as np
import skl2onnx
import sklearn
from skl2onnx.common.data_types import FloatTensorType

from outcrop_runtime.compilation.errors import InputError
from outcrop_runtime.compilation.original import Original
from outcrop_runtime.compilation.task import Task
from outcrop_runtime.compiled.manifest import ROWS, Input

SUFFIXES = (".joblib", ".pkl", ".pickle")
INPUT = "input"
LONGEST_ERROR = 600


def read(task: Task) -> Original:
    """See `Framework.read`."""
    files = task.files(*SUFFIXES)
    if len(files) != 1:
        raise InputError(
            "Exactly one .joblib, .pkl or .pickle file is allowed for scikit-learn models, not"
            f" {len(files)}."
        )
    sys.path.insert(0, str(task.model / "code"))  # Classes of the user's own may lie there.
    try:
        model = joblib.load(files[0])
    except (pickle.UnpicklingError, EOFError, ImportError, AttributeError, ValueError) as error:
        raise InputError(f"Unable to load provided scikit-learn model. Error: {error}") from error
    width = _width(task, model)
    name = (task.inputs[0].name if task.inputs else "") or INPUT
    try:
        graph = skl2onnx.to_onnx(
            model,
            initial_types=[(name, FloatTensorType([None, width]))],
            options={id(model): {"zipmap": False}} if hasattr(model, "predict_proba") else None,
        )
    except Exception as error:
        said = str(error).strip()[:LONGEST_ERROR]
        raise InputError(f"Cannot convert the scikit-learn model. {said}") from error
    del graph.graph.output[1:]  # What `predict` returns comes first.

    def ask(values: Sequence[Any]) -> Sequence[Any]:
        return [np.asarray(model.predict(values[0]))]

    return Original(
        graph=graph,
        inputs=[Input(name, (ROWS, width), "float32")],
        ask=ask,
        is_tabular=True,
        baseline=f"scikit-learn {sklearn.__version__}",
    )


def _width(task: Task, model: Any) -> int:
    """Return how many features the model takes: as it says, or else as was declared."""
    if not hasattr(model, "predict"):
        raise InputError(f"{type(model).__name__} has no predict.")
    known = getattr(model, "n_features_in_", None)
    if not task.inputs:
        if known is None:
            raise InputError("The model does not tell its number of features: give DataInputConfig")
        return int(known)
    if len(task.inputs) > 1 or len(task.inputs[0].shape) != 2:
        raise InputError("A scikit-learn model has one input, of rows and columns.")
    width = task.inputs[0].shape[1]
    if known not in (None, width):
        raise InputError(f"The model takes {known} features; DataInputConfig says {width}.")
    return width
