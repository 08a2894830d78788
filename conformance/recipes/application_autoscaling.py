"""An endpoint's variant to scale, a policy and a planned action."""

from collections.abc import Mapping
from typing import Any

from conformance.recipes import Recipe
from conformance.recipes.steps import Maker, Steps


def values(account: str) -> Mapping[str, Any]:
    """Return names and a policy."""
    return {
        "MaxCapacity": 4,
        "MinCapacity": 1,
        "PolicyName": "policy",
        "PolicyNames": ["policy"],
        "PolicyType": "TargetTrackingScaling",
        "ResourceId": "endpoint/some-endpoint/variant/some-variant",
        "ResourceIds": ["endpoint/some-endpoint/variant/some-variant"],
        "RoleARN": f"arn:aws:iam::{account}:role/role",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "ScalableTargetAction": {"MinCapacity": 1, "MaxCapacity": 2},
        "Schedule": "rate(5 minutes)",
        "ScheduledActionName": "action",
        "ScheduledActionNames": ["action"],
        "ServiceNamespace": "sagemaker",
        "TagKeys": ["team"],
        "Tags": {"team": "blue"},
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": 70.0,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"
            },
        },
        "Timezone": "UTC",
    }


NEEDED = {
    "PutScalingPolicy": ("PolicyType", "TargetTrackingScalingPolicyConfiguration"),
    "PutScheduledAction": ("Schedule", "ScalableTargetAction"),
    "RegisterScalableTarget": ("MinCapacity", "MaxCapacity"),
}

RECIPE = Recipe(
    prepare=Steps(
        values=values,
        makers={
            "ResourceId": Maker("RegisterScalableTarget"),
            "ResourceIds": Maker("RegisterScalableTarget"),
            "ResourceARN": Maker("RegisterScalableTarget", "ScalableTargetARN"),
        },
        before={
            "DeleteScalingPolicy": ("PutScalingPolicy",),
            "DeleteScheduledAction": ("PutScheduledAction",),
            "DescribeScalingPolicies": ("PutScalingPolicy",),
            "DescribeScheduledActions": ("PutScheduledAction",),
            "ListTagsForResource": ("TagResource",),
            "UntagResource": ("TagResource",),
        },
        needed=NEEDED,
    ),
    needed=NEEDED,
    without={
        "": ("NextToken",),
        "PutScalingPolicy": (
            "PredictiveScalingPolicyConfiguration",
            "StepScalingPolicyConfiguration",
        ),
        "PutScheduledAction": ("StartTime", "EndTime"),
    },
)
