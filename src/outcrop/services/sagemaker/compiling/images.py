"""The images that serve compiled models, by framework, target and region.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/neo-deployment-hosting-services-container-images.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.services.sagemaker.compiling.targets import GPUS, NEURON

ACCOUNTS: Mapping[str, str] = {
    "af-south-1": "774647643957",
    "ap-east-1": "110948597952",
    "ap-northeast-1": "941853720454",
    "ap-northeast-2": "151534178276",
    "ap-northeast-3": "925152966179",
    "ap-south-1": "763008648453",
    "ap-southeast-1": "324986816169",
    "ap-southeast-2": "355873309152",
    "ca-central-1": "464438896020",
    "cn-north-1": "472730292857",
    "cn-northwest-1": "474822919863",
    "eu-central-1": "746233611703",
    "eu-central-2": "010526262399",
    "eu-north-1": "601324751636",
    "eu-south-1": "966458181534",
    "eu-west-1": "802834080501",
    "eu-west-2": "205493899709",
    "eu-west-3": "254080097072",
    "il-central-1": "275950707576",
    "me-south-1": "836785723513",
    "sa-east-1": "756306329178",
    "us-east-1": "785573368785",
    "us-east-2": "007439368137",
    "us-gov-east-1": "227234621604",
    "us-gov-west-1": "263933020539",
    "us-west-1": "710691900526",
    "us-west-2": "301217895009",
}
USUAL_VERSION, USUAL_NEURON_VERSION = "2.0", "1.9"
"""Of PyTorch, where the request names none."""
ONNX_VERSION = "1.5.0"


def repository_of(framework: str, device: str) -> str:
    """Return the repository of the image that serves a model, and that compiles it here."""
    if framework == "XGBOOST":
        return "xgboost-neo"
    if framework != "PYTORCH":  # Models of scikit-learn are graphs of ONNX once they are compiled.
        return "sagemaker-neo-onnx"
    return "sagemaker-neo-pytorch" if device in NEURON else "sagemaker-inference-pytorch"


def image_of(source: Mapping[str, Any], output: Mapping[str, Any], region: str) -> str | None:
    """Return the image that serves a model; `None`: its target is no instance of SageMaker's."""
    device: str = output.get("TargetDevice", "")
    if not device.startswith("ml_"):
        return None
    framework = source["Framework"]
    repository = repository_of(framework, device)
    account = ACCOUNTS.get(region, ACCOUNTS["us-east-1"])
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    tag = "latest" if framework == "XGBOOST" else _tag(source, device)
    return f"{account}.dkr.ecr.{region}.{domain}/{repository}:{tag}"


def _tag(source: Mapping[str, Any], device: str) -> str:
    chip = "gpu" if device in GPUS else "inf" if device in NEURON else "cpu"
    if source["Framework"] != "PYTORCH":
        return f"{ONNX_VERSION}-{chip}-py3"
    usual = USUAL_NEURON_VERSION if device in NEURON else USUAL_VERSION
    return f"{source.get('FrameworkVersion', usual)}-{chip}-py3"
