"""The models of the default trainer, which speak CSV and JSON."""

from collections.abc import Sequence

from outcrop_runtime.default_model import BodyError, Predictor, RowsError, handlers
from outcrop_runtime.default_model.rows import Prediction, Row
from outcrop_runtime.serving.messages import BadRequestError


def model_fn(model_dir: str) -> Predictor:
    """Load the model."""
    return handlers.model_fn(model_dir)


def input_fn(content: str | bytes, content_type: str) -> list[Row]:
    """Return a request's rows."""
    try:
        return handlers.input_fn(content, content_type)
    except BodyError as error:
        raise BadRequestError(str(error)) from error


def predict_fn(data: Sequence[Row], model: Predictor) -> list[Prediction]:
    """Return a prediction for each row."""
    try:
        return handlers.predict_fn(data, model)
    except RowsError as error:
        raise BadRequestError(str(error)) from error


def output_fn(prediction: Sequence[Prediction], accept: str) -> tuple[bytes, str]:
    """Return predictions as bytes, and their content type."""
    try:
        return handlers.output_fn(prediction, accept)
    except BodyError as error:
        raise BadRequestError(str(error)) from error
