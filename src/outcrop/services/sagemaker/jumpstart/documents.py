"""The document of a public model, as hubs have it.

Source: the SageMaker SDK 3, sagemaker/core/jumpstart/models.py (HubContentDocument)
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.services.sagemaker.jumpstart import places
from outcrop.services.sagemaker.jumpstart.catalog import PublicModel
from outcrop.services.sagemaker.jumpstart.specs import hyperparameters_of, spec_of

SCHEMA_VERSION = "2.3.0"
TASKS: Mapping[str, str] = {
    "chat": "Text Generation",
    "embeddings": "Sentence Similarity",
    "classification": "Tabular Classification",
    "regression": "Tabular Regression",
}
FRAMEWORKS: Mapping[str, str] = {
    "huggingface": "Hugging Face",
    "meta": "Meta",
    "sklearn": "Scikit Learn",
}


def document_of(model: PublicModel, region: str) -> Mapping[str, Any]:
    """Return the content of a model's document."""
    spec = spec_of(model, region)
    weights = model.weights
    predictor: Mapping[str, Any] = spec["predictor_specs"]
    artifact = "S3Object" if model.is_trained else "S3Prefix"
    return {
        "Url": spec["url"],
        "MinSdkVersion": spec["min_sdk_version"],
        "ModelTypes": ["OPEN_WEIGHTS"],
        "Capabilities": ["TRAINING"] if model.is_trained else [],
        "TrainingSupported": model.is_trained,
        "IncrementalTrainingSupported": False,
        "DynamicContainerDeploymentSupported": False,
        "Task": TASKS[model.kind],
        "Framework": FRAMEWORKS[model.framework],
        "Provider": model.hub_name.partition("/")[0] or "Outcrop",
        "DataType": "Tabular" if model.is_trained else "Text",
        "License": weights.licence if weights else "Apache-2.0",
        "GatedBucket": False,
        "ResourceNameBase": spec["resource_name_base"],
        "HostingEcrUri": places.image_of(model, region),
        "HostingArtifactUri": places.uri_of(region, spec["hosting_artifact_key"]),
        "HostingArtifactS3DataType": artifact,
        "HostingArtifactCompressionType": "Gzip" if model.is_trained else "None",
        "HostingScriptUri": places.uri_of(region, spec["hosting_script_key"]),
        "HostingUseScriptUri": spec["hosting_use_script_uri"],
        **_prepacked(spec, region),
        "InferenceDependencies": [],
        "InferenceEnvironmentVariables": _pascals(spec["inference_environment_variables"]),
        "InferenceEnableNetworkIsolation": spec["inference_enable_network_isolation"],
        "DefaultInferenceInstanceType": spec["default_inference_instance_type"],
        "SupportedInferenceInstanceTypes": spec["supported_inference_instance_types"],
        "ContainerStartupHealthCheckTimeout": spec["deploy_kwargs"][
            "container_startup_health_check_timeout"
        ],
        "SageMakerSdkPredictorSpecifications": _pascal(predictor),
        "DefaultPayloads": {name: _pascal(one) for name, one in spec["default_payloads"].items()},
        **(_training(model, spec, region) if model.is_trained else {}),
    }


def keywords_of(model: PublicModel) -> Sequence[str]:
    """Return what searches for a model may name: `@task:text-generation`."""
    task = TASKS[model.kind].lower().replace(" ", "-")
    framework = FRAMEWORKS[model.framework].lower().replace(" ", "-")
    training = "training" if model.is_trained else "inference"
    return [f"@task:{task}", f"@framework:{framework}", f"@capability:{training}"]


def _prepacked(spec: Mapping[str, Any], region: str) -> Mapping[str, Any]:
    if "hosting_prepacked_artifact_key" not in spec:
        return {}
    return {
        "HostingPrepackedArtifactUri": places.uri_of(
            region, spec["hosting_prepacked_artifact_key"]
        ),
        "HostingPrepackedArtifactVersion": spec["hosting_prepacked_artifact_version"],
    }


def _training(model: PublicModel, spec: Mapping[str, Any], region: str) -> Mapping[str, Any]:
    return {
        "TrainingEcrUri": places.image_of(model, region),
        "TrainingArtifactUri": places.uri_of(region, spec["training_artifact_key"]),
        "TrainingArtifactS3DataType": "S3Object",
        "TrainingArtifactCompressionType": "Gzip",
        "TrainingScriptUri": places.uri_of(region, spec["training_script_key"]),
        "TrainingDependencies": [],
        "TrainingMetrics": spec["metrics"],
        "TrainingEnableNetworkIsolation": spec["training_enable_network_isolation"],
        "Hyperparameters": _pascals(hyperparameters_of(model)),
        "DefaultTrainingInstanceType": spec["default_training_instance_type"],
        "SupportedTrainingInstanceTypes": spec["supported_training_instance_types"],
        "DefaultTrainingDatasetUri": places.uri_of(region, spec["default_training_dataset_key"]),
        "FineTuningSupported": True,
        "ValidationSupported": False,
    }


def _pascals(items: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [_pascal(item) for item in items]


def _pascal(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a structure under the names that hubs use: `DefaultContentType`."""
    return {"".join(part.capitalize() for part in key.split("_")): it for key, it in item.items()}
