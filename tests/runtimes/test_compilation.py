"""What compilation jobs make of models, and how compiled ones answer, in the runtimes."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.installed_runtimes import program_environment, runtime_python

PROGRAM = Path(__file__).parent / "programs" / "compilation.py"
TREES = """
import numpy, xgboost
random = numpy.random.default_rng(0)
rows = random.random((300, 4)).astype(numpy.float32)
rows[::9, 1] = numpy.nan
labels = {labels}
given = {{"max_depth": 4, **{given}}}
xgboost.train(given, xgboost.DMatrix(rows, label=labels), 10).save_model(model / "trees.json")
"""
SUMS = "rows[:, 0] + rows[:, 2]"
KINDS = "(3 * rows[:, 0]).astype(int)"
SIGNS = "(rows[:, 0] > rows[:, 2]).astype(int)"
OBJECTIVES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "squarederror": (SUMS, {"objective": "reg:squarederror"}),
    "absoluteerror": (SUMS, {"objective": "reg:absoluteerror"}),
    "poisson": (SUMS, {"objective": "count:poisson"}),
    "tweedie": (SUMS, {"objective": "reg:tweedie"}),
    "logistic": (SIGNS, {"objective": "binary:logistic"}),
    "logitraw": (SIGNS, {"objective": "binary:logitraw"}),
    "hinge": (SIGNS, {"objective": "binary:hinge"}),
    "softmax": (KINDS, {"objective": "multi:softmax", "num_class": 3}),
    "softprob": (KINDS, {"objective": "multi:softprob", "num_class": 3}),
    "pairwise": (SIGNS, {"objective": "rank:pairwise"}),
    "dart": (SUMS, {"objective": "reg:squarederror", "booster": "dart", "rate_drop": 0.3}),
    "linear": (SUMS, {"objective": "reg:squarederror", "booster": "gblinear"}),
}
NETWORK = """
import torch
from torch import nn
torch.manual_seed(0)
head = [nn.Conv2d(1, 4, 3), nn.ReLU(), {pooling}, nn.Flatten()]
network = nn.Sequential(*head, nn.Linear({width}, 3))
images = torch.rand(2, 1, 10, 10)
"""
CANCELLING = """
import numpy, onnx
from onnx import TensorProto, helper, numpy_helper
random = numpy.random.default_rng(0)
first, more = (random.standard_normal((8, 3)).astype(numpy.float32) for _ in range(2))
products = [helper.make_node("MatMul", ["x", name], ["of_" + name]) for name in ("a", "b")]
graph = helper.make_graph(
    [*products, helper.make_node("Sub", ["of_a", "of_b"], ["y"])],
    "difference",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 8])],
    [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 3])],
    [numpy_helper.from_array(first, "a"), numpy_helper.from_array(first + more / 1000, "b")],
)
made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.save(made, model / "model.onnx")
"""
"""What is left of two products that are nearly equal: 8 bits do not tell them apart."""
NEO_HANDLER = """
import json, numpy
def neo_preprocess(payload, content_type):
    assert content_type == "application/vnd+python.numpy+binary", content_type
    return numpy.array(json.loads(payload)["rows"])
def neo_postprocess(result):
    assert isinstance(result, list)
    return json.dumps({"first": result[0].round(3).tolist()}), "application/json"
"""


def compile_all(
    folder: Path, runtime: str, cases: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Compile and ask all in one process: most of the time goes to starting it."""
    done = subprocess.run(
        [runtime_python(runtime), PROGRAM, folder],
        env=program_environment(OMP_NUM_THREADS="1", PYTHONWARNINGS="ignore"),
        input="\n".join(json.dumps(case) for case in cases),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    told: Mapping[str, Any] = json.loads((folder / "told.json").read_text())
    return told


def trees(name: str, **more: Any) -> Mapping[str, Any]:
    labels, given = OBJECTIVES[name]
    make = TREES.format(labels=labels, given=dict(given))
    return {"name": name, "framework": "XGBOOST", "make": make, **more}


@pytest.fixture(scope="module")
def xgboost(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    asked = {
        "logistic": [["0.9,0,0.1,0\n0.1,0,0.9,0\n", "text/csv", "text/csv"]],
        "softprob": [["[[0.9, 0, 0.1, 0]]", "application/json", "application/json"]],
        "squarederror": [["[[1, 2]]", "application/json", "*/*"]],
    }
    difference = {"framework": "ONNX", "make": CANCELLING}
    cases = [
        *(trees(name, asked=asked.get(name, [])) for name in OBJECTIVES),
        {**difference, "name": "difference"},
        {**difference, "name": "difference of integers", "is_quantized": True},
    ]
    return compile_all(tmp_path_factory.mktemp("xgboost"), "neo-xgboost", cases)


@pytest.mark.parametrize("name", [name for name in OBJECTIVES if name != "linear"])
def test_trees_answer_as_they_did(xgboost: Mapping[str, Any], name: str) -> None:
    told = xgboost[name]

    assert told["failure"] == ""
    comparison = told["manifest"]["report"]["comparison"]
    assert comparison["largest_difference"] < 1e-5
    assert comparison["samples"] == 256
    assert told["derived"] == {"data": [1, 4]}


def test_what_has_no_trees_is_no_model_of_xgboost(xgboost: Mapping[str, Any]) -> None:
    assert xgboost["linear"]["failure"] == (
        "ClientError: InputConfiguration: Cannot convert the XGBoost model: gblinear has no trees."
    )


def test_a_model_that_answers_differently_is_not_handed_out(xgboost: Mapping[str, Any]) -> None:
    assert xgboost["difference"]["failure"] == ""
    failure = xgboost["difference of integers"]["failure"]
    assert failure.startswith(
        "ClientError: The compiled model is not the original's equal. Its answers differ from the"
        " original's by up to "
    )
    assert failure.endswith("on 4 random inputs of the declared shapes.")


def test_compiled_trees_answer_any_number_of_rows(xgboost: Mapping[str, Any]) -> None:
    ((status, content_type, body),) = xgboost["logistic"]["answers"]
    ((_, _, chances),) = xgboost["softprob"]["answers"]

    high, low = map(float, body.split())
    assert (status, content_type) == (200, "text/csv")
    assert high > 0.9
    assert low < 0.1
    assert sum(json.loads(chances)[0]) == pytest.approx(1)


def test_an_input_of_another_shape_is_the_clients_fault(xgboost: Mapping[str, Any]) -> None:
    ((status, _, body),) = xgboost["squarederror"]["answers"]

    assert status == 400
    assert body.startswith(
        "The model was compiled for the input data of shape ['any', 4], not [1, 2]."
    )


@pytest.fixture(scope="module")
def pytorch(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    plain = NETWORK.format(pooling="nn.MaxPool2d(2)", width=64)
    pooled = NETWORK.format(pooling="nn.AdaptiveAvgPool2d(3)", width=36)  # Of 8 by 8: no factor.
    trace = "torch.jit.trace(network.eval(), images).save(str(model / 'model.pth'))"
    rows = json.dumps({"rows": [[[[0.5] * 10] * 10]] * 2})
    handled = [[rows, "application/vnd+python.numpy+binary", "*/*"]]
    cases = [
        {"name": "traced", "make": plain + trace, "code": NEO_HANDLER, "asked": handled},
        {"name": "pooled", "make": pooled + trace, "is_quantized": True},
        {
            "name": "scripted",
            "make": plain + "torch.jit.script(network.eval()).save(str(model / 'model.pt'))",
            "inputs": [{"name": "", "shape": [1, 1, 10, 10]}],
        },
        {
            "name": "exported",
            "make": plain
            + "torch.export.save(torch.export.export(network.eval(), (images,)), model / 'm.pt2')",
        },
        {
            "name": "wrong shape",
            "make": plain + trace,
            "inputs": [{"name": "images", "shape": [1, 2, 10, 10]}],
        },
        {"name": "pickled", "make": plain + "torch.save(network, model / 'model.pt')"},
        {
            "name": "untold",
            "make": plain + "torch.jit.script(network).save(str(model / 'model.pt'))",
        },
    ]
    framework = {"framework": "PYTORCH"}
    return compile_all(
        tmp_path_factory.mktemp("pytorch"), "neo-pytorch", [{**case, **framework} for case in cases]
    )


@pytest.mark.parametrize("name", ["traced", "pooled", "scripted", "exported"])
def test_networks_answer_as_they_did(pytorch: Mapping[str, Any], name: str) -> None:
    told = pytorch[name]

    assert told["failure"] == ""
    comparison = told["manifest"]["report"]["comparison"]
    assert comparison["largest_difference"] < comparison["tolerance"]


def test_traced_and_exported_networks_tell_their_inputs(pytorch: Mapping[str, Any]) -> None:
    derived = {name: pytorch[name]["derived"] for name in ("traced", "scripted", "exported")}

    assert derived == {
        "traced": {"input0": [2, 1, 10, 10]},
        "scripted": None,
        "exported": {"input0": [2, 1, 10, 10]},
    }


def test_handlers_of_older_images_prepare_and_finish(pytorch: Mapping[str, Any]) -> None:
    ((status, content_type, body),) = pytorch["traced"]["answers"]

    assert (status, content_type) == (200, "application/json")
    first, second = json.loads(body)["first"]
    assert first == second
    assert len(first) == 3


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (
            "wrong shape",
            "The PyTorch model cannot be asked. Invalid model or input-shape mismatch. Make sure"
            " that inputs are in order and of the correct dimensionality.",
        ),
        (
            "pickled",
            "Unable to load provided PyTorch model model.pt: it must be saved by torch.jit or"
            " torch.export.",
        ),
        ("untold", "The model does not tell the shapes of its inputs: give DataInputConfig,"),
    ],
)
def test_networks_that_cannot_be_compiled_say_why(
    pytorch: Mapping[str, Any], name: str, reason: str
) -> None:
    assert pytorch[name]["failure"].startswith(f"ClientError: InputConfiguration: {reason}")
