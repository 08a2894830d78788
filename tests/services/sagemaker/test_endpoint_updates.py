"""Endpoints that change while they answer: other models, weights, counts, and what goes wrong."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop.storage.records.interface import Document
from tests.services.sagemaker.endpoint_account import EndpointAccount
from tests.services.sagemaker.list_desk import Desk


@contextmanager
def asked_all_the_time(endpoints: EndpointAccount, name: str) -> Iterator[list[Any]]:
    """Ask an endpoint from several threads; give what is answered, errors included."""
    answers: list[Any] = []
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            try:
                answers.append(endpoints.ask(name)["model"])
            except ClientError as error:
                answers.append(error)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def test_no_request_fails_while_an_endpoint_gets_another_model(endpoints: EndpointAccount) -> None:
    endpoints.deploy("live")
    endpoints.put_script("new")
    endpoints.configure("new", {"ModelName": "new"})
    with asked_all_the_time(endpoints, "live") as answers:
        endpoints.until(lambda: len(answers) > 20)
        endpoints.sagemaker.update_endpoint(EndpointName="live", EndpointConfigName="new")
        pending = endpoints.sagemaker.describe_endpoint(EndpointName="live")
        endpoint = endpoints.wait("live")
        seen = len(answers)
        endpoints.until(lambda: len(answers) > seen + 20)

    assert set(answers) == {"live", "new"}
    assert set(answers[-5:]) == {"new"}
    assert pending["EndpointConfigName"] == "live"
    assert pending["PendingDeploymentSummary"]["EndpointConfigName"] == "new"
    assert endpoint["EndpointConfigName"] == "new"
    assert "PendingDeploymentSummary" not in endpoint


@pytest.mark.slow  # So many requests take half a minute.
def test_none_of_ten_thousand_requests_fails_while_an_endpoint_changes(
    endpoints: EndpointAccount,
) -> None:
    endpoints.deploy("live")
    for name in ("second", "third"):
        endpoints.put_script(name)
        endpoints.configure(name, {"ModelName": name})
    with asked_all_the_time(endpoints, "live") as answers:
        for name in ("second", "third"):
            endpoints.until(lambda: len(answers) > 100)
            endpoints.sagemaker.update_endpoint(EndpointName="live", EndpointConfigName=name)
            endpoints.wait("live")
            for count in (2, 1):
                desired = {"VariantName": "AllTraffic", "DesiredInstanceCount": count}
                endpoints.sagemaker.update_endpoint_weights_and_capacities(
                    EndpointName="live", DesiredWeightsAndCapacities=[desired]
                )
                endpoints.wait("live")
        endpoints.until(lambda: len(answers) >= 10_000)

    assert set(answers) == {"live", "second", "third"}


def test_an_update_to_a_model_that_does_not_load_leaves_the_old_one(
    endpoints: EndpointAccount,
) -> None:
    endpoints.deploy("live")
    endpoints.put_script("broken", "raise OSError('no weights here')")
    endpoints.configure("broken", {"ModelName": "broken"})
    with asked_all_the_time(endpoints, "live") as answers:
        endpoints.sagemaker.update_endpoint(EndpointName="live", EndpointConfigName="broken")
        with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
            endpoints.sagemaker.update_endpoint(EndpointName="live", EndpointConfigName="live")
        endpoint = endpoints.wait("live")

    assert set(answers) == {"live"}
    assert endpoint["EndpointConfigName"] == "live"
    assert "no weights here" in endpoint["FailureReason"]
    assert endpoints.ask("live", 1) == {"model": "live", "data": 1}


def test_variants_share_the_requests_by_weight_and_can_be_named(
    endpoints: EndpointAccount,
) -> None:
    for name in ("one", "two"):
        endpoints.put_script(name)
    endpoints.configure(
        "both",
        {"ModelName": "one", "VariantName": "first", "InitialVariantWeight": 3.0},
        {"ModelName": "two", "VariantName": "second", "InitialVariantWeight": 1.0},
    )
    endpoints.sagemaker.create_endpoint(EndpointName="both", EndpointConfigName="both")
    endpoints.wait("both")

    asked = Counter(endpoints.ask("both")["model"] for _ in range(200))
    assert 110 < asked["one"] < 190
    assert endpoints.ask("both", TargetVariant="second")["model"] == "two"
    with pytest.raises(ClientError, match="Endpoint both has no variant third"):
        endpoints.ask("both", TargetVariant="third")

    endpoints.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="both",
        DesiredWeightsAndCapacities=[
            {"VariantName": "first", "DesiredWeight": 0.0},
            {"VariantName": "second", "DesiredInstanceCount": 2},
        ],
    )
    endpoint = endpoints.wait("both")
    assert {endpoints.ask("both")["model"] for _ in range(20)} == {"two"}
    told = [
        (one["VariantName"], one["CurrentWeight"], one["CurrentInstanceCount"])
        for one in endpoint["ProductionVariants"]
    ]
    assert told == [("first", 0.0, 1), ("second", 1.0, 2)]
    with pytest.raises(ClientError, match="has no variant third"):
        endpoints.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="both", DesiredWeightsAndCapacities=[{"VariantName": "third"}]
        )


def test_an_update_may_keep_what_variants_have_become(endpoints: EndpointAccount) -> None:
    endpoints.deploy("live")
    endpoints.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="live",
        DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 2}],
    )
    endpoints.wait("live")
    endpoints.sagemaker.update_endpoint(
        EndpointName="live", EndpointConfigName="live", RetainAllVariantProperties=True
    )
    (variant,) = endpoints.wait("live")["ProductionVariants"]

    assert variant["CurrentInstanceCount"] == 2


def shifted(kind: str, size: str, percent: int) -> dict[str, Any]:
    """Return a deployment in steps of so many per cent, with two seconds after each."""
    routing = {
        "Type": kind,
        "WaitIntervalInSeconds": 2,
        size: {"Type": "CAPACITY_PERCENT", "Value": percent},
    }
    return {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}}


def rolling(value: int, seconds: int = 1) -> dict[str, Any]:
    """Return a deployment by so many instances at a time."""
    return {
        "RollingUpdatePolicy": {
            "MaximumBatchSize": {"Type": "INSTANCE_COUNT", "Value": value},
            "WaitIntervalInSeconds": seconds,
        }
    }


BY_STEPS = [
    pytest.param(shifted("CANARY", "CanarySize", 30), 1, id="canary"),
    pytest.param(rolling(1), 2, id="rolling"),
]


@pytest.mark.parametrize(("deploying", "instances"), BY_STEPS)
def test_a_part_of_the_requests_goes_to_the_new_model_before_all(
    endpoints: EndpointAccount, deploying: dict[str, Any], instances: int
) -> None:
    endpoints.deploy("live", InitialInstanceCount=instances)
    endpoints.put_script("new")
    endpoints.configure("new", {"ModelName": "new", "InitialInstanceCount": instances})
    with asked_all_the_time(endpoints, "live") as answers:
        endpoints.sagemaker.update_endpoint(
            EndpointName="live", EndpointConfigName="new", DeploymentConfig=deploying
        )
        endpoints.until(lambda: "new" in answers)
        first = answers.index("new")
        endpoint = endpoints.wait("live")
        seen = len(answers)
        endpoints.until(lambda: len(answers) > seen + 10)

    assert set(answers) == {"live", "new"}
    assert "live" in answers[first:]
    assert set(answers[-5:]) == {"new"}
    assert endpoint["LastDeploymentConfig"] == deploying
    assert endpoint["ProductionVariants"][0]["CurrentInstanceCount"] == instances


@pytest.mark.parametrize(
    ("deploying", "instances"),
    [
        pytest.param(shifted("LINEAR", "LinearStepSize", 20), 1, id="linear"),
        pytest.param(rolling(1, seconds=2), 2, id="rolling"),
    ],
)
def test_an_alarm_brings_the_old_model_back(
    endpoints: EndpointAccount, deploying: dict[str, Any], instances: int
) -> None:
    endpoints.cloudwatch.put_metric_alarm(
        AlarmName="errors",
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Period=60,
        Statistic="Sum",
        Threshold=0,
    )
    endpoints.deploy("live", InitialInstanceCount=instances)
    endpoints.put_script("new")
    endpoints.configure("new", {"ModelName": "new", "InitialInstanceCount": instances})
    with asked_all_the_time(endpoints, "live") as answers:
        endpoints.sagemaker.update_endpoint(
            EndpointName="live",
            EndpointConfigName="new",
            DeploymentConfig={
                **deploying,
                "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
            },
        )
        endpoints.until(lambda: "new" in answers)
        endpoints.cloudwatch.set_alarm_state(
            AlarmName="errors", StateValue="ALARM", StateReason="the test says so"
        )
        endpoint = endpoints.wait("live")
        seen = len(answers)
        endpoints.until(lambda: len(answers) > seen + 10)

    assert set(answers) == {"live", "new"}
    assert set(answers[-5:]) == {"live"}
    assert endpoint["EndpointConfigName"] == "live"
    assert "alarms went into ALARM state: errors" in endpoint["FailureReason"]
    assert endpoint["ProductionVariants"][0]["CurrentInstanceCount"] == instances


def test_a_batch_is_at_most_half_of_the_instances(endpoints: EndpointAccount) -> None:
    endpoints.deploy("live", InitialInstanceCount=2)

    with pytest.raises(ClientError, match="MaximumBatchSize must be between 5% and 50%"):
        endpoints.sagemaker.update_endpoint(
            EndpointName="live", EndpointConfigName="live", DeploymentConfig=rolling(2)
        )


def test_another_weight_does_not_wait_as_the_update_before_it_did(tmp_path: Path) -> None:
    canary = {
        "Type": "CANARY",
        "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 50},
        "WaitIntervalInSeconds": 600,
    }
    policy = {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": canary}}

    def served(endpoint: Document) -> Mapping[str, Any]:
        return {"status": "InService", "deployment": endpoint["pending"]}

    async def update() -> Document:
        async with Desk.on(tmp_path) as desk:
            await desk.make("CreateModel", ModelName="model")
            await desk.make("CreateEndpointConfig", EndpointConfigName="config")
            await desk.make("CreateEndpoint", EndpointName="live", EndpointConfigName="config")
            await desk.change("endpoint", served, name="live")
            await desk.tell(
                "UpdateEndpoint",
                EndpointName="live",
                EndpointConfigName="config",
                DeploymentConfig=policy,
            )
            await desk.change("endpoint", served, name="live")
            await desk.tell(
                "UpdateEndpointWeightsAndCapacities",
                EndpointName="live",
                DesiredWeightsAndCapacities=[{"VariantName": "all", "DesiredWeight": 2.0}],
            )
            return (await desk.find("endpoint", "live")).document

    endpoint = asyncio.run(update())

    assert endpoint["deployment"]["deploying"] == policy
    assert endpoint["pending"]["deploying"] == {}
    assert endpoint["pending"]["variants"][0]["weight"] == 2.0
