"""Roles that belong to an AWS service.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html
"""

import json
import re
import uuid

from outcrop.operations import Call, operation
from outcrop.services.iam import shapes
from outcrop.services.iam.entities import ROLE, find_entity, new_document, scope
from outcrop.services.iam.roles import MAX_SESSION_SECONDS, as_role
from outcrop.storage.records.interface import Create, Delete, RecordExistsError

SERVICE_NAMES = {
    "application-autoscaling": "ApplicationAutoScaling",
    "autoscaling": "AutoScaling",
    "comprehend.application-autoscaling": "ApplicationAutoScaling_ComprehendEndpoint",
    "ecs": "ECS",
    "ecs.application-autoscaling": "ApplicationAutoScaling_ECSService",
    "elasticbeanstalk": "ElasticBeanstalk",
    "elasticloadbalancing": "ElasticLoadBalancing",
    "kendra": "Kendra",
    "lex": "LexBots",
    "lexv2": "LexV2Bots",
    "qbusiness": "QBusiness",
    "rds": "RDS",
    "sagemaker": "AmazonSageMakerNotebooks",
    "sagemaker.application-autoscaling": "ApplicationAutoScaling_SageMakerEndpoint",
}
"""How roles are named where the name is not the service's, capitalised."""


@operation("CreateServiceLinkedRole")
async def create_service_linked_role(
    call: Call, request: shapes.CreateServiceLinkedRoleRequest
) -> shapes.CreateServiceLinkedRoleResponse:
    """Make the role of a service."""
    service = request["AWSServiceName"]
    stem = service.removesuffix(".amazonaws.com")
    if not re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com", service):
        raise shapes.InvalidInputException(f"Service {service} is not a valid service principal.")
    title = SERVICE_NAMES.get(stem, "".join(part.capitalize() for part in re.split("[-.]", stem)))
    suffix = f"_{request['CustomSuffix']}" if "CustomSuffix" in request else ""
    name = f"AWSServiceRoleFor{title}{suffix}"
    document = new_document(call, ROLE, name, f"/aws-service-role/{service}/")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": [service]},
        "Action": ["sts:AssumeRole"],
    }
    document |= {
        "trust": json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        "max_session": MAX_SESSION_SECONDS,
        "linked": service,
    }
    if "Description" in request:
        document["description"] = request["Description"]
    create = Create(scope=scope(call, ROLE.name), name=name.lower(), document=document)
    try:
        await call.backends.records.write(create)
    except RecordExistsError as error:
        raise shapes.InvalidInputException(
            f"Service role name {name} has been taken in this account, please try a different"
            " suffix."
        ) from error
    return {"Role": as_role(call, document)}


@operation("DeleteServiceLinkedRole")
async def delete_service_linked_role(
    call: Call, request: shapes.DeleteServiceLinkedRoleRequest
) -> shapes.DeleteServiceLinkedRoleResponse:
    """Delete the role of a service at once; the task's id tells so later."""
    role = await find_entity(call, ROLE, request["RoleName"])
    service = role.document.get("linked")
    if service is None:
        raise shapes.InvalidInputException(f"{role.document['name']} is not a service-linked role.")
    task = f"task/aws-service-role/{service}/{role.document['name']}/{uuid.uuid4()}"
    await call.backends.records.write(
        Delete(scope=role.scope, name=role.name, must_exist=False),
        Create(scope=scope(call, "deletion-task"), name=task, document={}),
    )
    return {"DeletionTaskId": task}


@operation("GetServiceLinkedRoleDeletionStatus")
async def get_service_linked_role_deletion_status(
    call: Call, request: shapes.GetServiceLinkedRoleDeletionStatusRequest
) -> shapes.GetServiceLinkedRoleDeletionStatusResponse:
    """Answer that a deletion has succeeded."""
    task = request["DeletionTaskId"]
    if await call.backends.records.find(scope(call, "deletion-task"), task) is None:
        raise shapes.NoSuchEntityException(f"Deletion task {task} cannot be found.")
    return {"Status": "SUCCEEDED"}
