"""TensorFlow.js models as ONNX: what they are made of, and what they compute."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from outcrop.weights.onnx_file import onnx_bytes
from outcrop.weights.tfjs_graph import graph_of
from outcrop.weights.tfjs_weights import NotTfjsError, read_values


def text(value: str) -> dict[str, str]:
    return {"s": base64.b64encode(value.encode()).decode()}


def texts(*values: str) -> dict[str, Any]:
    return {"list": {"s": [text(value)["s"] for value in values]}}


def numbers(*values: int) -> dict[str, Any]:
    return {"list": {"i": [str(value) for value in values]}}


def model(folder: Path, *, operator: str = "_FusedConv2D") -> Path:
    """Write a model that sums three colours, adds one and cuts what is negative."""
    filters = np.ones((1, 1, 3, 1), "<f4")
    described = {
        "modelTopology": {
            "node": [
                {
                    "name": "out",
                    "op": operator,
                    "input": ["image", "filters", "bias"],
                    "attr": {
                        "strides": numbers(1, 1, 1, 1),
                        "padding": text("SAME"),
                        "fused_ops": texts("BiasAdd", "Relu"),
                    },
                },
                {"name": "filters", "op": "Const"},
                {"name": "bias", "op": "Const"},
                {
                    "name": "image",
                    "op": "Placeholder",
                    "attr": {
                        "shape": {"shape": {"dim": [{"size": str(n)} for n in (-1, 2, 2, 3)]}}
                    },
                },
            ]
        },
        "weightsManifest": [
            {
                "paths": ["w.bin"],
                "weights": [
                    {"name": "filters", "shape": [1, 1, 3, 1], "dtype": "float32"},
                    {"name": "bias", "shape": [1], "dtype": "float32"},
                ],
            }
        ],
    }
    (folder / "w.bin").write_bytes(filters.tobytes() + np.ones(1, "<f4").tobytes())
    path = folder / "w.json"
    path.write_text(json.dumps(described))
    return path


def test_a_convolution_computes_what_it_did(tmp_path: Path):
    session = onnxruntime.InferenceSession(onnx_bytes(graph_of(model(tmp_path)), {}))
    image = np.arange(12, dtype=np.float32).reshape(1, 2, 2, 3) - 20

    (answer,) = session.run(None, {"image": image})

    assert np.array_equal(np.asarray(answer), np.maximum(image.sum(axis=3, keepdims=True) + 1, 0))


def test_an_unknown_operator_is_named(tmp_path: Path):
    with pytest.raises(NotTfjsError, match="no conversion of Einsum is known"):
        graph_of(model(tmp_path, operator="Einsum"))


def test_a_model_that_is_cut_short_is_refused(tmp_path: Path):
    path = model(tmp_path)
    (tmp_path / "w.bin").write_bytes(b"\0" * 5)

    with pytest.raises(NotTfjsError, match="are damaged"):
        graph_of(path)


def test_numbers_of_eight_bits_get_their_scale_back(tmp_path: Path):
    (tmp_path / "w.bin").write_bytes(bytes((0, 1, 255)))
    stored = {"dtype": "uint8", "scale": 0.5, "min": -1.0}
    described = {"name": "a", "shape": [3], "dtype": "float32", "quantization": stored}

    values = read_values([{"paths": ["w.bin"], "weights": [described]}], tmp_path)

    assert values["a"].tolist() == [-1.0, -0.5, 126.5]
