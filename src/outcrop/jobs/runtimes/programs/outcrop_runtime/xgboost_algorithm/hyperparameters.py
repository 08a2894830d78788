"""The hyperparameters of the XGBoost algorithm, and what it allows them to be.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost_hyperparameters.html,
https://github.com/aws/sagemaker-xgboost-container (algorithm_mode/hyperparameter_validation.py)
"""

import ast
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop_runtime.training.errors import CannotTrainError
from outcrop_runtime.xgboost_algorithm.intervals import Interval
from outcrop_runtime.xgboost_algorithm.metrics import METRICS

OF_OTHERS = "sagemaker_"
"""What the SDK adds for itself starts so."""
ALIASES = {
    "learning_rate": "eta",
    "min_split_loss": "gamma",
    "reg_lambda": "lambda",
    "reg_alpha": "alpha",
}
DEFAULT_OBJECTIVE = "reg:squarederror"
WITH_THRESHOLD = ("error", "ndcg", "map")
CLASSIFICATION_OR_RANKING = ("binary:", "multi:", "rank:")
LINEAR_UPDATERS = ("shotgun", "coord_descent")


@dataclass(frozen=True, slots=True)
class Rule:
    """What one of them may be."""

    parse: Callable[[str], Any]
    allowed: Interval | Sequence[Any] | None = None

    def read(self, name: str, text: str) -> Any:
        """Return the value of a text.

        Raises:
            CannotTrainError: It has none that is allowed.
        """
        try:
            value = self.parse(text)
            parts = _flat(value)
        except (SyntaxError, TypeError, ValueError) as error:
            raise CannotTrainError(f"Hyperparameter {name}: could not parse value") from error
        if self.allowed is not None and any(part not in self.allowed for part in parts):
            shown = _shown(self.allowed)
            raise CannotTrainError(f"Hyperparameter {name}: {value} is not in {shown}")
        return value


def read_hyperparameters(given: Mapping[str, str]) -> dict[str, Any]:
    """Return a job's hyperparameters with their values.

    Raises:
        CannotTrainError: One is missing, unknown or not allowed, or some do not go together.
    """
    values: dict[str, Any] = {}
    for name, text in given.items():
        if name.startswith(OF_OTHERS):
            continue
        name = ALIASES.get(name, name)  # noqa: PLW2901 - the name is the same under another name
        if name not in RULES:
            raise CannotTrainError(f"Extraneous hyperparameter found: {name}")
        values[name] = RULES[name].read(name, _unquoted(text))
    if "num_round" not in values:
        raise CannotTrainError("Missing required hyperparameter: num_round")
    _check_objective(values)
    _check_metrics(values)
    _check_trees(values)
    return values


def _check_objective(values: Mapping[str, Any]) -> None:
    if values.get("objective", "").startswith("multi:") and "num_class" not in values:
        raise CannotTrainError("Require input for parameter 'num_class' for multi-classification")


def _check_metrics(values: Mapping[str, Any]) -> None:
    objective = values.get("objective", DEFAULT_OBJECTIVE)
    metrics = values.get("eval_metric", ())
    for metric in metrics:
        name, at, threshold = metric.partition("@")
        if at and name not in WITH_THRESHOLD:
            raise CannotTrainError(
                f"Metric '{metric}' is not supported. Parameter 'eval_metric' with customized"
                " threshold should be one of these options: 'error', 'ndcg', 'map'."
            )
        if name not in METRICS:
            raise CannotTrainError(
                f"Hyperparameter eval_metric: value {metrics} not in range {list(METRICS)}"
            )
        if at and not _is_number(threshold.rstrip("-")):
            raise CannotTrainError(f"Threshold value 't' in '{name}@t' expects float input.")
    if "auc" in metrics and not objective.startswith(CLASSIFICATION_OR_RANKING):
        raise CannotTrainError(
            "Metric 'auc' can only be applied for classification and ranking problems."
        )
    if "aft-nloglik" in metrics and objective != "survival:aft":
        raise CannotTrainError(
            "Metric 'aft-nloglik' can only be applied for 'survival:aft' objective."
        )


def _check_trees(values: Mapping[str, Any]) -> None:
    method = values.get("tree_method")
    if method == "gpu_hist":
        raise CannotTrainError(
            "The tree_method gpu_hist needs XGBoost's build for GPUs; this one runs on processors:"
            " choose hist."
        )
    if "monotone_constraints" in values and method not in ("exact", "hist"):
        raise CannotTrainError(
            "monotone_constraints can be used only when the tree_method parameter is set to "
            "either 'exact' or 'hist'."
        )
    if "interaction_constraints" in values and method not in ("exact", "hist", "approx"):
        raise CannotTrainError(
            "interaction_constraints can be used only when the tree_method parameter is set to "
            "either 'exact', 'hist' or 'approx'."
        )
    updater = values.get("updater")
    if updater and values.get("booster") == "gblinear" and updater not in LINEAR_UPDATERS:
        raise CannotTrainError(
            "Linear updater should be one of these options: 'shotgun', 'coord_descent'."
        )


def _unquoted(text: str) -> str:
    """Return a value as it was before the SDK's frameworks wrote it as JSON."""
    return str(json.loads(text)) if text.startswith('"') else text


def _flat(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        return [value]
    return [part for one in value for part in _flat(one)]


def _shown(allowed: Interval | Sequence[Any]) -> str:
    return str(allowed) if isinstance(allowed, Interval) else str(list(allowed))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


def _sequence(text: str) -> Any:
    value = ast.literal_eval(text)
    if not isinstance(value, list | tuple):
        raise TypeError(text)
    return value


def _whole(notation: str) -> Rule:
    return Rule(int, Interval(notation))


def _real(notation: str) -> Rule:
    return Rule(float, Interval(notation))


def _one_of(*values: str) -> Rule:
    return Rule(str, values)


RULES: Mapping[str, Rule] = {
    "num_round": _whole("[1, +inf)"),
    "csv_weights": _whole("[0, 1]"),
    "early_stopping_rounds": _whole("[1, +inf)"),
    "booster": _one_of("gbtree", "gblinear", "dart"),
    "verbosity": _whole("[0, 3]"),
    "nthread": _whole("[1, +inf)"),
    "eta": _real("[0, 1]"),
    "gamma": _real("[0, +inf)"),
    "max_depth": _whole("[0, +inf)"),
    "min_child_weight": _real("[0, +inf)"),
    "max_delta_step": _real("[0, +inf)"),
    "subsample": _real("(0, 1]"),
    "colsample_bytree": _real("(0, 1]"),
    "colsample_bylevel": _real("(0, 1]"),
    "colsample_bynode": _real("(0, 1]"),
    "lambda": _real("[0, +inf)"),
    "alpha": _real("[0, +inf)"),
    "tree_method": _one_of("auto", "exact", "approx", "hist", "gpu_hist"),
    "sketch_eps": _real("(0, 1)"),
    "scale_pos_weight": _real("(0, +inf)"),
    "updater": Rule(str),
    "dsplit": _one_of("row", "col"),
    "refresh_leaf": _whole("[0, 1]"),
    "process_type": _one_of("default", "update"),
    "grow_policy": _one_of("depthwise", "lossguide"),
    "max_leaves": _whole("[0, +inf)"),
    "max_bin": _whole("[0, +inf)"),
    "predictor": _one_of("auto", "cpu_predictor", "gpu_predictor"),
    "monotone_constraints": Rule(_sequence, (-1, 0, 1)),
    "interaction_constraints": Rule(_sequence, Interval("[0, +inf)")),
    "sample_type": _one_of("uniform", "weighted"),
    "normalize_type": _one_of("tree", "forest"),
    "rate_drop": _real("[0, 1]"),
    "one_drop": _whole("[0, 1]"),
    "skip_drop": _real("[0, 1]"),
    "lambda_bias": _real("[0, 1]"),
    "tweedie_variance_power": _real("(1, 2)"),
    "objective": _one_of(
        "binary:logistic",
        "binary:logitraw",
        "binary:hinge",
        "count:poisson",
        "multi:softmax",
        "multi:softprob",
        "rank:pairwise",
        "rank:ndcg",
        "rank:map",
        "reg:linear",
        "reg:squarederror",
        "reg:logistic",
        "reg:gamma",
        "reg:absoluteerror",
        "reg:pseudohubererror",
        "reg:squaredlogerror",
        "reg:tweedie",
        "survival:aft",
        "survival:cox",
    ),
    "num_class": _whole("[2, +inf)"),
    "base_score": _real("[0, +inf)"),
    "_tuning_objective_metric": Rule(
        str, [f"{part}:{name}" for part in ("validation", "train") for name in METRICS]
    ),
    "eval_metric": Rule(_names),
    "seed": _whole("(-2147483648, 2147483647)"),
    "num_parallel_tree": _whole("[1, +inf)"),
    "save_model_on_termination": _one_of("true", "false"),
    "aft_loss_distribution": _one_of("normal", "logistic", "extreme"),
    "aft_loss_distribution_scale": _real("[0, +inf)"),
    "sampling_method": _one_of("uniform", "gradient_based"),
}
