"""The models of image classification: an image's probabilities of all classes.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/image-classification.html#IC-inference
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from outcrop_runtime.image_classification.models import Shape, read
from outcrop_runtime.image_classification.pictures import stacked
from outcrop_runtime.serving.messages import (
    JSON,
    BadRequestError,
    UnsupportedFormatError,
    accepted,
    bare,
)

LINES = "application/jsonlines"
IMAGES = ("application/x-image", "image/jpeg", "image/png")
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model that is ready to answer."""

    shape: Shape
    network: nn.Module


def model_fn(model_dir: str) -> Loaded:
    """Load the model."""
    shape, weights = read(Path(model_dir))
    network = shape.network()
    network.load_state_dict(weights)
    return Loaded(shape, network.to(DEVICE).eval())


def input_fn(content: str | bytes, content_type: str) -> bytes:
    """Return a request's image as it was sent."""
    if bare(content_type) not in IMAGES:
        raise UnsupportedFormatError(content_type)
    return content.encode() if isinstance(content, str) else content


def predict_fn(data: bytes, model: Loaded) -> Sequence[float]:
    """Return the probability of each class."""
    try:
        images = torch.from_numpy(stacked(model.shape.frame, [data]))
    except ValueError as error:
        raise BadRequestError(f"Unable to evaluate payload provided: {error}") from error
    with torch.inference_mode():
        (outputs,) = model.network(images.to(DEVICE)).double()
    found = outputs.sigmoid() if model.shape.has_many_labels else outputs.softmax(dim=0)
    return found.tolist()


def output_fn(prediction: Sequence[float], accept: str) -> tuple[bytes, str]:
    """Return probabilities as bytes, and their content type."""
    for kind in accepted(accept):
        if kind == JSON:
            return json.dumps(list(prediction)).encode(), JSON
        if kind == LINES:
            return f"{json.dumps({'prediction': list(prediction)})}\n".encode(), LINES
    raise UnsupportedFormatError(accept)
