"""Models that are graphs of ONNX already: one file that ends with `.onnx`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from google.protobuf.message import DecodeError

from outcrop_runtime.compilation.errors import InputError
from outcrop_runtime.compilation.graphs import session
from outcrop_runtime.compilation.original import Original
from outcrop_runtime.compilation.task import Given, Task
from outcrop_runtime.compiled.manifest import Input


def read(task: Task) -> Original:
    """See `Framework.read`."""
    files = task.files(".onnx")
    if len(files) != 1:
        raise InputError(f"Exactly one .onnx file is allowed for ONNX models, not {len(files)}.")
    try:
        graph = onnx.load(files[0])
        onnx.checker.check_model(graph)
    except (onnx.checker.ValidationError, DecodeError, OSError) as error:
        raise InputError(f"Unable to load provided ONNX model. Error: {error}") from error
    inputs = _inputs(graph, task.inputs)
    _set_shapes(graph, inputs)
    original = session(graph.SerializeToString())
    names = [one.name for one in inputs]

    def ask(values: Sequence[Any]) -> Sequence[Any]:
        return original.run(None, dict(zip(names, values, strict=True)))

    return Original(
        graph=graph, inputs=inputs, ask=ask, baseline="ONNX Runtime without the compiler's work"
    )


def _inputs(graph: Any, given: Sequence[Given]) -> list[Input]:
    """Return the graph's inputs with the shapes that were declared for them."""
    weights = {one.name for one in graph.graph.initializer}
    found = [one for one in graph.graph.input if one.name not in weights]
    names = [one.name for one in found]
    declared = {one.name: one for one in given}
    if given and sorted(declared) != sorted(names):
        raise InputError(
            f"The model's inputs are {', '.join(names)}; DataInputConfig names"
            f" {', '.join(declared)}."
        )
    inputs: list[Input] = []
    for one in found:
        tensor = one.type.tensor_type
        own = [int(side.dim_value) for side in tensor.shape.dim]
        shape = list(declared[one.name].shape) if given else own
        if any(side < 1 for side in shape):
            raise InputError(f"The input {one.name} has no fixed shape: give DataInputConfig.")
        fits = len(own) == len(shape) and all(
            mine in (0, its) for mine, its in zip(own, shape, strict=True)
        )
        if not fits:
            raise InputError(f"The input {one.name} has the shape {own} in the model, not {shape}.")
        kind = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type)).name
        inputs.append(Input(one.name, shape, kind))
    return inputs


def _set_shapes(graph: Any, inputs: Sequence[Input]) -> None:
    """Have the graph take inputs of these shapes alone, as AWS's compiler does."""
    known = {one.name: one for one in graph.graph.input}
    for one in inputs:
        for side, size in zip(known[one.name].type.tensor_type.shape.dim, one.shape, strict=True):
            side.dim_value = size
    for one in graph.graph.output:  # Their shapes follow.
        for side in one.type.tensor_type.shape.dim:
            side.ClearField("dim_param")
