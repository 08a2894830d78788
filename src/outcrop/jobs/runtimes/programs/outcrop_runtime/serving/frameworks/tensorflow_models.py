"""TensorFlow's SavedModels, asked and answering as TensorFlow Serving does over REST.

Sources: https://www.tensorflow.org/tfx/serving/api_rest (predict),
https://github.com/aws/deep-learning-containers (sagemaker-tensorflow-serving-container)
"""

import base64
import io
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from outcrop_runtime.serving.messages import (
    CSV,
    JSON,
    BadRequestError,
    UnsupportedFormatError,
    accepted,
    bare,
)

SAVED_MODEL = "saved_model.pb"
USUAL_SIGNATURE = "serving_default"
HANDLERS = ("input_handler", "output_handler", "handler")
"""What users' modules have for AWS's container, in front of TensorFlow Serving's own port."""
ONLY = ""
"""The name of an input that a request does not name."""
LINES = ("application/jsonlines", "application/jsons")


@dataclass(frozen=True, slots=True)
class Question:
    """A request's tensors, not yet of the types that the model takes."""

    signature: str
    columns: Mapping[str, Any] | None = None
    """By the names of inputs; `None`: rows are given."""
    rows: Sequence[Any] = ()
    """Values of the only input, or objects by the names of inputs."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model gave, by the names of its outputs, and whether rows were asked."""

    outputs: Mapping[str, Any]
    is_by_rows: bool


def model_fn(model_dir: str) -> Any:
    """Load the SavedModel of the highest version below the folder."""
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None) or ""
        if file.endswith("inference.py") and any(hasattr(module, name) for name in HANDLERS):
            raise NotImplementedError(
                "input_handler and output_handler stand before TensorFlow Serving, which is not"
                " here: write input_fn and output_fn instead."
            )
    found = [path.parent for path in Path(model_dir).rglob(SAVED_MODEL)]
    if not found:
        raise FileNotFoundError(
            f"There is no {SAVED_MODEL} in the model: export a SavedModel to <name>/<version>/, or"
            " provide a model_fn implementation."
        )
    latest = max(found, key=lambda path: int(path.name) if path.name.isdecimal() else -1)
    return tf.saved_model.load(str(latest))


def input_fn(content: str | bytes, content_type: str) -> Question:
    """Return what a request asks: `{"instances": […]}`, `{"inputs": …}` or rows of CSV."""
    kind = bare(content_type)
    raw = content.encode() if isinstance(content, str) else content
    try:
        if kind == JSON:
            return _question(json.loads(raw))
        if kind in LINES:
            return Question(
                USUAL_SIGNATURE, rows=[json.loads(line) for line in raw.splitlines() if line]
            )
        if kind == CSV:
            table = np.loadtxt(io.BytesIO(raw), delimiter=",", ndmin=2)
            return Question(USUAL_SIGNATURE, rows=table.tolist())
        if kind == "application/x-npy":
            array = np.load(io.BytesIO(raw), allow_pickle=False)
            return Question(USUAL_SIGNATURE, rows=array.tolist())
    except ValueError as error:
        raise BadRequestError(f"The body cannot be read: {error}") from error
    raise UnsupportedFormatError(content_type)


def predict_fn(data: Any, model: Any) -> Any:
    """Ask the model's signature, or a model of the user's own `model_fn` as it is."""
    if not isinstance(data, Question):
        return model(data)
    signatures = getattr(model, "signatures", {})
    if data.signature not in signatures:
        names = ", ".join(signatures) or "none"
        raise BadRequestError(f"There is no signature {data.signature!r}; there are: {names}.")
    signature = signatures[data.signature]
    wanted = signature.structured_input_signature[1]
    given = _columns(data.rows, list(wanted)) if data.columns is None else data.columns
    if set(given) == {ONLY}:
        given = {next(iter(wanted)): given[ONLY]}
    if set(given) != set(wanted):
        raise BadRequestError(
            f"The inputs are {', '.join(wanted)}, not {', '.join(map(str, given))}."
        )
    try:
        tensors = {
            name: tf.constant(_decoded(value), dtype=wanted[name].dtype)
            for name, value in given.items()
        }
        found = signature(**tensors)
    except (ValueError, TypeError, tf.errors.OpError) as error:
        raise BadRequestError(str(error)) from error
    outputs = {name: tensor.numpy() for name, tensor in found.items()}
    return Answer(outputs, is_by_rows=data.columns is None)


def output_fn(prediction: Any, accept: str) -> tuple[bytes, str]:
    """Return the outputs in JSON: `predictions` of rows, else `outputs`."""
    if JSON not in accepted(accept):
        raise UnsupportedFormatError(accept)
    if not isinstance(prediction, Answer):
        return json.dumps(prediction, default=_plain).encode(), JSON
    outputs = prediction.outputs
    only = next(iter(outputs.values())) if len(outputs) == 1 else None
    if not prediction.is_by_rows:
        told: Any = {"outputs": outputs if only is None else only}
    elif only is not None:
        told = {"predictions": only}
    else:
        rows = zip(*(values.tolist() for values in outputs.values()), strict=True)
        told = {"predictions": [dict(zip(outputs, row, strict=True)) for row in rows]}
    return json.dumps(told, default=_plain).encode(), JSON


def _question(document: Any) -> Question:
    if isinstance(document, list):
        return Question(USUAL_SIGNATURE, rows=document)
    if not isinstance(document, dict) or ("instances" in document) == ("inputs" in document):
        raise ValueError("JSON must have either instances or inputs.")
    signature = document.get("signature_name", USUAL_SIGNATURE)
    if "instances" in document:
        return Question(signature, rows=document["instances"])
    inputs = document["inputs"]
    if isinstance(inputs, dict) and set(inputs) != {"b64"}:
        return Question(signature, columns=inputs)
    return Question(signature, columns={ONLY: inputs})


def _columns(rows: Sequence[Any], names: Sequence[str]) -> Mapping[str, Any]:
    """Return the columns of rows."""
    if not rows:
        raise BadRequestError("There are no instances.")
    if all(isinstance(row, dict) and set(row) != {"b64"} for row in rows):
        return {name: [row[name] for row in rows] for name in rows[0]}
    return {names[0]: rows}


def _decoded(value: Any) -> Any:
    """Return a value with the bytes that `{"b64": …}` stand for."""
    if isinstance(value, dict):
        return base64.b64decode(value["b64"])
    return [_decoded(one) for one in value] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if hasattr(value, "numpy"):
        value = value.numpy()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.tolist()
