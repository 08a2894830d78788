"""The two alarms of a target-tracking policy, kept in CloudWatch as on AWS.

Source:
https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.operations import Call
from outcrop.services.application_autoscaling import shapes

PREDEFINED: Mapping[str, tuple[str, str]] = {
    "SageMakerVariantInvocationsPerInstance": ("InvocationsPerInstance", "Sum"),
    "SageMakerVariantConcurrentRequestsPerModelHighResolution": (
        *("ConcurrentRequestsPerModel", "Maximum"),
    ),
    "SageMakerVariantProvisionedConcurrencyUtilization": (
        *("ServerlessProvisionedConcurrencyUtilization", "Maximum"),
    ),
}
COMPONENT_METRICS: Mapping[str, tuple[str, str]] = {
    "SageMakerInferenceComponentInvocationsPerCopy": ("InvocationsPerCopy", "Sum"),
    "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution": (
        *("ConcurrentRequestsPerCopy", "Maximum"),
    ),
}
"""Predefined metric → its name in AWS/SageMaker and the statistic that counts."""
LOWER = 0.9
"""The share of the target below which capacity is taken away."""
HIGH_PERIODS, LOW_PERIODS = 3, 15
IN_USE = "ValidationException"
"""What CloudWatch answers to who deletes an alarm that a composite alarm asks for."""


async def put_alarms(call: Call, request: shapes.PutScalingPolicyRequest) -> list[shapes.Alarm]:
    """Make the alarms above and below a policy's target; none where its metric is not known."""
    tracking = request.get("TargetTrackingScalingPolicyConfiguration")
    watched = _watched(request["ResourceId"], tracking) if tracking else None
    if tracking is None or watched is None:
        return []
    target = tracking["TargetValue"]
    plans = [("AlarmHigh", "GreaterThanThreshold", target, HIGH_PERIODS)]
    if not tracking.get("DisableScaleIn", False):
        plans.append(("AlarmLow", "LessThanThreshold", target * LOWER, LOW_PERIODS))
    alarms: list[shapes.Alarm] = []
    for kind, comparison, threshold, periods in plans:
        name = f"TargetTracking-{request['ResourceId']}-{kind}-{uuid.uuid4()}"
        await call.ask(
            "cloudwatch",
            "PutMetricAlarm",
            AlarmName=name,
            AlarmDescription="DO NOT EDIT OR DELETE. For TargetTrackingScaling policy"
            f" {request['PolicyName']}.",
            ComparisonOperator=comparison,
            Threshold=float(threshold),
            EvaluationPeriods=periods,
            Period=60,
            **watched,
        )
        arn = call.arn(f"alarm:{name}", service="cloudwatch")
        alarms.append({"AlarmName": name, "AlarmARN": arn})
    return alarms


async def delete_alarms(call: Call, alarms: Sequence[Mapping[str, str]]) -> None:
    """Delete a policy's alarms, but those that a composite alarm asks for."""
    for alarm in alarms:
        try:
            await call.ask("cloudwatch", "DeleteAlarms", AlarmNames=[alarm["AlarmName"]])
        except ServiceError as error:
            if error.code != IN_USE:
                raise


def _watched(
    resource: str, tracking: shapes.TargetTrackingScalingPolicyConfiguration
) -> dict[str, Any] | None:
    """Return the metric that a policy tracks, as alarms name it."""
    predefined = tracking.get("PredefinedMetricSpecification")
    if predefined is not None:
        kind, *names = resource.split("/")
        metrics = COMPONENT_METRICS if kind == "inference-component" else PREDEFINED
        known = metrics.get(predefined["PredefinedMetricType"])
        if known is None or kind not in ("endpoint", "inference-component"):
            return None
        dimensions = (
            [{"Name": "InferenceComponentName", "Value": names[0]}]
            if kind == "inference-component"
            else [
                {"Name": "EndpointName", "Value": names[0]},
                {"Name": "VariantName", "Value": names[2]},
            ]
        )
        return {
            "Namespace": "AWS/SageMaker",
            "MetricName": known[0],
            "Statistic": known[1],
            "Dimensions": dimensions,
        }
    custom = tracking.get("CustomizedMetricSpecification", {})
    if not {"Namespace", "MetricName", "Statistic"} <= custom.keys():
        return None
    named = ("Namespace", "MetricName", "Statistic", "Dimensions", "Unit")
    return {name: value for name, value in custom.items() if name in named}
