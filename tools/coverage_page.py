"""Write `docs/coverage.md`: which operations of which services Outcrop answers, read from the code.

The services are those that Outcrop sets out to answer. A service that is not begun has no list:
all of its operations are open.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from outcrop.gateway.registry import ServiceRegistry
from outcrop.protocol.service_models import model_loader

PAGE = Path(__file__).parent.parent / "docs" / "coverage.md"
SERVICES = (
    "bedrock",
    "bedrock-runtime",
    "bedrock-agent",
    "bedrock-agent-runtime",
    "bedrock-data-automation",
    "bedrock-data-automation-runtime",
    "bedrock-agentcore",
    "bedrock-agentcore-control",
    "sagemaker",
    "sagemaker-runtime",
    "sagemaker-featurestore-runtime",
    "sagemaker-metrics",
    "sagemaker-a2i-runtime",
    "sagemaker-edge",
    "sagemaker-geospatial",
    "rekognition",
    "textract",
    "comprehend",
    "comprehendmedical",
    "polly",
    "transcribe",
    "transcribe-streaming",
    "translate",
    "qbusiness",
    "qapps",
    "kendra",
    "kendra-ranking",
    "s3",
    "s3vectors",
    "sts",
    "iam",
    "logs",
    "cloudwatch",
    "ecr",
    "athena",
    "glue",
    "application-autoscaling",
    "ec2",
)
TITLES = {
    "kendra": "Amazon Kendra",
    "qapps": "Amazon Q Apps",
    "qbusiness": "Amazon Q Business",
    "sagemaker": "Amazon SageMaker",
    "sagemaker-edge": "Amazon SageMaker Edge Manager",
}
"""Where botocore's differ from AWS's own."""
HEAD = """\
# Coverage

Which operations of AWS's services Outcrop answers.
An operation that it does not answer gets the error `NotImplementedException` with status 501.
What an answered one honours and what it ignores stands in the page of its service.

This page is written by `python tools/coverage_page.py`; a test compares it with the code.

| Service | Name in boto3 | Answered | Of |
|---|---|---:|---:|
"""


def page() -> str:
    """Return the page."""
    registry = ServiceRegistry()
    loader = model_loader()
    rows: list[str] = []
    sections: list[str] = []
    for name in sorted({*SERVICES, *registry.names}, key=_place):
        model = loader.load_service_model(name, "service-2")
        answered = set(registry.get(name).operations) if name in registry.names else set[str]()
        title = TITLES.get(name) or _title(model)
        shown = f"[{title}](#{name})" if answered else title
        rows.append(f"| {shown} | `{name}` | {len(answered)} | {len(model['operations'])} |")
        if answered:
            sections.append("\n".join(_section(name, title, model, answered)))
    return "\n".join([HEAD + "\n".join(rows), *sections])


def _place(name: str) -> tuple[int, str]:
    return (SERVICES.index(name) if name in SERVICES else len(SERVICES), name)


def _title(model: Mapping[str, Any]) -> str:
    metadata = model["metadata"]
    return str(metadata.get("serviceFullName", metadata["serviceId"]))


def _section(name: str, title: str, model: Mapping[str, Any], answered: set[str]) -> Iterator[str]:
    missing = sorted(model["operations"].keys() - answered)
    yield f'\n<a id="{name}"></a>\n\n## {title}\n'
    count = f"{len(answered)} of {len(model['operations'])}"
    yield f"{count} operations are answered, [as told here](services/{name}.md).\n"
    yield "Answered: " + ", ".join(f"`{operation}`" for operation in sorted(answered)) + ".\n"
    if missing:
        yield "Not answered: " + ", ".join(f"`{operation}`" for operation in missing) + ".\n"


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
