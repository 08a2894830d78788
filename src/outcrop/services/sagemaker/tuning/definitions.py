"""What training jobs are made of: a tuning job's definitions, each with its own search.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTrainingJobDefinition.html
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.services.sagemaker.training.contract import with_metrics
from outcrop.services.sagemaker.tuning.ranges import (
    NumberRange,
    Tuned,
    combinations,
    range_of_hint,
    read_ranges,
)

OBJECTIVE = "_tuning_objective_metric"
"""The hyperparameter that tells a training program what it is measured by."""
EPOCHS = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")
"""Static hyperparameters that tell Hyperband how much a job gets at most."""
OF_THE_SEARCH = (
    "DefinitionName",
    "TuningObjective",
    "HyperParameterRanges",
    "StaticHyperParameters",
    "HyperParameterTuningResourceConfig",
)
DEFAULT_JOBS = 50
"""With Autotune, if the request names no number. AWS's documentation says that most use so many."""


def config_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request's configuration, with what Autotune or the grid makes of it."""
    config: dict[str, Any] = {**given["HyperParameterTuningJobConfig"]}
    limits = {**config["ResourceLimits"]}
    if "Autotune" in given:
        criteria = {**config.get("TuningJobCompletionCriteria", {})}
        criteria.setdefault("ConvergenceDetected", {"CompleteOnConvergence": "Enabled"})
        config["TuningJobCompletionCriteria"] = criteria
        if config["Strategy"] != "Hyperband":
            config.setdefault("TrainingJobEarlyStoppingType", "Auto")
        if config["Strategy"] != "Grid":
            limits.setdefault("MaxNumberOfTrainingJobs", DEFAULT_JOBS)
    if config["Strategy"] == "Grid" and "MaxNumberOfTrainingJobs" not in limits:
        definitions = given_definitions(given)
        number = sum(combinations(read_ranges(_ranges(one, config))) for one in definitions)
        if math.isfinite(number):
            limits["MaxNumberOfTrainingJobs"] = round(number)
    config.setdefault("TrainingJobEarlyStoppingType", "Off")
    return {**config, "ResourceLimits": limits}


def given_definitions(given: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return a request's definitions: the only one, or several."""
    lone = given.get("TrainingJobDefinition")
    several: Sequence[Mapping[str, Any]] = given.get("TrainingJobDefinitions", [])
    return several if lone is None else [lone]


def whole_definitions(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a request's definitions, each with its objective, ranges and static values."""
    config = given["HyperParameterTuningJobConfig"]
    return [_whole(one, config) for one in given_definitions(given)]


def _whole(definition: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    objective = definition.get("TuningObjective") or config.get("HyperParameterTuningJobObjective")
    static: dict[str, str] = {**definition.get("StaticHyperParameters", {})}
    if objective is not None:
        static[OBJECTIVE] = objective["MetricName"]
    ranges = {**_ranges(definition, config)}
    for auto in ranges.pop("AutoParameters", []):
        found = range_of_hint(auto["Name"], auto["ValueHint"])
        if isinstance(found, NumberRange):
            member = "IntegerParameterRanges" if found.is_integer else "ContinuousParameterRanges"
            ranges[member] = [*ranges.get(member, []), _told(found)]
        else:
            static[auto["Name"]] = auto["ValueHint"]
    return {
        **definition,
        **({} if objective is None else {"TuningObjective": objective}),
        "HyperParameterRanges": ranges,
        "StaticHyperParameters": static,
    }


def _told(found: NumberRange) -> Mapping[str, str]:
    ends = (found.low, found.high)
    low, high = (str(round(end)) if found.is_integer else repr(end) for end in ends)
    return {"Name": found.name, "MinValue": low, "MaxValue": high, "ScalingType": found.scale}


def _ranges(definition: Mapping[str, Any], config: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (
        definition.get("HyperParameterRanges") or config.get("ParameterRanges") or {}
    )
    return found


def training_request(
    definition: Mapping[str, Any], name: str, tuned: Tuned, tags: Sequence[Mapping[str, str]] = ()
) -> Mapping[str, Any]:
    """Return the input of CreateTrainingJob for one training job."""
    request: dict[str, Any] = {
        **{key: value for key, value in definition.items() if key not in OF_THE_SEARCH},
        "TrainingJobName": name,
        "HyperParameters": {**definition.get("StaticHyperParameters", {}), **tuned},
        "Tags": list(tags),
    }
    request["ResourceConfig"] = resources_of(definition)
    checkpoints = definition.get("CheckpointConfig")
    if checkpoints is not None:
        # No job is to go on with what another has left.
        uri = f"{checkpoints['S3Uri'].rstrip('/')}/{name}"
        request["CheckpointConfig"] = {**checkpoints, "S3Uri": uri}
    return request


def with_algorithm_metrics(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition with the metrics that its algorithm is known to print."""
    request = training_request(definition, "job", {})
    algorithm = with_metrics(request)["AlgorithmSpecification"]
    return {**definition, "AlgorithmSpecification": algorithm}


def resources_of(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a definition's instances; of several kinds the first, for all are at hand."""
    flexible = definition.get("HyperParameterTuningResourceConfig")
    if flexible is None:
        plain: Mapping[str, Any] = definition["ResourceConfig"]
        return plain
    common = {key: flexible[key] for key in ("VolumeKmsKeyId",) if key in flexible}
    choices = flexible.get("InstanceConfigs") or [flexible]
    members = ("InstanceType", "InstanceCount", "VolumeSizeInGB")
    return {**common, **{key: choices[0][key] for key in members if key in choices[0]}}


def max_resource(config: Mapping[str, Any], definition: Mapping[str, Any]) -> int | None:
    """Return what a Hyperband job gets at most, if it is told anywhere."""
    told = config.get("StrategyConfig", {}).get("HyperbandStrategyConfig", {}).get("MaxResource")
    if told is not None:
        return told
    static: Mapping[str, str] = definition.get("StaticHyperParameters", {})
    for name in EPOCHS:
        text = static.get(name, "").strip('"')
        if text.isdigit() and int(text) > 0:
            return int(text)
    return None
