"""Compiled models (SageMaker Neo), whichever framework they come from, on ONNX Runtime.

Users' modules may have the functions of AWS's newer images (`model_fn` and its like), or those of
its older ones: `neo_preprocess` makes arrays of a request, `neo_postprocess` an answer of arrays.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/neo-deployment-hosting-services-prerequisites.html
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from outcrop_runtime.compiled.manifest import MANIFEST, Manifest
from outcrop_runtime.compiled.model import CompiledModel, ShapeError
from outcrop_runtime.serving.codecs import decode, encode
from outcrop_runtime.serving.messages import CSV, JSON, BadRequestError, bare

INSTANCE_TYPE = "OUTCROP_INSTANCE_TYPE"


@dataclass(frozen=True, slots=True)
class CompiledModels:
    """Implements `outcrop_runtime.serving.handlers.Framework`."""

    DEFAULT_ACCEPT: str
    """As the model's own framework answers who does not say."""

    def model_fn(self, model_dir: str) -> CompiledModel:
        """Load the compiled model, and say what it runs on."""
        folder = Path(model_dir)
        if not (folder / MANIFEST).exists():
            raise FileNotFoundError(
                f"There is no compiled model in {model_dir}: this image serves what compilation"
                " jobs (CreateCompilationJob) leave."
            )
        model = CompiledModel(folder)
        told = model.manifest
        stands_in = os.environ.get(INSTANCE_TYPE, "the instance")
        print(
            f"Serving a model of {told.framework}, compiled for {told.target}, by ONNX Runtime on"
            f" the processors of this machine, which stand in for {stands_in}."
        )
        return model

    def input_fn(self, content: str | bytes, content_type: str) -> Any:
        """Return the arrays that a request holds."""
        if bare(content_type) != "application/json":
            return decode(content, content_type)
        try:
            value = json.loads(content)
        except ValueError as error:
            raise BadRequestError(f"The request is not JSON: {error}") from error
        if isinstance(value, dict):
            return {name: np.array(one) for name, one in value.items()}
        return value

    def predict_fn(self, data: Any, model: CompiledModel) -> Any:
        """Return what the model says: its output, or a list of several."""
        answers = _asked(model, data)
        return answers[0] if len(answers) == 1 else answers

    def output_fn(self, prediction: Any, accept: str) -> Any:
        """Return arrays as bytes, and their content type."""
        return encode(prediction, accept)

    def functions_of(self, module: ModuleType) -> Mapping[str, Callable[..., Any]]:
        """Return the functions of a user's module that older images call by other names."""
        found: dict[str, Callable[..., Any]] = {}
        if hasattr(module, "neo_preprocess"):
            found["input_fn"] = _preprocessing(module.neo_preprocess)
        if hasattr(module, "neo_postprocess"):
            found["predict_fn"] = _asked_for_a_list
            found["output_fn"] = _postprocessing(module.neo_postprocess)
        return found


def for_model(folder: Path) -> CompiledModels:
    """Return the functions for a compiled model."""
    is_trees = (folder / MANIFEST).exists() and Manifest.read(folder).framework == "XGBOOST"
    return CompiledModels(CSV if is_trees else JSON)


def _asked(model: CompiledModel, data: Any) -> Sequence[Any]:
    try:
        return model.run(data)
    except ShapeError as error:
        raise BadRequestError(str(error)) from error


def _asked_for_a_list(data: Any, model: CompiledModel) -> list[Any]:
    """Return all outputs, as AWS's runtime hands them to `neo_postprocess`."""
    return list(_asked(model, data))


def _preprocessing(function: Callable[..., Any]) -> Callable[[str | bytes, str], Any]:
    def read(content: str | bytes, content_type: str) -> Any:
        payload = content.encode() if isinstance(content, str) else content
        return function(payload, content_type)

    return read


def _postprocessing(function: Callable[..., Any]) -> Callable[[Any, str], Any]:
    def write(prediction: Any, accept: str) -> Any:
        del accept
        return function(prediction)

    return write
