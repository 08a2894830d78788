"""Variants that are asked what another one is, and whose answers nobody gets."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.sagemaker.endpoint_account import EndpointAccount

SHADOW = """
import json
def model_fn(folder):
    return None
def transform_fn(model, content, content_type, accept):
    print("asked", content, flush=True)
    raise RuntimeError("a shadow may fail")
"""


def variant(name: str, model: str, **more: Any) -> dict[str, Any]:
    return {
        "VariantName": name,
        "ModelName": model,
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
        **more,
    }


def invocations(endpoints: EndpointAccount, name: str, began: datetime) -> float:
    """Return how often a variant was asked."""
    points = endpoints.cloudwatch.get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName="Invocations",
        Dimensions=[
            {"Name": "EndpointName", "Value": "live"},
            {"Name": "VariantName", "Value": name},
        ],
        StartTime=began - timedelta(minutes=1),
        EndTime=began + timedelta(minutes=5),
        Period=3600,
        Statistics=["Sum"],
    )["Datapoints"]
    return sum(point["Sum"] for point in points)


def test_a_shadow_is_asked_the_same_and_nobody_gets_its_answers(
    endpoints: EndpointAccount,
) -> None:
    endpoints.put_script("live")
    endpoints.put_script("next", SHADOW)
    endpoints.sagemaker.create_endpoint_config(
        EndpointConfigName="live",
        ProductionVariants=[variant("production", "live", InitialVariantWeight=2.0)],
        ShadowProductionVariants=[variant("shadow", "next", InitialVariantWeight=2.0)],
    )
    endpoints.sagemaker.create_endpoint(EndpointName="live", EndpointConfigName="live")
    told = endpoints.wait("live")
    began = datetime.now(UTC)
    answers = [endpoints.ask("live", number) for number in range(5)]

    assert answers == [{"model": "live", "data": number} for number in range(5)]
    assert [one["VariantName"] for one in told["ProductionVariants"]] == ["production"]
    (shadow,) = told["ShadowProductionVariants"]
    assert (shadow["VariantName"], shadow["CurrentWeight"]) == ("shadow", 2.0)
    endpoints.until(
        lambda: (
            sorted(line for line in endpoints.log("live") if line.startswith("asked"))
            == [f"asked {json.dumps(number)}" for number in range(5)]
        )
    )
    endpoints.until(lambda: invocations(endpoints, "shadow", began) == 5)
    endpoints.until(lambda: invocations(endpoints, "production", began) == 5)
    with pytest.raises(ClientError, match="has no variant shadow"):
        endpoints.ask("live", TargetVariant="shadow")

    endpoints.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="live",
        DesiredWeightsAndCapacities=[{"VariantName": "shadow", "DesiredWeight": 0.0}],
    )
    endpoints.wait("live")
    began = datetime.now(UTC)
    endpoints.ask("live", "last")
    endpoints.until(lambda: invocations(endpoints, "production", began) == 6)
    assert invocations(endpoints, "shadow", began) == 5


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"ShadowProductionVariants": [variant("one", "live"), variant("two", "live")]},
            "you can only specify one variant",
        ),
        (
            {"ShadowProductionVariants": [variant("production", "live")]},
            "Duplicate variant names",
        ),
        (
            {"ShadowProductionVariants": [variant("shadow", "many")]},
            "cannot have or be a shadow",
        ),
        (
            {"ShadowProductionVariants": [variant("shadow", "nowhere")]},
            "Could not find",
        ),
        (
            {
                "ShadowProductionVariants": [variant("shadow", "live")],
                "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://bucket/out"}},
            },
            "asynchronous endpoint",
        ),
    ],
)
def test_a_shadow_that_cannot_be_is_refused(
    endpoints: EndpointAccount, more: dict[str, Any], message: str
) -> None:
    endpoints.put_script("live")
    endpoints.put_script("many", Mode="MultiModel", ModelDataUrl=f"s3://{endpoints.bucket}/many/")

    with pytest.raises(ClientError, match=message):
        endpoints.sagemaker.create_endpoint_config(
            EndpointConfigName="live",
            ProductionVariants=[variant("production", "live")],
            **more,
        )
