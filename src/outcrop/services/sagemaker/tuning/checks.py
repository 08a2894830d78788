"""What a tuning job may ask for here.

Sources: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_HyperParameterTuningJobConfig.html
https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-warm-start.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.services.sagemaker.training.checks import check as check_training
from outcrop.services.sagemaker.tuning.completion import MOST_JOBS
from outcrop.services.sagemaker.tuning.definitions import max_resource, training_request
from outcrop.services.sagemaker.tuning.ranges import CategoryRange, combinations, read_ranges

MOST_EPOCHS = 20_000
"""Of a Hyperband job, as `HyperbandStrategyConfig` documents."""


def check_request(given: Mapping[str, Any]) -> None:
    """Refuse a request whose parts do not go together, before anything is made of them.

    Raises:
        ServiceError: The message says what is wrong.
    """
    if ("TrainingJobDefinition" in given) == ("TrainingJobDefinitions" in given):
        raise ValidationError(
            "You must specify either TrainingJobDefinition or TrainingJobDefinitions, and not both."
        )
    several: Sequence[Mapping[str, Any]] = given.get("TrainingJobDefinitions", [])
    names = [one.get("DefinitionName") for one in several]
    if several and (None in names or len(set(names)) < len(names)):
        raise ValidationError(
            "Each of the TrainingJobDefinitions must have a DefinitionName of its own."
        )
    config = given["HyperParameterTuningJobConfig"]
    if several and ("ParameterRanges" in config or "HyperParameterTuningJobObjective" in config):
        raise ValidationError(
            "ParameterRanges and HyperParameterTuningJobObjective must not be specified with"
            " TrainingJobDefinitions: each of these has its own."
        )
    for definition in (*several, config, given.get("TrainingJobDefinition", {})):
        ranges = definition.get("HyperParameterRanges", definition.get("ParameterRanges", {}))
        if ranges.get("AutoParameters") and "Autotune" not in given:
            raise ValidationError("AutoParameters can only be specified when Autotune is enabled.")


def check_definition(definition: Mapping[str, Any], account: str) -> None:
    """Refuse a definition, as far as it does not matter for what it is searched.

    Raises:
        ServiceError: The message says what is wrong.
    """
    if "TuningObjective" not in definition:
        raise ValidationError("A hyperparameter tuning job needs an objective metric.")
    _check_resources(definition)
    check_training(training_request(definition, "job", {}), account)


def check(tuning: Mapping[str, Any]) -> None:
    """Refuse a tuning job that cannot run here.

    Args:
        tuning: Its `config` and its whole `definitions`.

    Raises:
        ServiceError: The message says what is wrong.
    """
    config, definitions = tuning["config"], tuning["definitions"]
    for definition in definitions:
        _check_metric(definition)
        _check_ranges(definition, config)
    types = {one["TuningObjective"]["Type"] for one in definitions}
    if len(types) > 1:
        raise ValidationError("All TrainingJobDefinitions must have the same type of objective.")
    _check_strategy(config, definitions)
    _check_limits(config, definitions)


def _check_resources(definition: Mapping[str, Any]) -> None:
    flexible = definition.get("HyperParameterTuningResourceConfig")
    if (flexible is None) == ("ResourceConfig" not in definition):
        raise ValidationError(
            "You must specify either ResourceConfig or HyperParameterTuningResourceConfig, and not"
            " both."
        )
    if flexible is not None and "InstanceConfigs" in flexible and "InstanceType" in flexible:
        raise ValidationError(
            "If you use InstanceConfigs, do not provide values for InstanceType, VolumeSizeInGB or"
            " InstanceCount."
        )


def _check_metric(definition: Mapping[str, Any]) -> None:
    metrics = definition["AlgorithmSpecification"].get("MetricDefinitions", [])
    if definition["TuningObjective"]["MetricName"] not in [one["Name"] for one in metrics]:
        raise ValidationError(
            "A metric is required for this hyperparameter tuning job objective. Provide a metric in"
            " the metric definitions."
        )


def _check_ranges(definition: Mapping[str, Any], config: Mapping[str, Any]) -> None:
    ranges = read_ranges(definition.get("HyperParameterRanges", {}))
    if not ranges:
        raise ValidationError("A hyperparameter tuning job needs at least one range to search.")
    both = {one.name for one in ranges} & definition.get("StaticHyperParameters", {}).keys()
    if both:
        raise ValidationError(
            f"A hyperparameter is either static or tuned, not both: {', '.join(sorted(both))}."
        )
    if config["Strategy"] == "Grid" and not all(isinstance(one, CategoryRange) for one in ranges):
        raise ValidationError(
            "Only categorical parameters are supported when using the Grid strategy."
        )


def _check_strategy(config: Mapping[str, Any], definitions: Sequence[Mapping[str, Any]]) -> None:
    if config["Strategy"] != "Hyperband":
        if "StrategyConfig" in config:
            raise ValidationError(
                "HyperbandStrategyConfig can only be specified with the Hyperband strategy."
            )
        return
    if config.get("TrainingJobEarlyStoppingType", "Off") != "Off":
        raise ValidationError(
            "TrainingJobEarlyStoppingType must be Off to use the Hyperband strategy."
        )
    hyperband = config.get("StrategyConfig", {}).get("HyperbandStrategyConfig", {})
    for definition in definitions:
        most = max_resource(config, definition)
        if most is None:
            raise ValidationError(
                "MaxResource is required for the Hyperband strategy: provide it in the"
                " HyperbandStrategyConfig, or one of epochs, numepochs, n-epochs, n_epochs and"
                " num_epochs in StaticHyperParameters."
            )
        if not hyperband.get("MinResource", 1) <= most <= MOST_EPOCHS:
            raise ValidationError(
                f"MaxResource must be at least MinResource and at most {MOST_EPOCHS}."
            )


def _check_limits(config: Mapping[str, Any], definitions: Sequence[Mapping[str, Any]]) -> None:
    limits = config["ResourceLimits"]
    number = limits.get("MaxNumberOfTrainingJobs")
    if number is None:
        is_bounded = "MaxRuntimeInSeconds" in limits or config.get("TuningJobCompletionCriteria")
        if config["Strategy"] != "Grid" and not is_bounded:
            raise ValidationError(
                "MaxNumberOfTrainingJobs is required if neither MaxRuntimeInSeconds nor"
                " TuningJobCompletionCriteria are specified."
            )
        number = 0
    if number > MOST_JOBS:
        raise ValidationError(f"MaxNumberOfTrainingJobs must be at most {MOST_JOBS}.")
    sizes = [combinations(read_ranges(one["HyperParameterRanges"])) for one in definitions]
    if config["Strategy"] == "Grid" and number != sum(sizes):
        raise ValidationError(
            "MaxNumberOfTrainingJobs must be equal to the total number of categorical"
            f" combinations, [{round(sum(sizes))}], when using the Grid strategy."
        )
    if sum(sizes) < number:
        raise ValidationError(
            "You don't have enough combinations of hyperparameter ranges. The total number of"
            f" hyperparameter combinations for the provided ranges [{sum(sizes):.1f}] must be"
            f" equal or greater than the value of MaxNumberOfJobs, [{number}]. Provide additional"
            " ranges."
        )
