"""Hugging Face's transformers, as AWS's container serves them: a pipeline for the model's task.

Source: https://github.com/aws/sagemaker-huggingface-inference-toolkit
(handler_service.py, decoder_encoder.py, transformers_utils.py)
"""

import base64
import csv
import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from transformers import pipeline

from outcrop_runtime.serving.messages import (
    CSV,
    JSON,
    BadRequestError,
    UnsupportedFormatError,
    accepted,
    bare,
)

TASKS: Mapping[str, str] = {
    "TapasForQuestionAnswering": "table-question-answering",
    "ForQuestionAnswering": "question-answering",
    "ForTokenClassification": "token-classification",
    "ForSequenceClassification": "text-classification",
    "ForMultipleChoice": "multiple-choice",
    "ForMaskedLM": "fill-mask",
    "ForCausalLM": "text-generation",
    "ForConditionalGeneration": "text2text-generation",
    "MTModel": "text2text-generation",
    "EncoderDecoderModel": "text2text-generation",
    "GPT2LMHeadModel": "text-generation",
    "T5WithLMHeadModel": "text2text-generation",
}
"""How the names of architectures end, and what such models are for."""
NPY = "application/x-npy"
COLUMNS = ("question", "context", "inputs")
"""One of them must be in the line of names of CSV."""
NOT_BY_CSV = ("zero-shot-classification", "table-question-answering")
YES = ("y", "yes", "t", "true", "on", "1")


def model_fn(model_dir: str) -> Any:
    """Load the pipeline of `HF_TASK`, or of the model's architecture.

    The model is the archive's, or `HF_MODEL_ID`: a folder, or a name on the hub at `HF_ENDPOINT`.
    """
    name = os.environ.get("HF_MODEL_ID") or model_dir
    return pipeline(
        task=os.environ.get("HF_TASK") or _task(Path(name)),
        model=name,
        revision=os.environ.get("HF_MODEL_REVISION"),
        token=os.environ.get("HF_TOKEN") or os.environ.get("HF_API_TOKEN"),
        device=0 if torch.cuda.is_available() else -1,
        trust_remote_code=os.environ.get("HF_TRUST_REMOTE_CODE", "").lower() in YES,
    )


def input_fn(content: str | bytes, content_type: str) -> Any:
    """Return what a request asks: `{"inputs": …, "parameters": {…}}`."""
    kind = bare(content_type)
    raw = content.encode() if isinstance(content, str) else content
    if kind == JSON:
        return _of_json(raw)
    if kind == CSV:
        return _of_csv(raw.decode())
    if kind == NPY:
        return np.load(io.BytesIO(raw), allow_pickle=False)
    if kind.startswith("image/"):
        try:
            return {"inputs": Image.open(io.BytesIO(raw)).convert("RGB")}
        except OSError as error:
            raise BadRequestError(str(error)) from error
    if kind.startswith("audio/"):
        return {"inputs": raw}
    raise UnsupportedFormatError(content_type)


def predict_fn(data: Any, model: Any) -> Any:
    """Ask the pipeline."""
    inputs, parameters = data, None
    if isinstance(data, dict):
        inputs, parameters = data.get("inputs", data), data.get("parameters")
    try:
        return model(inputs, **(parameters or {}))
    except (KeyError, TypeError, ValueError) as error:
        # As in AWS's container, what the pipeline cannot answer is told to the client.
        raise BadRequestError(str(error)) from error


def output_fn(prediction: Any, accept: str) -> tuple[bytes, str]:
    """Return what the pipeline says as bytes, and their content type."""
    for kind in accepted(accept):
        if kind == JSON:
            text = json.dumps(prediction, ensure_ascii=False, default=_plain, separators=(",", ":"))
            return text.encode(), JSON
        if kind == CSV:
            return _as_csv(prediction), CSV
        if kind == NPY:
            packed = io.BytesIO()
            np.save(packed, np.asarray(prediction), allow_pickle=False)
            return packed.getvalue(), NPY
    raise UnsupportedFormatError(accept)


def _task(model: Path) -> str | None:
    """Return what a model of a folder is for; `None`: the hub knows."""
    path = model / "config.json"
    if not path.exists():
        if model.is_dir():
            raise ValueError(
                "There is no config.json in the model: name the task by HF_TASK, or a model of the"
                " hub by HF_MODEL_ID, or write a model_fn."
            )
        return None
    (architecture, *_) = json.loads(path.read_text(encoding="utf-8")).get("architectures") or [""]
    for end, task in TASKS.items():
        if architecture.endswith(end):
            return task
    raise ValueError(
        f"Task couldn't be inferred from {architecture!r}: use the environment variable HF_TASK"
        " to define your task."
    )


def _of_json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError as error:
        raise BadRequestError(f"The body is not JSON: {error}") from error


def _of_csv(text: str) -> Any:
    if os.environ.get("HF_TASK") in NOT_BY_CSV:
        raise BadRequestError(f"content type {CSV} is not supported with {os.environ['HF_TASK']}")
    rows = list(csv.DictReader(io.StringIO(text)))
    if not rows or not set(COLUMNS) & {str(name).lower() for name in rows[0]}:
        raise BadRequestError(
            "You need to provide the correct CSV with Header columns to use it with the inference"
            " toolkit default handler."
        )
    return {"inputs": [row["inputs"] for row in rows] if "inputs" in rows[0] else rows}


def _as_csv(prediction: Any) -> bytes:
    rows = prediction if isinstance(prediction, list) else [prediction]
    if not rows or not isinstance(rows[0], dict):
        raise BadRequestError(f"An answer of this kind cannot be {CSV}: ask for {JSON}.")
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def _plain(value: Any) -> Any:
    """Return what JSON can hold instead of arrays, numbers of NumPy's, and images."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Image.Image):
        written = io.BytesIO()
        value.save(written, format="PNG")
        return base64.b64encode(written.getvalue()).decode()
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
