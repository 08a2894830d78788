"""Models and endpoints; where one must be in service, its model is a script that says nothing."""

import io
import tarfile
import time
from collections.abc import Mapping
from typing import Any

from conformance.calls import Client, account_in_force
from conformance.recipes.steps import Maker

SCRIPT = b"def model_fn(folder):\n    pass\ndef transform_fn(*given):\n    return b'{}'\n"
IMAGE = "sagemaker-scikit-learn:1.2-1-cpu-py3"
IN_SERVICE_WITHIN_SECONDS = 120
VARIANT = {
    "VariantName": "all",
    "ModelName": "model",
    "InstanceType": "ml.m5.large",
    "InitialInstanceCount": 1,
}
ASKED = ("UpdateEndpoint", "UpdateEndpointWeightsAndCapacities")
"""Operations on an endpoint in service."""


def values(account: str) -> Mapping[str, Any]:
    """Return names, a model and a variant."""
    return {
        "DeploymentConfig": {
            "BlueGreenUpdatePolicy": {
                "TrafficRoutingConfiguration": {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
            }
        },
        "DesiredWeightsAndCapacities": [{"VariantName": "all", "DesiredWeight": 2.0}],
        "EndpointConfigName": "config",
        "EndpointName": "endpoint",
        "ExecutionRoleArn": f"arn:aws:iam::{account}:role/role",
        "ModelName": "model",
        "PrimaryContainer": {
            "Image": IMAGE,
            "Environment": {"SAGEMAKER_MODEL_SERVER_WORKERS": "1"},
        },
        "ProductionVariants": [VARIANT],
    }


MAKERS = {
    "CreateEndpointConfig.ProductionVariants": Maker("CreateModel"),
    "CreateEndpoint.EndpointConfigName": Maker("CreateEndpointConfig"),
    "DescribeModel.ModelName": Maker("CreateModel"),
    "DeleteModel.ModelName": Maker("CreateModel"),
    "DescribeEndpointConfig.EndpointConfigName": Maker("CreateEndpointConfig"),
    "DeleteEndpointConfig.EndpointConfigName": Maker("CreateEndpointConfig"),
    "DescribeEndpoint.EndpointName": Maker("CreateEndpoint"),
    "DeleteEndpoint.EndpointName": Maker("CreateEndpoint"),
}
BEFORE = {
    "ListModels": ("CreateModel",),
    "ListEndpointConfigs": ("CreateEndpointConfig",),
    "ListEndpoints": ("CreateEndpoint",),
}
NEEDED = {"CreateModel": ("ExecutionRoleArn", "PrimaryContainer")}
WITHOUT = {
    "CreateModel": ("Containers", "VpcConfig"),
    "CreateEndpointConfig": (
        "AsyncInferenceConfig",
        "CrossRegionTrafficConfig",
        "ExplainerConfig",
        "ShadowProductionVariants",
        "VpcConfig",
    ),
}


def serve(client: Client, *, is_asynchronous: bool = False) -> None:
    """Have an endpoint in service, of a model that answers `{}`."""
    account = account_in_force()
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as opened:
        entry = tarfile.TarInfo("code/inference.py")
        entry.size = len(SCRIPT)
        opened.addfile(entry, io.BytesIO(SCRIPT))
    bucket = f"models-{account}"
    client.of("s3").ask("CreateBucket", Bucket=bucket)
    client.of("s3").ask("PutObject", Bucket=bucket, Key="model", Body=archive.getvalue())
    sagemaker = client.of("sagemaker")
    given = values(account)
    sagemaker.ask(
        "CreateModel",
        ModelName="model",
        ExecutionRoleArn=given["ExecutionRoleArn"],
        PrimaryContainer={**given["PrimaryContainer"], "ModelDataUrl": f"s3://{bucket}/model"},
    )
    answers = {"OutputConfig": {"S3OutputPath": f"s3://{bucket}/answers"}}
    sagemaker.ask(
        "CreateEndpointConfig",
        EndpointConfigName="config",
        ProductionVariants=[VARIANT],
        **({"AsyncInferenceConfig": answers} if is_asynchronous else {}),
    )
    sagemaker.ask("CreateEndpoint", EndpointName="endpoint", EndpointConfigName="config")
    until = time.monotonic() + IN_SERVICE_WITHIN_SECONDS
    while time.monotonic() < until:
        state = sagemaker.ask("DescribeEndpoint", EndpointName="endpoint")
        if state["EndpointStatus"] == "InService":
            return
        assert state["EndpointStatus"] == "Creating", state
        time.sleep(0.05)
    raise AssertionError("The endpoint is not in service.")
