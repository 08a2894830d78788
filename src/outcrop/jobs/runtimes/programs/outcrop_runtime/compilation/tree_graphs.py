"""Trees of XGBoost as a graph of ONNX: their sum, the intercept, what the objective makes of both.

Sources: https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsembleRegressor.html
https://github.com/dmlc/xgboost/blob/master/doc/model.schema
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import onnx
import onnxruntime
import xgboost
from onnx import TensorProto, helper, numpy_helper

from outcrop_runtime.compilation.errors import InputError

INPUT, MARGIN, PREDICTION = "data", "margin", "prediction"
SUM = "sum_of_trees"
OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
IR_VERSION = 8
SIGMOID = ("binary:logistic", "reg:logistic")
EXPONENTIAL = ("count:poisson", "reg:gamma", "reg:tweedie", "survival:aft", "survival:cox")
AS_IT_IS = (
    "binary:logitraw",
    "rank:map",
    "rank:ndcg",
    "rank:pairwise",
    "reg:absoluteerror",
    "reg:pseudohubererror",
    "reg:quantileerror",
    "reg:squarederror",
    "reg:squaredlogerror",
)


def tree_graph(model: xgboost.Booster) -> Any:
    """Return a model's trees as a graph that answers as its `predict` does.

    Raises:
        InputError: It has something else than trees of numbers.
    """
    learner = json.loads(bytes(model.save_raw("json")))["learner"]
    trees, groups, weights = _trees(learner["gradient_booster"])
    objective: str = learner["objective"]["name"]
    width = model.num_features()
    sample = np.zeros((1, width), np.float32)
    wanted = np.asarray(model.predict(xgboost.DMatrix(sample), output_margin=True))
    targets = wanted.size
    ensemble = _ensemble(trees, groups, weights, targets)
    # However XGBoost keeps its intercept: it is what its margin has beyond the trees' sum.
    intercept = wanted.reshape(1, targets) - _asked(_model([ensemble], [], SUM, width), sample)
    constants = [numpy_helper.from_array(intercept.astype(np.float32), "intercept")]
    nodes = [ensemble, helper.make_node("Add", [SUM, "intercept"], [MARGIN])]
    for make in _after_margin(objective, is_column=targets == 1):
        nodes.append(make(nodes[-1].output[0], constants))
    nodes[-1].output[0] = PREDICTION
    return _model(nodes, constants, PREDICTION, width)


Maker = Callable[[str, list[Any]], Any]
"""Makes the node that follows what it is named, adding the constants that it needs."""


def _trees(booster: Mapping[str, Any]) -> tuple[Sequence[Any], Sequence[int], Sequence[float]]:
    """Return the trees, the output that each adds to, and by which factor."""
    if booster["name"] not in ("gbtree", "dart"):
        raise InputError(f"Cannot convert the XGBoost model: {booster['name']} has no trees.")
    held = booster["gbtree"]["model"] if booster["name"] == "dart" else booster["model"]
    trees, groups = held["trees"], held["tree_info"]
    for tree in trees:
        if any(tree["split_type"]):
            raise InputError("Cannot convert the XGBoost model: it splits by categories.")
        if int(tree["tree_param"].get("size_leaf_vector", "1")) > 1:
            raise InputError("Cannot convert the XGBoost model: its leaves hold several numbers.")
    return trees, groups, booster.get("weight_drop") or [1.0] * len(trees)


def _ensemble(
    trees: Sequence[Any], groups: Sequence[int], weights: Sequence[float], targets: int
) -> Any:
    """Return the node that adds the trees' leaves up."""
    nodes: dict[str, list[Any]] = {
        name: []
        for name in (
            "treeids",
            "nodeids",
            "featureids",
            "modes",
            "values",
            "truenodeids",
            "falsenodeids",
            "missing_value_tracks_true",
            "hitrates",
        )
    }
    leaves: dict[str, list[Any]] = {name: [] for name in ("treeids", "nodeids", "ids", "weights")}
    for number, (tree, group, weight) in enumerate(zip(trees, groups, weights, strict=True)):
        for told in _nodes(tree):
            is_leaf = told["modes"] == "LEAF"
            leaf = told.pop("leaf") * weight
            for name, value in {"treeids": number, "hitrates": 1.0, **told}.items():
                nodes[name].append(value)
            if is_leaf:
                found = {"treeids": number, "nodeids": told["nodeids"], "ids": group}
                for name, value in {**found, "weights": leaf}.items():
                    leaves[name].append(value)
    return helper.make_node(
        "TreeEnsembleRegressor",
        [INPUT],
        [SUM],
        domain="ai.onnx.ml",
        n_targets=targets,
        aggregate_function="SUM",
        post_transform="NONE",
        **{f"nodes_{name}": values for name, values in nodes.items()},
        **{f"target_{name}": values for name, values in leaves.items()},
    )


def _nodes(tree: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give a tree's nodes: to the left goes what is less, and perhaps what is missing."""
    for number, left in enumerate(tree["left_children"]):
        is_leaf = left < 0
        condition = float(np.float32(tree["split_conditions"][number]))
        yield {
            "nodeids": number,
            "featureids": 0 if is_leaf else tree["split_indices"][number],
            "modes": "LEAF" if is_leaf else "BRANCH_LT",
            "values": 0.0 if is_leaf else condition,
            "truenodeids": 0 if is_leaf else left,
            "falsenodeids": 0 if is_leaf else tree["right_children"][number],
            "missing_value_tracks_true": 0 if is_leaf else int(tree["default_left"][number]),
            "leaf": condition,
        }


def _after_margin(objective: str, *, is_column: bool) -> list[Maker]:
    """Return what makes the nodes between the margin and the prediction."""
    ends = [_flat] if is_column else [_node("Identity")]
    match objective:
        case "multi:softprob":
            return [_node("Softmax", axis=1)]
        case "multi:softmax":
            return [_node("ArgMax", axis=1, keepdims=0), _node("Cast", to=TensorProto.FLOAT)]
        case "binary:hinge":
            return [_above_zero, _node("Cast", to=TensorProto.FLOAT), *ends]
        case _ if objective in SIGMOID:
            return [_node("Sigmoid"), *ends]
        case _ if objective in EXPONENTIAL:
            return [_node("Exp"), *ends]
        case _ if objective in AS_IT_IS:
            return ends
        case _:
            raise InputError(f"Cannot convert the XGBoost model: it has the objective {objective}.")


def _node(operator: str, **attributes: Any) -> Maker:
    def make(after: str, constants: list[Any]) -> Any:
        del constants
        return helper.make_node(operator, [after], [f"{after}_{operator}"], **attributes)

    return make


def _flat(after: str, constants: list[Any]) -> Any:
    """Make a row of a column."""
    constants.append(numpy_helper.from_array(np.array([-1], np.int64), "row"))
    return helper.make_node("Reshape", [after, "row"], [f"{after}_flat"])


def _above_zero(after: str, constants: list[Any]) -> Any:
    constants.append(numpy_helper.from_array(np.array(0, np.float32), "zero"))
    return helper.make_node("Greater", [after, "zero"], [f"{after}_above_zero"])


def _model(nodes: Sequence[Any], constants: Sequence[Any], output: str, width: int) -> Any:
    given = helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, [None, width])
    answer = helper.make_tensor_value_info(output, TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "trees", [given], [answer], constants)
    return helper.make_model(graph, opset_imports=OPSETS, ir_version=IR_VERSION)


def _asked(model: onnx.ModelProto, values: Any) -> Any:
    session = onnxruntime.InferenceSession(model.SerializeToString())
    return session.run(None, {INPUT: values})[0]
