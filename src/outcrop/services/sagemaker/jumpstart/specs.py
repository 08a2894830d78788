"""The specification of a public model, as the SageMaker SDK reads it from JumpStart's bucket.

Source: the SageMaker SDK, sagemaker/jumpstart/types.py (JumpStartModelSpecs)
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.services.sagemaker.jumpstart import places
from outcrop.services.sagemaker.jumpstart.catalog import PublicModel

MIN_SDK_VERSION = "2.189.0"
ECR: Mapping[str, Mapping[str, str]] = {
    "chat": {
        "framework": "huggingface-llm",
        "framework_version": "3.3.6",
        "py_version": "py311",
    },
    "embeddings": {
        "framework": "huggingface-tei-cpu",
        "framework_version": "1.8.2",
        "py_version": "py310",
    },
}
SCIKIT_LEARN = {"framework": "sklearn", "framework_version": "1.2-1", "py_version": "py3"}
JSON, CSV = "application/json", "text/csv"
GPU_TYPES = ("ml.g5.2xlarge", "ml.g5.xlarge", "ml.g5.4xlarge", "ml.g6.2xlarge", "ml.g6.12xlarge")
CPU_TYPES = ("ml.m5.xlarge", "ml.m5.large", "ml.m5.2xlarge", "ml.c5.xlarge", "ml.c5.2xlarge")
START_SECONDS = 1200
HYPERPARAMETERS = (
    ("penalty", "text", "l2", {"options": ["l2", "l1", "elasticnet", "None"]}),
    ("alpha", "float", 0.0001, {"min": 0.0, "max": 1000.0}),
    ("l1_ratio", "float", 0.15, {"min": 0.0, "max": 1.0}),
    ("max_iter", "int", 1000, {"min": 1, "max": 100000}),
    ("tol", "float", 0.001, {"min": 0.0, "max": 1.0}),
    ("seed", "int", 0, {"min": 0, "max": 1000000}),
)
METRICS = {
    "classification": ("train:accuracy", r"train accuracy: ([0-9.]+)"),
    "regression": ("train:r2", r"train r2: ([-0-9.]+)"),
}


def spec_of(model: PublicModel, region: str) -> Mapping[str, Any]:
    """Return a model's specification."""
    types = GPU_TYPES if model.kind == "chat" else CPU_TYPES
    content_type = CSV if model.is_trained else JSON
    return {
        "model_id": model.id,
        "url": f"https://huggingface.co/{model.hub_name}" if model.hub_name else "",
        "version": model.version,
        "min_sdk_version": MIN_SDK_VERSION,
        "training_supported": model.is_trained,
        "incremental_training_supported": False,
        "hosting_ecr_specs": ECR.get(model.kind, SCIKIT_LEARN),
        "hosting_instance_type_variants": _images(model, region, types),
        **_hosting(model),
        "inference_vulnerable": False,
        "inference_dependencies": [],
        "inference_vulnerabilities": [],
        "training_vulnerable": False,
        "training_dependencies": [],
        "training_vulnerabilities": [],
        "deprecated": False,
        "inference_environment_variables": variables_of(model),
        "default_inference_instance_type": types[0],
        "supported_inference_instance_types": list(types),
        "dynamic_container_deployment_supported": False,
        "model_kwargs": {},
        "deploy_kwargs": {"container_startup_health_check_timeout": START_SECONDS},
        "predictor_specs": {
            "supported_content_types": [content_type],
            "supported_accept_types": [JSON],
            "default_content_type": content_type,
            "default_accept_type": JSON,
        },
        "inference_enable_network_isolation": not model.is_trained,
        "default_payloads": payloads_of(model),
        "gated_bucket": False,
        "resource_name_base": model.id[:40].rstrip("-").lower(),
        **(_training(model, region) if model.is_trained else {}),
    }


def variables_of(model: PublicModel) -> Sequence[Mapping[str, Any]]:
    """Return the environment variables of a model's container."""
    if model.is_trained:
        program = [("SAGEMAKER_PROGRAM", "inference.py"), ("SAGEMAKER_MODEL_SERVER_WORKERS", "1")]
        submitted = ("SAGEMAKER_SUBMIT_DIRECTORY", "/opt/ml/model/code")
        return [_variable(*one) for one in (*program, submitted)]
    return [_variable("HF_MODEL_ID", model.hub_name)]


def payloads_of(model: PublicModel) -> Mapping[str, Any]:
    """Return examples of requests to a model."""
    body: Any
    if model.kind == "chat":
        body = {
            "inputs": "def is_prime(number: int) -> bool:",
            "parameters": {"max_new_tokens": 64, "return_full_text": False},
        }
        keys = {"prompt_key": "inputs", "output_keys": {"generated_text": "[0].generated_text"}}
    elif model.kind == "embeddings":
        body, keys = {"inputs": ["How tall is the Eiffel Tower?"]}, {"prompt_key": "inputs"}
    else:
        return {"row": {"content_type": CSV, "body": "0.3,1.2,-0.7,0.1"}}
    return {"example": {"content_type": JSON, **keys, "body": body}}


def hyperparameters_of(model: PublicModel) -> Sequence[Mapping[str, Any]]:
    """Return the hyperparameters of a model that users train."""
    if not model.is_trained:
        return []
    own = [
        {"name": name, "type": kind, "default": default, "scope": "algorithm", **bounds}
        for name, kind, default, bounds in HYPERPARAMETERS
    ]
    containers = [
        ("sagemaker_submit_directory", "/opt/ml/input/data/code/sourcedir.tar.gz"),
        ("sagemaker_program", "transfer_learning.py"),
        ("sagemaker_container_log_level", "20"),
    ]
    return [
        *own,
        *(
            {"name": name, "type": "text", "default": default, "scope": "container"}
            for name, default in containers
        ),
    ]


def _hosting(model: PublicModel) -> Mapping[str, Any]:
    if model.is_trained:
        return {
            "hosting_artifact_key": places.artifact_archive(model),
            "hosting_script_key": places.inference_script(model),
            "hosting_use_script_uri": True,
        }
    return {
        "hosting_artifact_key": places.artifact_prefix(model),
        "hosting_prepacked_artifact_key": places.artifact_prefix(model),
        "hosting_prepacked_artifact_version": model.version,
        "hosting_script_key": places.inference_script(model),
        "hosting_use_script_uri": False,
    }


def _images(model: PublicModel, region: str, types: Sequence[str]) -> Mapping[str, Any]:
    """Return which image instances run, by the families of their types."""
    families = {name.split(".")[1] for name in types}
    image = {"regional_properties": {"image_uri": "$image"}}
    return {
        "regional_aliases": {region: {"image": places.image_of(model, region)}},
        "variants": dict.fromkeys(sorted(families), image),
    }


def _training(model: PublicModel, region: str) -> Mapping[str, Any]:
    name, regex = METRICS[model.kind]
    return {
        "training_ecr_specs": SCIKIT_LEARN,
        "training_instance_type_variants": _images(model, region, CPU_TYPES),
        "training_artifact_key": places.artifact_archive(model),
        "training_script_key": places.training_script(model),
        "hyperparameters": hyperparameters_of(model),
        "default_training_instance_type": CPU_TYPES[0],
        "supported_training_instance_types": list(CPU_TYPES),
        "metrics": [{"Name": name, "Regex": regex}],
        "estimator_kwargs": {},
        "fit_kwargs": {},
        "training_enable_network_isolation": False,
        "default_training_dataset_key": places.dataset_prefix(model),
    }


def _variable(name: str, value: str) -> Mapping[str, Any]:
    return {
        "name": name,
        "type": "text",
        "default": value,
        "scope": "container",
        "required_for_model_class": True,
    }
