"""scikit-learn, as AWS's container serves it: how a model is loaded, only its user knows.

Source: https://github.com/aws/sagemaker-scikit-learn-container (serving.py)
"""

from typing import Any

import numpy as np

from outcrop_runtime.serving.codecs import decode, encode
from outcrop_runtime.serving.messages import TEXT_TYPES, bare


def model_fn(model_dir: str) -> Any:
    """Say that the user's module must load the model."""
    raise NotImplementedError(
        "Please provide a model_fn implementation.\n"
        "See documentation for model_fn at https://github.com/aws/sagemaker-python-sdk"
    )


def input_fn(content: str | bytes, content_type: str) -> Any:
    """Return the array that a request holds, numbers in text as 32-bit floats."""
    array = decode(content, content_type)
    return array.astype(np.float32) if bare(content_type) in TEXT_TYPES else array


def predict_fn(data: Any, model: Any) -> Any:
    """Return the model's predictions."""
    return model.predict(data)


def output_fn(prediction: Any, accept: str) -> Any:
    """Return an array as bytes, and their content type."""
    return encode(prediction, accept)
