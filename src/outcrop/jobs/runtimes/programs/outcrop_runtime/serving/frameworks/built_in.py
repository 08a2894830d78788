"""The models of the built-in algorithms, which speak CSV, JSON, JSON lines and recordio-protobuf.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-inference.html
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from outcrop_runtime.built_in import bodies
from outcrop_runtime.built_in.algorithms import Predictor, find_algorithm
from outcrop_runtime.built_in.models import load
from outcrop_runtime.serving.messages import (
    BadRequestError,
    UnsupportedFormatError,
    accepted,
    bare,
)
from outcrop_runtime.xgboost_algorithm.lines import LineError

VERBOSE = ("distances", "labels")
"""Members that only they get who ask for `verbose=true`."""


def model_fn(model_dir: str) -> Predictor:
    """Load the model."""
    model = load(Path(model_dir))
    return find_algorithm(model.algorithm).Predictor(model)


def input_fn(content: str | bytes, content_type: str) -> Any:
    """Return a request's rows."""
    kind = bare(content_type)
    if kind not in bodies.READ:
        raise UnsupportedFormatError(content_type)
    try:
        return bodies.read(content.encode() if isinstance(content, str) else content, kind)
    except (LineError, ValueError, KeyError, TypeError) as error:
        raise BadRequestError(f"Unable to evaluate payload provided: {error}") from error


def predict_fn(data: Any, model: Predictor) -> Sequence[Mapping[str, Any]]:
    """Return an answer for each row."""
    if data.ndim != 2 or data.shape[1] != model.width:
        width = data.shape[1] if data.ndim == 2 else "different numbers of"
        raise BadRequestError(
            f"Unable to evaluate payload provided: the rows have {width} columns, the model has"
            f" {model.width}."
        )
    return model.predict(data)


def output_fn(prediction: Sequence[Mapping[str, Any]], accept: str) -> tuple[bytes, str]:
    """Return answers as bytes, and their content type."""
    if "verbose=true" not in accept.replace(" ", ""):
        prediction = [
            {name: value for name, value in one.items() if name not in VERBOSE}
            for one in prediction
        ]
    for kind in accepted(accept):
        written = bodies.write(prediction, kind)
        if written is not None:
            return written, kind
    raise UnsupportedFormatError(accept)
