"""Makes small models for compilation jobs, in the runtime that compiles them.

`python compilation_models.py FOLDER`: one of scikit-learn, one of ONNX, and what they predict.
"""

import json
import sys
from pathlib import Path

import joblib
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROWS = 5


def main(folder: Path) -> None:
    """Write the models."""
    features, kinds = load_wine(return_X_y=True)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(features, kinds)
    joblib.dump(model, folder / "model.joblib")
    weights = np.random.default_rng(0).standard_normal((13, 3)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["x", "w"], ["scores"]),
            helper.make_node("Softmax", ["scores"], ["y"]),
        ],
        "linear",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", 13])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", 3])],
        [numpy_helper.from_array(weights, "w")],
    )
    linear = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(linear, folder / "model.onnx")
    rows = features[:: len(features) // ROWS].astype(np.float32)
    session = onnxruntime.InferenceSession(linear.SerializeToString())
    told = {
        "rows": rows.tolist(),
        "kinds": model.predict(rows).tolist(),
        "chances": session.run(None, {"x": rows})[0].tolist(),
    }
    (folder / "told.json").write_text(json.dumps(told))


main(Path(sys.argv[1]))
