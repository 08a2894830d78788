"""Serverless variants: their limits, and the concurrency that is kept ready for them."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop.services.sagemaker.hosting.programs import IDLE_SECONDS, at_once
from outcrop.services.sagemaker_runtime.metrics import Report, of_serverless
from tests.services.direct import error_of
from tests.services.sagemaker.endpoint_account import EndpointAccount
from tests.services.sagemaker.test_endpoint_scaling import activities_of, variant_of


def configure(endpoints: EndpointAccount, name: str, **config: int) -> None:
    """Create the configuration of a serverless variant of the model of that name."""
    variant = {"VariantName": "AllTraffic", "ModelName": name, "ServerlessConfig": config}
    endpoints.sagemaker.create_endpoint_config(
        EndpointConfigName=name, ProductionVariants=[variant]
    )


def deploy(endpoints: EndpointAccount, name: str, **config: int) -> Mapping[str, Any]:
    """Deploy a script serverless; return its variant."""
    endpoints.put_script(name)
    configure(endpoints, name, MemorySizeInMB=2048, **config)
    endpoints.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    (variant,) = endpoints.wait(name)["ProductionVariants"]
    return variant


def resize(endpoints: EndpointAccount, name: str, **desired: Any) -> None:
    endpoints.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=name,
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", **desired}],
    )


def test_a_serverless_endpoint_answers(endpoints: EndpointAccount) -> None:
    variant = deploy(endpoints, "cold", MaxConcurrency=5)

    assert variant["CurrentServerlessConfig"] == {"MemorySizeInMB": 2048, "MaxConcurrency": 5}
    assert "CurrentInstanceCount" not in variant
    assert endpoints.ask("cold", 1) == {"model": "cold", "data": 1}
    with pytest.raises(ClientError, match="4194305 bytes; a serverless endpoint takes 4194304"):
        endpoints.runtime.invoke_endpoint(EndpointName="cold", Body=b"1" * ((4 << 20) + 1))


def test_concurrency_is_changed_while_the_endpoint_answers(
    endpoints: EndpointAccount, client: Callable[..., Any]
) -> None:
    scaling = client("application-autoscaling")
    deploy(endpoints, "warm", MaxConcurrency=4, ProvisionedConcurrency=1)

    resize(endpoints, "warm", ServerlessUpdateConfig={"MaxConcurrency": 6})
    (during,) = endpoints.sagemaker.describe_endpoint(EndpointName="warm")["ProductionVariants"]
    assert endpoints.ask("warm", 1) == {"model": "warm", "data": 1}
    (after,) = endpoints.wait("warm")["ProductionVariants"]
    assert endpoints.ask("warm", 2) == {"model": "warm", "data": 2}
    config = {"MemorySizeInMB": 2048, "MaxConcurrency": 6, "ProvisionedConcurrency": 1}
    assert during["DesiredServerlessConfig"] == config
    assert after["CurrentServerlessConfig"] == after["DesiredServerlessConfig"] == config

    target = {
        **variant_of("warm"),
        "ScalableDimension": "sagemaker:variant:DesiredProvisionedConcurrency",
    }
    scaling.register_scalable_target(**target, MinCapacity=3, MaxCapacity=4)
    endpoints.until(lambda: bool(activities_of(scaling, "warm", **target)))
    (scaled,) = endpoints.wait("warm")["ProductionVariants"]
    assert scaled["CurrentServerlessConfig"] == {**config, "ProvisionedConcurrency": 3}
    assert activities_of(scaling, "warm", **target) == [
        {
            "Description": "Setting desired provisioned concurrency to 3.",
            "Cause": "minimum capacity was set to 3",
            "StatusCode": "Successful",
            "StatusMessage": "Successfully set desired provisioned concurrency to 3. Change"
            " successfully fulfilled by sagemaker.",
        }
    ]

    assert error_of(
        resize, endpoints=endpoints, name="warm", ServerlessUpdateConfig={"MaxConcurrency": 2}
    ) == {
        "Code": "ValidationException",
        "Message": "ProvisionedConcurrency must not be more than MaxConcurrency.",
    }
    assert error_of(resize, endpoints=endpoints, name="warm", DesiredInstanceCount=2) == {
        "Code": "ValidationException",
        "Message": "The variant AllTraffic is serverless: it has no instances.",
    }


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            {"MemorySizeInMB": 2048, "MaxConcurrency": 2, "ProvisionedConcurrency": 3},
            "ProvisionedConcurrency must not be more than MaxConcurrency.",
        ),
        (
            {"MemorySizeInMB": 1500, "MaxConcurrency": 2},
            "MemorySizeInMB must be a multiple of 1024, and 1500 is none.",
        ),
    ],
)
def test_a_serverless_configuration_that_cannot_be_is_refused(
    endpoints: EndpointAccount, config: Mapping[str, int], message: str
) -> None:
    endpoints.put_script("refused")

    told = error_of(configure, endpoints=endpoints, name="refused", **config)

    assert told == {"Code": "ValidationException", "Message": message}


def test_what_is_provisioned_never_ends_its_programs() -> None:
    config = {"MemorySizeInMB": 2048, "MaxConcurrency": 3}

    on_demand = at_once({"config": {"ServerlessConfig": config}})
    warm = at_once({"config": {"ServerlessConfig": {**config, "ProvisionedConcurrency": 1}}})

    assert on_demand == {"at_once": 3, "idle_seconds": IDLE_SECONDS}
    assert warm == {"at_once": 3, "idle_seconds": None}


@pytest.mark.parametrize(
    ("concurrent", "told"),
    [
        (1, {"Executions": 1, "Utilization": 0.5, "Invocations": 1, "SpilloverInvocations": 0}),
        (2, {"Executions": 2, "Utilization": 1, "Invocations": 1, "SpilloverInvocations": 0}),
        (3, {"Executions": 2, "Utilization": 1, "Invocations": 0, "SpilloverInvocations": 1}),
    ],
)
def test_metrics_tell_how_much_of_what_is_provisioned_was_used(
    concurrent: int, told: Mapping[str, float]
) -> None:
    report = Report(status=200, model_seconds=0.1, overhead_seconds=0.01, at_once=concurrent)

    metrics = {
        one.name: one.of(report)
        for one in of_serverless({"MaxConcurrency": 4, "ProvisionedConcurrency": 2})
    }

    assert metrics == {
        "Invocations": 1,
        "Invocation4XXErrors": 0,
        "Invocation5XXErrors": 0,
        "ModelLatency": 100_000,
        "OverheadLatency": 10_000,
        "ServerlessConcurrentExecutionsUtilization": concurrent / 4,
        **{f"ServerlessProvisionedConcurrency{name}": value for name, value in told.items()},
    }
