"""Scalable targets, policies with their alarms, and scheduled actions."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.direct import error_of

VARIANT = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/e/variant/v",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
TRACKING = {
    "TargetValue": 70.0,
    "PredefinedMetricSpecification": {
        "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
    },
}


@pytest.fixture
def scaling(client: Callable[..., Any]) -> Any:
    return client("application-autoscaling")


@pytest.fixture
def target(scaling: Any) -> str:
    """The ARN of a registered target."""
    answer = scaling.register_scalable_target(**VARIANT, MinCapacity=1, MaxCapacity=4)
    return str(answer["ScalableTargetARN"])


def test_a_target_is_described_as_it_was_registered(
    scaling: Any, target: str, account: str
) -> None:
    scaling.register_scalable_target(
        **VARIANT, MaxCapacity=8, SuspendedState={"DynamicScalingInSuspended": True}
    )

    [found] = scaling.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]

    assert found.pop("CreationTime") is not None
    role = (
        "role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/"
        "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
    )
    assert found == {
        **VARIANT,
        "MinCapacity": 1,
        "MaxCapacity": 8,
        "RoleARN": f"arn:aws:iam::{account}:{role}",
        "ScalableTargetARN": target,
        "SuspendedState": {
            "DynamicScalingInSuspended": True,
            "DynamicScalingOutSuspended": False,
            "ScheduledScalingSuspended": False,
        },
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"MinCapacity": 5}, "Maximum capacity cannot be less than minimum capacity"),
        (
            {"ResourceId": "endpoint/e"},
            "Unsupported service namespace, resource type or scalable dimension",
        ),
        (
            {"ServiceNamespace": "ecs"},
            "Unsupported service namespace, resource type or scalable dimension",
        ),
    ],
)
def test_a_target_that_cannot_be_is_refused(
    scaling: Any, change: dict[str, Any], message: str
) -> None:
    asked = {**VARIANT, "MinCapacity": 1, "MaxCapacity": 4, **change}

    refused = error_of(scaling.register_scalable_target, **asked)

    assert refused == {"Code": "ValidationException", "Message": message}


def test_a_policy_needs_its_target(scaling: Any) -> None:
    refused = error_of(
        scaling.put_scaling_policy,
        **VARIANT,
        PolicyName="p",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=TRACKING,
    )

    assert refused == {
        "Code": "ObjectNotFoundException",
        "Message": "No scalable target registered for service namespace: sagemaker, resource ID:"
        " endpoint/e/variant/v, scalable dimension: sagemaker:variant:DesiredInstanceCount",
    }


def test_a_tracking_policy_has_two_alarms_while_it_lives(
    scaling: Any, client: Callable[..., Any], target: str
) -> None:
    answer = scaling.put_scaling_policy(
        **VARIANT,
        PolicyName="p",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=TRACKING,
    )
    cloudwatch = client("cloudwatch")

    high, low = cloudwatch.describe_alarms()["MetricAlarms"]
    [policy] = scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    scaling.delete_scaling_policy(**VARIANT, PolicyName="p")

    assert [alarm["AlarmName"] for alarm in answer["Alarms"]] == [
        high["AlarmName"],
        low["AlarmName"],
    ]
    assert (high["Threshold"], low["Threshold"]) == (70.0, 63.0)
    assert high["Dimensions"] == [
        {"Name": "EndpointName", "Value": "e"},
        {"Name": "VariantName", "Value": "v"},
    ]
    assert (policy["PolicyARN"], policy["Alarms"]) == (answer["PolicyARN"], answer["Alarms"])
    assert policy["TargetTrackingScalingPolicyConfiguration"] == TRACKING
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []


def test_an_alarm_that_others_ask_for_outlives_its_policy(
    scaling: Any, target: str, client: Callable[..., Any]
) -> None:
    cloudwatch = client("cloudwatch")
    made = scaling.put_scaling_policy(
        **VARIANT,
        PolicyName="p",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=TRACKING,
    )
    asked, free = (alarm["AlarmName"] for alarm in made["Alarms"])
    cloudwatch.put_composite_alarm(AlarmName="busy", AlarmRule=f'ALARM("{asked}")')

    scaling.delete_scaling_policy(**VARIANT, PolicyName="p")

    left = cloudwatch.describe_alarms(AlarmNames=[asked, free])["MetricAlarms"]
    assert [alarm["AlarmName"] for alarm in left] == [asked]
    assert scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"] == []


def test_a_target_takes_its_policies_and_actions_along(
    scaling: Any, client: Callable[..., Any], target: str
) -> None:
    scaling.put_scaling_policy(
        **VARIANT,
        PolicyName="p",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=TRACKING,
    )
    scaling.put_scheduled_action(
        **VARIANT,
        ScheduledActionName="night",
        Schedule="cron(0 22 * * ? *)",
        ScalableTargetAction={"MaxCapacity": 1},
    )

    scaling.deregister_scalable_target(**VARIANT)

    assert scaling.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"] == []
    assert (
        scaling.describe_scheduled_actions(ServiceNamespace="sagemaker")["ScheduledActions"] == []
    )
    assert client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    again = error_of(scaling.deregister_scalable_target, **VARIANT)
    assert again["Code"] == "ObjectNotFoundException"


def test_a_scheduled_action_is_kept_and_changed(scaling: Any, target: str) -> None:
    named = {**VARIANT, "ScheduledActionName": "night"}
    scaling.put_scheduled_action(
        **named, Schedule="rate(1 day)", ScalableTargetAction={"MinCapacity": 0, "MaxCapacity": 1}
    )
    scaling.put_scheduled_action(**named, Schedule="at(2030-01-01T00:00:00)")

    [action] = scaling.describe_scheduled_actions(ServiceNamespace="sagemaker")["ScheduledActions"]
    broken = error_of(scaling.put_scheduled_action, **named, Schedule="daily")
    scaling.delete_scheduled_action(**named)
    gone = error_of(scaling.delete_scheduled_action, **named)

    assert action["Schedule"] == "at(2030-01-01T00:00:00)"
    assert action["ScalableTargetAction"] == {"MinCapacity": 0, "MaxCapacity": 1}
    assert broken == {
        "Code": "ValidationException",
        "Message": "Schedule expression is invalid: daily",
    }
    assert gone["Code"] == "ObjectNotFoundException"


def test_policies_are_listed_by_page(scaling: Any, target: str) -> None:
    for name in ("c", "a", "b"):
        scaling.put_scaling_policy(
            **VARIANT,
            PolicyName=name,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration=TRACKING,
        )

    pages = scaling.get_paginator("describe_scaling_policies").paginate(
        ServiceNamespace="sagemaker", PaginationConfig={"PageSize": 2}
    )

    names = [[each["PolicyName"] for each in page["ScalingPolicies"]] for page in pages]
    assert names == [["a", "b"], ["c"]]


def test_tags_of_a_target(scaling: Any, target: str) -> None:
    scaling.tag_resource(ResourceARN=target, Tags={"a": "1", "b": "2"})
    scaling.untag_resource(ResourceARN=target, TagKeys=["a"])
    unknown = error_of(scaling.list_tags_for_resource, ResourceARN=target + "0")

    assert scaling.list_tags_for_resource(ResourceARN=target)["Tags"] == {"b": "2"}
    assert unknown["Code"] == "ResourceNotFoundException"
