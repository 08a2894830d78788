"""PyTorch, as AWS's container serves it: without the user's `model_fn`, TorchScript models.

Source: https://github.com/aws/sagemaker-pytorch-inference-toolkit
(default_pytorch_inference_handler.py)
"""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from outcrop_runtime.default_model import is_default_model
from outcrop_runtime.serving.codecs import decode, encode
from outcrop_runtime.serving.frameworks import default_model
from outcrop_runtime.serving.messages import TEXT_TYPES, bare

MODEL = "model.pth"
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def for_model(folder: Path) -> ModuleType:
    """Return the functions for a model: those of the default trainer for what it left."""
    return default_model if is_default_model(folder) else sys.modules[__name__]


def model_fn(model_dir: str) -> Any:
    """Load a TorchScript model from `model.pth`, or from the only file like that."""
    path = Path(model_dir) / MODEL
    if not path.exists():
        found = [one for one in Path(model_dir).iterdir() if one.suffix in (".pt", ".pth")]
        if len(found) != 1:
            raise FileNotFoundError(
                f"Failed to load model with default model_fn: missing file {MODEL}."
                " Please provide a model_fn implementation."
            )
        path = found[0]
    try:
        model = torch.jit.load(str(path), map_location=DEVICE)
    except RuntimeError as error:
        raise RuntimeError(
            f"Failed to load {path}. Please ensure model is saved using torchscript, or provide a"
            " model_fn implementation."
        ) from error
    return model.eval()


def input_fn(content: str | bytes, content_type: str) -> Any:
    """Return the tensor that a request holds, numbers in text as 32-bit floats."""
    array = decode(content, content_type)
    if bare(content_type) in TEXT_TYPES:
        return torch.as_tensor(array, dtype=torch.float32, device=DEVICE)
    return torch.from_numpy(array).to(DEVICE)


def predict_fn(data: Any, model: Any) -> Any:
    """Return what the model says."""
    with torch.inference_mode():
        return model.to(DEVICE).eval()(data)


def output_fn(prediction: Any, accept: str) -> Any:
    """Return a tensor as bytes, and their content type."""
    if isinstance(prediction, torch.Tensor):
        prediction = prediction.detach().cpu().numpy()
    return encode(prediction, accept)
