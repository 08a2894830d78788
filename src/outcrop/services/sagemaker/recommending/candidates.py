"""The candidates of a recommendations job: instances and environments that a model is tried on.

Source:
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_EndpointInputConfiguration.html
"""

import itertools
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outcrop.services.sagemaker.hosting.deployments import ANSWER_SECONDS, steps_for
from outcrop.storage.records.interface import Document

OWN_TYPES = ("ml.m5.large", "ml.c5.large", "ml.c5.xlarge", "ml.m5.xlarge")
"""Of a job for which nobody names any; AWS chooses by models that it knows."""
MOST_TESTS = 10
"""If the request names no number."""
VARIANT = "AllTraffic"


def candidates_of(given: Mapping[str, Any], supported: Sequence[str]) -> list[Document]:
    """Return the load tests of a job, none of which has begun.

    Args:
        given: The job's `InputConfig`.
        supported: The instance types that the model's package names.
    """
    container: Mapping[str, Any] = given.get("ContainerConfig", {})
    types = container.get("SupportedInstanceTypes") or supported or OWN_TYPES
    configurations = given.get("EndpointConfigurations") or [{"InstanceType": one} for one in types]
    found = [
        _test(configuration, environment)
        for configuration in configurations
        for environment in _environments(configuration)
    ]
    most = given.get("ResourceLimit", {}).get("MaxNumberOfTests", MOST_TESTS)
    return found[:most]


def _environments(configuration: Mapping[str, Any]) -> Iterator[Mapping[str, str]]:
    """Give all combinations of the values that parameters may have."""
    given = configuration.get("EnvironmentParameterRanges", {})
    ranges: Sequence[Mapping[str, Any]] = given.get("CategoricalParameterRanges", [])
    names = [one["Name"] for one in ranges]
    for values in itertools.product(*(one["Value"] for one in ranges)):
        yield dict(zip(names, values, strict=True))


def _test(configuration: Mapping[str, Any], environment: Mapping[str, str]) -> Document:
    kept = ("InstanceType", "ServerlessConfig", "InferenceSpecificationName")
    return {
        "id": uuid.uuid4().hex[:8],
        "fleet": uuid.uuid4().hex,
        "status": "PENDING",
        "environment": environment,
        **{name: configuration[name] for name in kept if name in configuration},
    }


def endpoint_of(test: Document) -> str:
    """Return the name under which a candidate's logs are, as if it were an endpoint."""
    return f"sm-epc-{test['id']}"


def step_of(test: Document, model: Mapping[str, Any]) -> Document:
    """Return a candidate's only container, as endpoints have it."""
    steps = steps_for(model)
    (step,) = steps["steps"]
    given: Mapping[str, str] = step["container"].get("Environment", {})
    container = {**step["container"], "Environment": {**given, **test["environment"]}}
    config = {name: test[name] for name in ("InstanceType", "ServerlessConfig") if name in test}
    return {
        **steps,
        **step,
        "fleet": test["fleet"],
        "name": VARIANT,
        "config": config,
        "container": container,
        "answer_seconds": ANSWER_SECONDS,
    }
