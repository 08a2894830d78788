"""The work of a compilation job: convert, compile, check, measure, tell."""

import json
import logging
import os
import shutil
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import onnxruntime

from outcrop_runtime.compilation import measuring
from outcrop_runtime.compilation.checking import Comparison, compare, one_of
from outcrop_runtime.compilation.errors import DifferenceError, InputError
from outcrop_runtime.compilation.frameworks import find_framework
from outcrop_runtime.compilation.graphs import compile_graph, session
from outcrop_runtime.compilation.original import Original
from outcrop_runtime.compilation.task import Task
from outcrop_runtime.compiled.manifest import MANIFEST, ROWS

CODE = "code"
DERIVED = "derived.json"
"""In the folder of outputs: the inputs that were derived from the model."""


def main() -> None:
    """Do the work, or say why it cannot be done."""
    root = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
    logging.disable(logging.WARNING)  # What libraries say to their developers.
    try:
        _compile(Task.read(root), root / "output")
    except InputError as error:
        _fail(root, f"ClientError: InputConfiguration: {error}")
    except DifferenceError as error:
        _fail(root, f"ClientError: The compiled model is not the original's equal. {error}")
    except Exception as error:  # noqa: BLE001 - models' own code; the log and the caller are told
        traceback.print_exc()
        _fail(root, f"ClientError: The model cannot be compiled: {error}")


def _compile(task: Task, output: Path) -> None:
    for note in task.notes:
        print(note)
    print(f"Compiling a model of {task.framework} for {task.target}.")
    original = find_framework(task.framework).read(task)
    path = compile_graph(original.graph, task.output, is_quantized=task.is_quantized)
    compiled = session(str(path))
    comparison = compare(original, compiled, is_quantized=task.is_quantized)
    report = _measured(task, original, compiled, comparison)
    _keep(task, original)
    outputs = [one.name for one in compiled.get_outputs()]
    manifest = {
        "framework": task.framework,
        "target": task.target,
        "inputs": [
            {"name": one.name, "shape": list(one.shape), "type": one.type}
            for one in original.inputs
        ],
        "outputs": outputs,
        "report": report,
    }
    text = json.dumps(manifest, indent=2)
    (task.output / MANIFEST).write_text(text, encoding="utf-8")
    if not task.inputs:
        (output / DERIVED).write_text(json.dumps(_derived(original)), encoding="utf-8")


def _measured(
    task: Task, original: Original, compiled: Any, comparison: Comparison
) -> dict[str, Any]:
    """Return the report, and tell what it says."""
    values = one_of(original)
    asked = dict(zip([one.name for one in original.inputs], values, strict=True))
    before = measuring.milliseconds(lambda: original.ask(values))
    after = measuring.milliseconds(lambda: compiled.run(None, asked))
    print(
        f"Checked on {comparison.samples} random inputs: numbers differ by"
        f" {comparison.largest_difference:.2e} of the largest at most (allowed:"
        f" {comparison.tolerance:.0e}), {comparison.same_labels:.2%} of the labels are the same."
    )
    print(
        f"Original: {before:.4f} ms ({original.baseline}); compiled: {after:.4f} ms (ONNX Runtime"
        f" {onnxruntime.__version__}); gain: {before / after:.2f} times."
    )
    return {
        "engine": f"ONNX Runtime {onnxruntime.__version__}",
        "is_quantized": task.is_quantized,
        "baseline": original.baseline,
        "original_milliseconds": before,
        "compiled_milliseconds": after,
        "gain": before / after,
        "comparison": comparison.told(),
    }


def _keep(task: Task, original: Original) -> None:
    """Copy the user's code, and what else is to lie beside the compiled model."""
    if (task.model / CODE).is_dir():
        shutil.copytree(task.model / CODE, task.output / CODE, dirs_exist_ok=True)
    for path, name in original.kept:
        shutil.copyfile(path, task.output / name)


def _derived(original: Original) -> dict[str, Sequence[int]]:
    """Return the inputs as DataInputConfig would have them: of tables, one row."""
    return {
        one.name: [1 if side == ROWS else side for side in one.shape] for one in original.inputs
    }


def _fail(root: Path, message: str) -> None:
    print(message, file=sys.stderr)
    (root / "output" / "failure").write_text(message, encoding="utf-8")
    sys.exit(1)
