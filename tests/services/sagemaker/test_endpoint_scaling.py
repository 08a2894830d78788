"""Endpoints whose instances follow a metric."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.sagemaker.component_account import ComponentAccount
from tests.services.sagemaker.endpoint_account import EndpointAccount

BUSY = """
import json, time
def model_fn(folder):
    return None
def input_fn(content, content_type):
    return json.loads(content)
def predict_fn(data, model):
    until, count = time.process_time() + data, 0
    while time.process_time() < until:
        count += 1
    return {"model": "busy"}
"""


def variant_of(endpoint: str) -> Mapping[str, str]:
    return {
        "ServiceNamespace": "sagemaker",
        "ResourceId": f"endpoint/{endpoint}/variant/AllTraffic",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }


@pytest.fixture
def scaling(client: Callable[..., Any]) -> Any:
    return client("application-autoscaling")


def count_of(endpoints: EndpointAccount, name: str) -> int:
    (variant,) = endpoints.sagemaker.describe_endpoint(EndpointName=name)["ProductionVariants"]
    return int(variant["CurrentInstanceCount"])


def activities_of(scaling: Any, endpoint: str, **target: str) -> Sequence[Mapping[str, str]]:
    """Return the activities that have ended, without what nobody can foretell."""
    wanted = ("Description", "Cause", "StatusCode", "StatusMessage")
    asked = {**variant_of(endpoint), **target}
    found = scaling.describe_scaling_activities(**asked)["ScalingActivities"]
    return [{name: one[name] for name in wanted} for one in found if "EndTime" in one]


def put_steps(endpoints: EndpointAccount, scaling: Any, name: str, change: int) -> None:
    """Have an alarm change the instances by so many; it has the policy's name."""
    policy = scaling.put_scaling_policy(
        **variant_of("live"),
        PolicyName=name,
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "Cooldown": 0,
            "StepAdjustments": [
                {
                    ("MetricIntervalLowerBound" if change > 0 else "MetricIntervalUpperBound"): 0.0,
                    "ScalingAdjustment": change,
                }
            ],
        },
    )
    comparison = "GreaterThanThreshold" if change > 0 else "LessThanThreshold"
    endpoints.cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="mine",
        MetricName="load",
        Statistic="Average",
        ComparisonOperator=comparison,
        Threshold=10.0,
        EvaluationPeriods=1,
        Period=60,
        AlarmActions=[policy["PolicyARN"]],
    )


def raise_alarm(endpoints: EndpointAccount, name: str) -> None:
    endpoints.cloudwatch.set_alarm_state(
        AlarmName=name, StateValue="ALARM", StateReason="the test says so"
    )


def test_alarms_add_instances_and_take_them_away(endpoints: EndpointAccount, scaling: Any) -> None:
    endpoints.deploy("live")
    scaling.register_scalable_target(**variant_of("live"), MinCapacity=1, MaxCapacity=2)
    put_steps(endpoints, scaling, "more", 5)
    put_steps(endpoints, scaling, "less", -1)

    raise_alarm(endpoints, "more")
    endpoints.until(lambda: len(activities_of(scaling, "live")) == 1)
    assert count_of(endpoints, "live") == 2
    endpoints.cloudwatch.set_alarm_state(AlarmName="more", StateValue="OK", StateReason="enough")
    raise_alarm(endpoints, "less")
    endpoints.until(lambda: len(activities_of(scaling, "live")) == 2)

    assert count_of(endpoints, "live") == 1
    assert activities_of(scaling, "live") == [
        {
            "Description": f"Setting desired instance count to {count}.",
            "Cause": f"monitor alarm {name} in state ALARM triggered policy {name}",
            "StatusCode": "Successful",
            "StatusMessage": f"Successfully set desired instance count to {count}. Change"
            " successfully fulfilled by sagemaker.",
        }
        for name, count in (("less", 1), ("more", 2))
    ]


def test_a_target_is_brought_between_its_bounds(endpoints: EndpointAccount, scaling: Any) -> None:
    endpoints.deploy("live")
    scaling.register_scalable_target(**variant_of("live"), MinCapacity=2, MaxCapacity=2)
    endpoints.until(lambda: len(activities_of(scaling, "live")) == 1)

    assert count_of(endpoints, "live") == 2
    assert activities_of(scaling, "live")[0]["Cause"] == "minimum capacity was set to 2"


def test_an_alarm_adds_a_copy_to_a_component_that_has_none(
    endpoints: EndpointAccount, scaling: Any
) -> None:
    components = ComponentAccount(endpoints)
    components.host()
    components.deploy("idle", copies=0)
    target = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "inference-component/idle",
        "ScalableDimension": "sagemaker:inference-component:DesiredCopyCount",
    }
    scaling.register_scalable_target(**target, MinCapacity=0, MaxCapacity=1)
    policy = scaling.put_scaling_policy(
        **target,
        PolicyName="wake",
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "Cooldown": 0,
            "StepAdjustments": [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}],
        },
    )
    endpoints.cloudwatch.put_metric_alarm(
        AlarmName="wake",
        Namespace="AWS/SageMaker",
        MetricName="NoCapacityInvocationFailures",
        Dimensions=[{"Name": "InferenceComponentName", "Value": "idle"}],
        Statistic="Maximum",
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Threshold=1.0,
        EvaluationPeriods=1,
        Period=60,
        AlarmActions=[policy["PolicyARN"]],
    )

    with pytest.raises(ClientError, match="no capacity to process this request"):
        components.ask("idle")
    raise_alarm(endpoints, "wake")  # It would be a minute later by itself.
    endpoints.until(lambda: components.wait("idle")["RuntimeConfig"]["CurrentCopyCount"] == 1)

    assert components.ask("idle", 1) == {"model": "idle", "data": 1}
    activities = scaling.describe_scaling_activities(**target)["ScalingActivities"]
    assert [one["Description"] for one in activities] == ["Setting desired copy count to 1."]


def test_components_are_tracked_by_their_own_metrics(
    endpoints: EndpointAccount, scaling: Any
) -> None:
    components = ComponentAccount(endpoints)
    components.host()
    components.deploy("tracked", copies=0)
    target = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "inference-component/tracked",
        "ScalableDimension": "sagemaker:inference-component:DesiredCopyCount",
    }
    scaling.register_scalable_target(**target, MinCapacity=0, MaxCapacity=2)

    made = scaling.put_scaling_policy(
        **target,
        PolicyName="copies",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 5.0,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerInferenceComponentInvocationsPerCopy"
            },
        },
    )
    names = [one["AlarmName"] for one in made["Alarms"]]
    alarms = endpoints.cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"]

    assert [(one["MetricName"], one["Dimensions"]) for one in alarms] == [
        ("InvocationsPerCopy", [{"Name": "InferenceComponentName", "Value": "tracked"}])
    ] * 2


@pytest.mark.slow  # The alarm of a policy that tracks a target looks at three minutes.
def test_a_second_instance_is_added_for_more_invocations_and_answers_more(
    endpoints: EndpointAccount, scaling: Any
) -> None:
    endpoints.deploy("live", BUSY)
    scaling.register_scalable_target(**variant_of("live"), MinCapacity=1, MaxCapacity=2)
    scaling.put_scaling_policy(
        **variant_of("live"),
        PolicyName="invocations",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 60.0,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
            },
        },
    )

    def answered(seconds: float) -> int:
        """Ask as much as can be answered, and return how much that was."""
        until = time.monotonic() + seconds

        def ask(_: int) -> int:
            count = 0
            while time.monotonic() < until:
                endpoints.ask("live", 0.05)
                count += 1
            return count

        with ThreadPoolExecutor(4) as threads:
            return sum(threads.map(ask, range(4)))

    # Others use the machine, too: the best of some moments counts.
    before = max(answered(5) for _ in range(4))
    deadline = time.monotonic() + 420
    while count_of(endpoints, "live") == 1 and time.monotonic() < deadline:
        answered(5)
    after = max(answered(5) for _ in range(8))

    (activity,) = activities_of(scaling, "live")
    assert activity["Description"] == "Setting desired instance count to 2."
    assert "AlarmHigh" in activity["Cause"]
    assert after > 1.3 * before
