"""PyTorch: one definition file, traced or scripted (`torch.jit`) or exported (`torch.export`).

A pickled `nn.Module` is none: what it computes is in code that is not in it.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/neo-compilation-preparing-model.html
"""

import contextlib
import io
import os
import pickle
import sys
import warnings
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import onnx
import torch
from torch._export.converter import TS2EPConverter

from outcrop_runtime.compilation.errors import InputError
from outcrop_runtime.compilation.original import Original
from outcrop_runtime.compilation.task import Task
from outcrop_runtime.compiled.manifest import Input

SUFFIXES = (".pt", ".pth", ".pt2")
OPSET = 18
TYPES = {torch.float32: "float32", torch.int64: "int64"}
COMPILED, SAMPLE = "model.pth", "sample_input.pkl"
"""What users' `model_fn` finds, as in AWS's containers: the model, and an example of its input."""
LONGEST_ERROR = 600


def read(task: Task) -> Original:
    """See `Framework.read`."""
    files = task.files(*SUFFIXES)
    if len(files) != 1:
        raise InputError(
            f"Exactly one .pt, .pth or .pt2 file is allowed for PyTorch models, not {len(files)}."
        )
    path = files[0]
    model, examples = _load(path)
    inputs = _inputs(task, examples)
    samples = tuple(_sample(one) for one in inputs)
    callable_ = model.module() if isinstance(model, torch.export.ExportedProgram) else model
    try:
        with torch.inference_mode():
            callable_(*samples)
    except Exception as error:
        raise InputError(
            "The PyTorch model cannot be asked. Invalid model or input-shape mismatch. Make sure"
            f" that inputs are in order and of the correct dimensionality. {_last_line(error)}"
        ) from error
    graph = _graph(model, samples, [one.name for one in inputs])

    def ask(values: Sequence[Any]) -> Sequence[Any]:
        with torch.inference_mode():
            return [one.numpy() for one in _tensors(callable_(*map(torch.from_numpy, values)))]

    named = [
        Input(its.name, one.shape, one.type)
        for its, one in zip(graph.graph.input, inputs, strict=True)
    ]
    return Original(
        graph=graph,
        inputs=named,
        ask=ask,
        baseline=f"PyTorch {torch.__version__}",
        kept=[(path, COMPILED), (_written(task.model.parent / SAMPLE, samples), SAMPLE)],
    )


def _load(path: Path) -> tuple[Any, Sequence[Any]]:
    """Return a model, and the inputs that it was traced or exported with, if it holds them."""
    try:
        model = torch.jit.load(str(path), map_location="cpu", _restore_shapes=True).eval()
    except RuntimeError as error:
        not_scripted = error
    else:
        types = [one.type() for one in list(model.graph.inputs())[1:]]
        return model, [(list(one.sizes()), one.dtype()) for one in types if _is_whole(one)]
    try:
        exported = torch.export.load(str(path))
    except Exception as error:
        raise InputError(
            f"Unable to load provided PyTorch model {path.name}: it must be saved by torch.jit or"
            f" torch.export. Error: {str(not_scripted).strip()[:LONGEST_ERROR]}"
        ) from error
    arguments, _ = exported.example_inputs or ((), {})
    return exported, [(list(one.shape), one.dtype) for one in arguments]


def _is_whole(kind: Any) -> bool:
    """Tell whether a type says a tensor's shape and its elements' type."""
    is_tensor = kind.kind() == "TensorType"
    return is_tensor and kind.sizes() is not None and None not in kind.sizes() and kind.dtype()


def _inputs(task: Task, examples: Sequence[Any]) -> list[Input]:
    if not task.inputs and not examples:
        raise InputError(
            "The model does not tell the shapes of its inputs: give DataInputConfig, or trace it"
            " with PyTorch 2.0 or later."
        )
    if task.inputs:
        return [
            Input(one.name or f"input{number}", one.shape, task.type)
            for number, one in enumerate(task.inputs)
        ]
    for _, kind in examples:
        if kind not in TYPES:
            raise InputError(f"Inputs of {kind} are not offered: only float32 and int64.")
    return [
        Input(f"input{number}", shape, TYPES[kind]) for number, (shape, kind) in enumerate(examples)
    ]


def _sample(one: Input) -> Any:
    if one.type == "int64":
        return torch.zeros(tuple(one.shape), dtype=torch.int64)
    return torch.rand(tuple(one.shape))


def _graph(model: Any, samples: tuple[Any, ...], names: list[str]) -> Any:
    with warnings.catch_warnings(), _silence(), torch.inference_mode():
        warnings.simplefilter("ignore")  # Of an exporter that is kept for TorchScript.
        try:
            return _converted(model, samples, names)
        except Exception as error:
            said = str(error).strip().partition(" [Caused by")[0][:LONGEST_ERROR]
            raise InputError(f"Cannot convert the PyTorch model. {said}") from error


def _converted(model: Any, samples: tuple[Any, ...], names: list[str]) -> Any:
    if isinstance(model, torch.export.ExportedProgram):
        program: Any = torch.onnx.export(model, samples, input_names=names, verbose=False)
        return program.model_proto
    written = io.BytesIO()
    try:
        torch.onnx.export(
            model, samples, written, dynamo=False, input_names=names, opset_version=OPSET
        )
    except torch.onnx.errors.OnnxExporterError as error:
        # What it does not know, the exporter of programs may: by way of one.
        try:
            program = TS2EPConverter(model, samples).convert()
        except Exception:  # noqa: BLE001 - whatever a converter of others' says
            raise error from None
        return _converted(program, samples, names)
    return onnx.load_from_string(written.getvalue())


@contextlib.contextmanager
def _silence() -> Generator[None]:
    """Print nothing on standard output meanwhile: exporters print whole graphs, of C++'s, too."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _last_line(error: Exception) -> str:
    return str(error).strip().splitlines()[-1][:LONGEST_ERROR] if str(error).strip() else ""


def _tensors(answer: Any) -> list[Any]:
    """Return the tensors of an answer, in the order in which graphs have them."""
    if isinstance(answer, torch.Tensor):
        return [answer]
    within = answer.values() if isinstance(answer, dict) else answer
    return [tensor for one in within for tensor in _tensors(one)]


def _written(path: Path, samples: tuple[Any, ...]) -> Path:
    path.write_bytes(pickle.dumps(samples[0] if len(samples) == 1 else samples))
    return path
