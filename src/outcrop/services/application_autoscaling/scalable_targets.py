"""Scalable targets: what may be scaled, and between which bounds.

Source:
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
"""

import re
import uuid

from outcrop.operations import Call, operation
from outcrop.operations.records import every
from outcrop.services.application_autoscaling import shapes
from outcrop.services.application_autoscaling.places import (
    ACTION,
    POLICY,
    SEPARATOR,
    TARGET,
    described,
    key_of,
    page_below,
    scope,
)
from outcrop.services.application_autoscaling.scaling import wake
from outcrop.services.application_autoscaling.tag_lists import new_tags
from outcrop.services.application_autoscaling.target_alarms import delete_alarms
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
    Replace,
    StaleRecordError,
)

RESOURCES = {
    "sagemaker:variant": r"endpoint/[^/]+/variant/[^/]+",
    "sagemaker:inference-component": r"inference-component/[^/]+",
    "comprehend:document-classifier-endpoint": r"arn:.+",
    "comprehend:entity-recognizer-endpoint": r"arn:.+",
}
"""How the resources of services that Outcrop answers are named; others may have any name."""
ROLES = {
    "sagemaker": "SageMakerEndpoint",
    "comprehend": "ComprehendEndpoint",
    "ecs": "ECSService",
    "dynamodb": "DynamoDBTable",
    "rds": "RDSCluster",
    "lambda": "LambdaConcurrency",
    "custom-resource": "CustomResource",
}


@operation("RegisterScalableTarget")
async def register_scalable_target(
    call: Call, request: shapes.RegisterScalableTargetRequest
) -> shapes.RegisterScalableTargetResponse:
    """Register a target, or change its bounds."""
    _check_resource(request)
    before = await call.backends.records.find(scope(call, TARGET), key_of(request))
    document = _updated(before.document if before else _new_document(call, request), request)
    if document.get("MinCapacity") is None or document.get("MaxCapacity") is None:
        raise shapes.ValidationException(
            "Both MinCapacity and MaxCapacity are required to register a new scalable target"
        )
    if document["MinCapacity"] < 0 or document["MaxCapacity"] < document["MinCapacity"]:
        raise shapes.ValidationException("Maximum capacity cannot be less than minimum capacity")
    write: Create | Replace = (
        Replace(record=before, document=document)
        if before
        else Create(
            scope=scope(call, TARGET),
            name=key_of(request),
            document=document,
            indexes={"id": document["id"]},
        )
    )
    try:
        await call.backends.records.write(write)
    except (RecordExistsError, StaleRecordError, RecordNotFoundError) as error:
        raise shapes.ConcurrentUpdateException("The scalable target is being updated.") from error
    wake(call.backends, scope(call, TARGET), key_of(request))
    return {"ScalableTargetARN": target_arn(call, document["id"])}


@operation("DescribeScalableTargets")
async def describe_scalable_targets(
    call: Call, request: shapes.DescribeScalableTargetsRequest
) -> shapes.DescribeScalableTargetsResponse:
    """Answer with the targets of a service."""
    page = await page_below(call, TARGET, request, request.get("ResourceIds"))
    answer: shapes.DescribeScalableTargetsResponse = {
        "ScalableTargets": [_shown(call, target) for target in page.items]
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("DeregisterScalableTarget")
async def deregister_scalable_target(
    call: Call, request: shapes.DeregisterScalableTargetRequest
) -> shapes.DeregisterScalableTargetResponse:
    """Forget a target with its policies and scheduled actions."""
    name = key_of(request)
    records = call.backends.records
    try:
        await records.write(Delete(scope=scope(call, TARGET), name=name))
    except RecordNotFoundError as error:
        raise shapes.ObjectNotFoundException(
            f"No scalable target found for {described(request)}"
        ) from error
    for kind in (POLICY, ACTION):
        async for record in every(records, scope(call, kind), prefix=f"{name}{SEPARATOR}"):
            await delete_alarms(call, record.document.get("alarms", []))
            await records.write(Delete(scope=record.scope, name=record.name, must_exist=False))
    return {}


def target_arn(call: Call, target_id: str) -> str:
    """Return a target's ARN."""
    return call.arn(f"scalable-target/{target_id}", service="application-autoscaling")


def _check_resource(request: shapes.RegisterScalableTargetRequest) -> None:
    dimension = request["ScalableDimension"]
    namespace, kind, _ = dimension.split(":")
    pattern = RESOURCES.get(f"{namespace}:{kind}", r".+")
    if namespace != request["ServiceNamespace"] or not re.fullmatch(pattern, request["ResourceId"]):
        raise shapes.ValidationException(
            "Unsupported service namespace, resource type or scalable dimension"
        )


def _new_document(call: Call, request: shapes.RegisterScalableTargetRequest) -> Document:
    namespace = request["ServiceNamespace"]
    role = (
        f"role/aws-service-role/{namespace}.application-autoscaling.amazonaws.com/"
        f"AWSServiceRoleForApplicationAutoScaling_{ROLES.get(namespace, namespace.title())}"
    )
    return {
        "id": uuid.uuid4().hex,
        "ServiceNamespace": namespace,
        "ResourceId": request["ResourceId"],
        "ScalableDimension": request["ScalableDimension"],
        "RoleARN": call.arn(role, service="iam", region=""),
        "CreationTime": call.backends.now(),
        "SuspendedState": {
            "DynamicScalingInSuspended": False,
            "DynamicScalingOutSuspended": False,
            "ScheduledScalingSuspended": False,
        },
        "tags": new_tags(request.get("Tags", {}), resource=request["ResourceId"]),
    }


def _updated(document: Document, request: shapes.RegisterScalableTargetRequest) -> Document:
    given = {
        name: value
        for name, value in request.items()
        if name in {"MinCapacity", "MaxCapacity", "RoleARN"}
    }
    suspended = {**document["SuspendedState"], **request.get("SuspendedState", {})}
    return {**document, **given, "SuspendedState": suspended}


def _shown(call: Call, target: Record) -> shapes.ScalableTarget:
    document = target.document
    return {
        "ServiceNamespace": document["ServiceNamespace"],
        "ResourceId": document["ResourceId"],
        "ScalableDimension": document["ScalableDimension"],
        "MinCapacity": document["MinCapacity"],
        "MaxCapacity": document["MaxCapacity"],
        "RoleARN": document["RoleARN"],
        "CreationTime": document["CreationTime"],
        "SuspendedState": document["SuspendedState"],
        "ScalableTargetARN": target_arn(call, document["id"]),
    }
