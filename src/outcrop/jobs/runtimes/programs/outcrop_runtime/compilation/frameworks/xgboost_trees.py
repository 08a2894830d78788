"""XGBoost: one model file of any of its formats, or pickled.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/neo-compilation-preparing-model.html
"""

from collections.abc import Sequence
from typing import Any

import xgboost

from outcrop_runtime.compilation.errors import InputError
from outcrop_runtime.compilation.original import Original
from outcrop_runtime.compilation.task import Task
from outcrop_runtime.compilation.tree_graphs import INPUT, tree_graph
from outcrop_runtime.compiled.manifest import ROWS, Input
from outcrop_runtime.xgboost_algorithm import models


def read(task: Task) -> Original:
    """See `Framework.read`."""
    files = task.files()
    if len(files) != 1:
        raise InputError(f"Exactly one model file is allowed for XGBoost models, not {len(files)}.")
    try:
        model = models.load(files[0])
    except (ValueError, xgboost.core.XGBoostError) as error:
        what = str(error).partition("\nStack trace:")[0]
        raise InputError(f"Unable to load provided XGBoost model. Error: {what}") from error
    best = model.attr("best_iteration")
    if best is not None:  # As XGBoost's containers serve it.
        model = model[: int(best) + 1]
    width = model.num_features()
    if task.inputs and task.inputs[0].shape[-1] != width:
        raise InputError(
            f"The model takes {width} features; DataInputConfig says {task.inputs[0].shape[-1]}."
        )

    def ask(values: Sequence[Any]) -> Sequence[Any]:
        return [model.predict(xgboost.DMatrix(values[0]), validate_features=False)]

    return Original(
        graph=tree_graph(model),
        inputs=[Input(INPUT, (ROWS, width), "float32")],
        ask=ask,
        is_tabular=True,
        takes_missing=True,
        baseline=f"XGBoost {xgboost.__version__}",
    )
