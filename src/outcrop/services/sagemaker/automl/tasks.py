"""What an AutoML job is to learn, whichever operation asked for it.

Sources: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateAutoMLJob.html
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateAutoMLJobV2.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.aws.errors import ValidationError

CLASSES = ("Accuracy", "BalancedAccuracy")
OBJECTIVES: Mapping[str, Sequence[str]] = {
    "BinaryClassification": (*CLASSES, "AUC", "F1", "Precision", "Recall"),
    "MulticlassClassification": (*CLASSES, "F1macro", "PrecisionMacro", "RecallMacro"),
    "Regression": ("MAE", "MSE", "R2", "RMSE"),
}
MINIMISED = ("MAE", "MSE", "RMSE")
ALGORITHMS = ("lightgbm", "xgboost", "randomforest", "extra-trees", "linear-learner")
"""In the order in which they are tried."""
OF_TUNING = ("xgboost", "linear-learner")
"""Those of the mode HYPERPARAMETER_TUNING that are here; AWS has `mlp`, too."""
NOT_OFFERED = (
    "GenerateCandidateDefinitionsOnly",
    "FeatureSpecificationS3Uri",
    "SampleWeightAttributeName",
    "ModelDeployConfig",
    "AutoMLComputeConfig",
)
TABULAR = "TabularJobConfig"


def table_of_first(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what CreateAutoMLJob asks for, in the words of CreateAutoMLJobV2.

    Raises:
        ServiceError: The message says what is missing here.
    """
    config: Mapping[str, Any] = given.get("AutoMLJobConfig", {})
    channels: Sequence[Mapping[str, Any]] = given["InputDataConfig"]
    targets = {channel["TargetAttributeName"] for channel in channels}
    if len(targets) > 1:
        raise ValidationError("All channels must have the same TargetAttributeName.")
    tabular = {
        name: config[name]
        for name in ("CandidateGenerationConfig", "CompletionCriteria", "Mode")
        if name in config
    }
    tabular |= {
        name: given[name]
        for name in ("ProblemType", "GenerateCandidateDefinitionsOnly")
        if name in given
    }
    features = config.get("CandidateGenerationConfig", {}).get("FeatureSpecificationS3Uri")
    if features is not None:
        tabular["FeatureSpecificationS3Uri"] = features
    for channel in channels:
        if "SampleWeightAttributeName" in channel:
            tabular["SampleWeightAttributeName"] = channel["SampleWeightAttributeName"]
    own = ("TargetAttributeName", "SampleWeightAttributeName")
    table: dict[str, Any] = {
        "AutoMLJobInputDataConfig": [
            {name: value for name, value in channel.items() if name not in own}
            for channel in channels
        ],
        "AutoMLProblemTypeConfig": {TABULAR: {**tabular, "TargetAttributeName": targets.pop()}},
    }
    for name in ("OutputDataConfig", "RoleArn", "AutoMLJobObjective", "ModelDeployConfig"):
        if name in given:
            table[name] = given[name]
    for name in ("SecurityConfig", "DataSplitConfig"):
        if name in config:
            table[name] = config[name]
    return table


def check(table: Mapping[str, Any]) -> None:
    """Refuse what cannot be done here.

    Raises:
        ServiceError: The message says what is missing.
    """
    (kind, config), *_ = table["AutoMLProblemTypeConfig"].items()
    if kind != TABULAR:
        raise ValidationError(
            f"{kind} is not offered by this server: AutoML jobs learn tables ({TABULAR}) here."
        )
    for name in NOT_OFFERED:
        if table.get(name) or config.get(name):
            raise ValidationError(f"{name} is not offered by this server yet.")
    _check_objective(table, config)
    _check_channels(table)
    algorithms_of(config)


def _check_objective(table: Mapping[str, Any], config: Mapping[str, Any]) -> None:
    problem = config.get("ProblemType")
    objective = table.get("AutoMLJobObjective", {}).get("MetricName")
    if (problem is None) != (objective is None):
        raise ValidationError(
            "You must provide both the ProblemType and the AutoMLJobObjective, or neither."
        )
    if problem is not None and objective not in OBJECTIVES[problem]:
        raise ValidationError(
            f"The objective {objective} is not supported for {problem}:"
            f" choose one of {', '.join(OBJECTIVES[problem])}."
        )


def _check_channels(table: Mapping[str, Any]) -> None:
    channels = table["AutoMLJobInputDataConfig"]
    names = [name_of(channel) for channel in channels]
    if "training" not in names or len(set(names)) < len(names):
        raise ValidationError("There must be one training channel, and at most one for validation.")
    if "validation" in names and "DataSplitConfig" in table:
        raise ValidationError("A validation channel and DataSplitConfig exclude one another.")
    for channel in channels:
        if "DataSource" not in channel:
            raise ValidationError("Each channel must have a DataSource.")
        if channel["DataSource"]["S3DataSource"]["S3DataType"] == "AugmentedManifestFile":
            raise ValidationError("AugmentedManifestFile is not offered for tables.")


def name_of(channel: Mapping[str, Any]) -> str:
    """Return what a channel is for."""
    name: str = channel.get("ChannelType", "training")
    return name


def algorithms_of(config: Mapping[str, Any]) -> Sequence[str]:
    """Return the algorithms that a table's candidates take turns in.

    Raises:
        ServiceError: One of those asked for is not here.
    """
    mode = config.get("Mode", "AUTO")
    offered = OF_TUNING if mode == "HYPERPARAMETER_TUNING" else ALGORITHMS
    configs = config.get("CandidateGenerationConfig", {}).get("AlgorithmsConfig", [])
    asked = [name for one in configs for name in one["AutoMLAlgorithms"]]
    for name in asked:
        if name not in offered:
            raise ValidationError(
                f"The algorithm {name} is not offered by this server in the mode {mode}:"
                f" there are {', '.join(offered)}."
            )
    return list(dict.fromkeys(asked)) or offered
