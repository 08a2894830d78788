"""Scaling policies: kept, with the alarms of those that track a target.

Source: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
"""

import uuid
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.application_autoscaling import shapes
from outcrop.services.application_autoscaling.places import (
    POLICY,
    described,
    find_target,
    key_of,
    page_below,
    scope,
)
from outcrop.services.application_autoscaling.target_alarms import delete_alarms, put_alarms
from outcrop.storage.records.interface import (
    Delete,
    Document,
    Put,
    Record,
    RecordNotFoundError,
)

CONFIGURATIONS = {
    "StepScaling": "StepScalingPolicyConfiguration",
    "TargetTrackingScaling": "TargetTrackingScalingPolicyConfiguration",
    "PredictiveScaling": "PredictiveScalingPolicyConfiguration",
}
KEPT = (
    "PolicyName",
    "ServiceNamespace",
    "ResourceId",
    "ScalableDimension",
    *CONFIGURATIONS.values(),
)


@operation("PutScalingPolicy")
async def put_scaling_policy(
    call: Call, request: shapes.PutScalingPolicyRequest
) -> shapes.PutScalingPolicyResponse:
    """Make or replace a policy of a target."""
    await find_target(call, request)
    name = key_of(request, request["PolicyName"])
    before = await call.backends.records.find(scope(call, POLICY), name)
    default = before.document["PolicyType"] if before else "StepScaling"
    kind = request.get("PolicyType", default)
    if before is not None and kind != default:
        raise shapes.ValidationException("The PolicyType of a scaling policy cannot be changed.")
    if CONFIGURATIONS[kind] not in request:
        raise shapes.ValidationException(f"{CONFIGURATIONS[kind]} is required for {kind} policies.")
    _check_metric(request)
    policy_id = before.document["id"] if before else str(uuid.uuid4())
    alarms = await put_alarms(call, request)
    document: Document = {
        **{member: value for member, value in request.items() if member in KEPT},
        "id": policy_id,
        "PolicyType": kind,
        "CreationTime": before.document["CreationTime"] if before else call.backends.now(),
        "alarms": alarms,
    }
    await call.backends.records.write(Put(scope=scope(call, POLICY), name=name, document=document))
    if before is not None:
        await delete_alarms(call, before.document["alarms"])
    return {"PolicyARN": arn_of(call, document), "Alarms": alarms}


@operation("DescribeScalingPolicies")
async def describe_scaling_policies(
    call: Call, request: shapes.DescribeScalingPoliciesRequest
) -> shapes.DescribeScalingPoliciesResponse:
    """Answer with the policies of a service."""
    page = await page_below(call, POLICY, request, request.get("PolicyNames"))
    answer: shapes.DescribeScalingPoliciesResponse = {
        "ScalingPolicies": [_shown(call, policy) for policy in page.items]
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("DeleteScalingPolicy")
async def delete_scaling_policy(
    call: Call, request: shapes.DeleteScalingPolicyRequest
) -> shapes.DeleteScalingPolicyResponse:
    """Delete a policy with its alarms."""
    name = key_of(request, request["PolicyName"])
    policy = await call.backends.records.find(scope(call, POLICY), name)
    missing = shapes.ObjectNotFoundException(
        f"No scaling policy found for {described(request)}, policy name: {request['PolicyName']}"
    )
    if policy is None:
        raise missing
    try:
        await call.backends.records.write(Delete(scope=policy.scope, name=name))
    except RecordNotFoundError as error:
        raise missing from error
    await delete_alarms(call, policy.document["alarms"])
    return {}


@operation("GetPredictiveScalingForecast")
async def get_predictive_scaling_forecast(
    call: Call, request: shapes.GetPredictiveScalingForecastRequest
) -> shapes.GetPredictiveScalingForecastResponse:
    """Refuse: Outcrop makes no forecasts."""
    del call
    raise shapes.ValidationException(
        f"There is no forecast for scaling policy {request['PolicyName']}: Outcrop keeps policies"
        " of predictive scaling and makes no forecasts."
    )


def _check_metric(request: shapes.PutScalingPolicyRequest) -> None:
    tracking = request.get("TargetTrackingScalingPolicyConfiguration")
    if tracking is None:
        return
    named = [name for name in tracking if name.endswith("MetricSpecification")]
    if len(named) != 1:
        raise shapes.ValidationException(
            "Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be"
            " specified."
        )


def arn_of(call: Call, document: Document) -> str:
    """Return a policy's ARN."""
    resource = f"{document['ServiceNamespace']}/{document['ResourceId']}"
    return call.arn(
        f"scalingPolicy:{document['id']}:resource/{resource}:policyName/{document['PolicyName']}",
        service="autoscaling",
    )


def _shown(call: Call, policy: Record) -> Any:
    document = policy.document
    return {
        **{member: document[member] for member in KEPT if member in document},
        "PolicyARN": arn_of(call, document),
        "PolicyType": document["PolicyType"],
        "Alarms": document["alarms"],
        "CreationTime": document["CreationTime"],
    }
