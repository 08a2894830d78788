"""What unmodified clients need to find the server: environment variables and files.

Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints"; SageMaker Python SDK,
"Configuring and using defaults with the SageMaker Python SDK".
"""

from collections.abc import Mapping
from pathlib import Path

import yaml

EXECUTION_ROLE = "outcrop"
"""The role that SageMaker programs run under when they name none."""
REMOTE_FUNCTIONS_IMAGE = "sagemaker-base-python"
"""Where `@remote` functions run whose program names no image."""


def client_environment(
    endpoint_url: str, *, region: str, is_open: bool = True, ca_bundle: Path | None = None
) -> dict[str, str]:
    """Return the variables that SDKs and tools read.

    Args:
        endpoint_url: Scheme, host and port.
        region: The region that clients are to ask for.
        is_open: Whether the server takes any keys; where it does not, users bring their own.
        ca_bundle: The authorities that TLS clients are to trust; `None` without a TLS port.
    """
    keys = {"AWS_ACCESS_KEY_ID": "outcrop", "AWS_SECRET_ACCESS_KEY": "outcrop"}
    variables = {
        "AWS_ENDPOINT_URL": endpoint_url,
        **(keys if is_open else {}),
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        # Without these a client may look for a real machine's role, or put a prefix before the
        # host that no resolver knows (logs:StartLiveTail).
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        # LiteLLM and the Anthropic SDKs do not read AWS_ENDPOINT_URL.
        "AWS_BEDROCK_RUNTIME_ENDPOINT": endpoint_url,
        "ANTHROPIC_BEDROCK_BASE_URL": endpoint_url,
        # AWS's plugin for MLflow makes a host name of the tracking server's ARN otherwise.
        "SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT": f"{endpoint_url}/_outcrop/sagemaker/mlflow",
    }
    if ca_bundle is not None:
        variables["AWS_CA_BUNDLE"] = str(ca_bundle)
    return variables


def aws_config(variables: Mapping[str, str]) -> str:
    """Return the text of `~/.aws/config`, as a profile called `outcrop`."""
    lines = [
        "[profile outcrop]",
        f"region = {variables['AWS_DEFAULT_REGION']}",
        f"endpoint_url = {variables['AWS_ENDPOINT_URL']}",
    ]
    if "AWS_CA_BUNDLE" in variables:
        lines.append(f"ca_bundle = {variables['AWS_CA_BUNDLE']}")
    return "\n".join(lines) + "\n"


def aws_credentials(variables: Mapping[str, str]) -> str:
    """Return the text of `~/.aws/credentials`, for the same profile."""
    if "AWS_ACCESS_KEY_ID" not in variables:
        return (
            "[outcrop]\n"
            "# The server verifies signatures: put one of its keys here.\n"
            "# aws_access_key_id =\n"
            "# aws_secret_access_key =\n"
        )
    return (
        "[outcrop]\n"
        f"aws_access_key_id = {variables['AWS_ACCESS_KEY_ID']}\n"
        f"aws_secret_access_key = {variables['AWS_SECRET_ACCESS_KEY']}\n"
    )


def sagemaker_config(*, region: str, account: str) -> str:
    """Return the text of the SageMaker SDK's `config.yaml`.

    Without the default bucket the SDK calls the real STS; without the opt-out it calls home.
    """
    role = f"arn:aws:iam::{account}:role/{EXECUTION_ROLE}"
    modules = {
        "TelemetryOptOut": True,
        "Session": {"DefaultS3Bucket": f"sagemaker-{region}-{account}"},
        # The SDK finds an image by itself for Python 3.8 and 3.10 alone.
        "RemoteFunction": {"RoleArn": role, "ImageUri": REMOTE_FUNCTIONS_IMAGE},
    }
    return yaml.safe_dump(
        {
            "SchemaVersion": "1.0",
            "SageMaker": {
                "PythonSDK": {"Modules": modules},
                "TrainingJob": {"RoleArn": role},
                "ProcessingJob": {"RoleArn": role},
                "CompilationJob": {"RoleArn": role},
                "Model": {"ExecutionRoleArn": role},
                "Pipeline": {"RoleArn": role},
            },
        },
        sort_keys=False,
    )
