"""The default trainer's model as files, and what predicts with it.

A model server needs no more than this:

    if is_default_model(folder):
        predictor = load(folder)              # raises ModelFilesError
        rows = read_rows(body, content_type)  # CSV, JSON, JSON lines, text, an image: BodyError
        predictions = predictor.predict(rows) # one for each row, in order: RowsError
        body, content_type = write_predictions(predictions, accept)

`outcrop_runtime.default_model.handlers` holds the same as `model_fn`, `input_fn`, `predict_fn` and
`output_fn`. `BodyError` and `RowsError` are the caller's fault: both are `ValueError`s.
"""

from outcrop_runtime.default_model.bodies import BodyError, read_rows, write_predictions
from outcrop_runtime.default_model.description import ModelFilesError, is_default_model
from outcrop_runtime.default_model.predictor import Predictor, load
from outcrop_runtime.default_model.rows import Prediction, Row, RowsError

__all__ = [
    "BodyError",
    "ModelFilesError",
    "Prediction",
    "Predictor",
    "Row",
    "RowsError",
    "is_default_model",
    "load",
    "read_rows",
    "write_predictions",
]
