"""What unmodified clients need to find the server: environment variables and files.

Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints"; SageMaker Python SDK,
"Configuring and using defaults with the SageMaker Python SDK".
"""

from dataclasses import dataclass
from pathlib import Path

import yaml

ACCESS_KEY_ID = "outcrop"
SECRET_ACCESS_KEY = "outcrop"  # noqa: S105 - open mode takes any
EXECUTION_ROLE = "outcrop"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSetup:
    """How clients on this machine reach a server in open mode."""

    endpoint_url: str
    region: str
    account: str
    ca_bundle: Path | None = None
    """The authorities that TLS clients are to trust; `None` without a TLS port."""

    def environment(self) -> dict[str, str]:
        """Return the variables that SDKs and tools read."""
        variables = {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_REGION": self.region,
            # Without these a client may look for a real machine's role, or put a prefix before
            # the host that no resolver knows (logs:StartLiveTail).
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
            # LiteLLM and the Anthropic SDKs do not read AWS_ENDPOINT_URL.
            "AWS_BEDROCK_RUNTIME_ENDPOINT": self.endpoint_url,
            "ANTHROPIC_BEDROCK_BASE_URL": self.endpoint_url,
        }
        if self.ca_bundle is not None:
            variables["AWS_CA_BUNDLE"] = str(self.ca_bundle)
        return variables

    def aws_config(self) -> str:
        """Return the text of `~/.aws/config`, as a profile called `outcrop`."""
        lines = ["[profile outcrop]", f"region = {self.region}"]
        lines.append(f"endpoint_url = {self.endpoint_url}")
        if self.ca_bundle is not None:
            lines.append(f"ca_bundle = {self.ca_bundle}")
        return "\n".join(lines) + "\n"

    def aws_credentials(self) -> str:
        """Return the text of `~/.aws/credentials`, for the same profile."""
        return (
            "[outcrop]\n"
            f"aws_access_key_id = {ACCESS_KEY_ID}\n"
            f"aws_secret_access_key = {SECRET_ACCESS_KEY}\n"
        )

    def sagemaker_config(self) -> str:
        """Return the text of the SageMaker SDK's `config.yaml`.

        Without the default bucket the SDK calls the real STS; without the opt-out it calls home.
        """
        role = f"arn:aws:iam::{self.account}:role/{EXECUTION_ROLE}"
        session = {"DefaultS3Bucket": f"sagemaker-{self.region}-{self.account}"}
        return yaml.safe_dump(
            {
                "SchemaVersion": "1.0",
                "SageMaker": {
                    "PythonSDK": {"Modules": {"TelemetryOptOut": True, "Session": session}},
                    "TrainingJob": {"RoleArn": role},
                    "ProcessingJob": {"RoleArn": role},
                    "Model": {"ExecutionRoleArn": role},
                    "Pipeline": {"RoleArn": role},
                },
            },
            sort_keys=False,
        )
