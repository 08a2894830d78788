"""Graphs of ONNX: optimised, quantised, run.

Source: https://onnxruntime.ai/docs/performance/model-optimizations/graph-optimizations.html
"""

import os
from pathlib import Path
from typing import Any

import onnx
import onnxruntime
from onnxruntime.quantization import QuantType, quantize_dynamic

from outcrop_runtime.compilation.errors import InputError
from outcrop_runtime.compiled.manifest import GRAPH

ERRORS_ONLY = 3
PRODUCTS = ("MatMul", "Gemm")
QUANTIZED = ("MatMulInteger", "DynamicQuantizeMatMul", "MatMulIntegerToFloat")


def session(graph: bytes | str, *, written: Path | None = None) -> Any:
    """Return what runs a graph: bytes, or the path of a file.

    Args:
        graph: It.
        written: Where the optimised graph is written.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", "0"))
    options.log_severity_level = ERRORS_ONLY
    if written is not None:
        # Not what only this machine's processors understand: that is done whenever it is loaded.
        level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.graph_optimization_level = level
        options.optimized_model_filepath = str(written)
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def compile_graph(graph: Any, folder: Path, *, is_quantized: bool) -> Path:
    """Write a graph, optimised and perhaps quantised, to a folder and return its path.

    Raises:
        InputError: Nothing in it can be quantised.
    """
    plain, path = folder / "converted.onnx", folder / GRAPH
    onnx.save(graph, plain)
    try:
        if is_quantized:
            _quantize(plain)
        session(str(plain), written=path)
    finally:
        plain.unlink()
    return path


def _quantize(path: Path) -> None:
    """Turn the products of matrices into those of 8-bit integers; activations' scales as they run.

    Convolutions stay as they are: their activations' ranges would have to be learnt from data.
    """
    before = [node.op_type for node in onnx.load(path, load_external_data=False).graph.node]
    number = sum(kind in PRODUCTS for kind in before)
    if not number:
        raise InputError("int8 turns products of matrices into integers; the model has none.")
    quantize_dynamic(path, path, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"])
    after = [node.op_type for node in onnx.load(path, load_external_data=False).graph.node]
    done = sum(kind in QUANTIZED for kind in after)
    if not done:
        raise InputError("int8: none of the model's products has weights that do not change.")
    print(f"Quantized {done} of {number} products of matrices to int8.")
