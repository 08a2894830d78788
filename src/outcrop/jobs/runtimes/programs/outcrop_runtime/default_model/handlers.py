"""The default trainer's model behind the four functions of SageMaker's inference toolkit.

Source: https://sagemaker.readthedocs.io/en/stable/frameworks/pytorch/using_pytorch.html
"""

from collections.abc import Sequence

from outcrop_runtime.default_model.bodies import read_rows, write_predictions
from outcrop_runtime.default_model.predictor import Predictor, load
from outcrop_runtime.default_model.rows import Prediction, Row


def model_fn(model_dir: str) -> Predictor:
    """Return the predictor of a folder."""
    return load(model_dir)


def input_fn(body: bytes | str, content_type: str) -> list[Row]:
    """Return a request's rows."""
    return read_rows(body, content_type)


def predict_fn(rows: Sequence[Row], model: Predictor) -> list[Prediction]:
    """Return a prediction for each row."""
    return model.predict(rows)


def output_fn(predictions: Sequence[Prediction], accept: str) -> tuple[bytes, str]:
    """Return an answer's body and its media type."""
    return write_predictions(predictions, accept)
