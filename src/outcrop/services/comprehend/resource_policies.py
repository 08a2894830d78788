"""Policies by which others may import custom models: put, describe, delete.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_PutResourcePolicy.html
"""

from collections.abc import Callable

from outcrop.operations import Call, operation
from outcrop.operations.records import change
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.arns import not_found
from outcrop.services.comprehend.kinds import models_of
from outcrop.services.comprehend.models.policies import (
    POLICY,
    check_policy,
    policy_of,
    with_policy,
    without_policy,
)
from outcrop.storage.records.interface import Document, Record, RecordNotFoundError


@operation("PutResourcePolicy")
async def put_resource_policy(
    call: Call, request: shapes.PutResourcePolicyRequest
) -> shapes.PutResourcePolicyResponse:
    """Attach a policy to a model, in place of the one that it has, or of the named revision."""
    text, revision = request["ResourcePolicy"], request.get("PolicyRevisionId")
    check_policy(text)

    def changed(document: Document) -> Document:
        return with_policy(document, text, revision, call.backends.now())

    model = await _change(call, request["ResourceArn"], changed)
    return {"PolicyRevisionId": model.document[POLICY]["revision"]}


@operation("DescribeResourcePolicy")
async def describe_resource_policy(
    call: Call, request: shapes.DescribeResourcePolicyRequest
) -> shapes.DescribeResourcePolicyResponse:
    """Answer with the policy of a model."""
    model = await models_of(request["ResourceArn"]).find(call, request["ResourceArn"])
    policy = policy_of(model.document)
    return {
        "ResourcePolicy": policy["text"],
        "CreationTime": policy["created"],
        "LastModifiedTime": policy["updated"],
        "PolicyRevisionId": policy["revision"],
    }


@operation("DeleteResourcePolicy")
async def delete_resource_policy(
    call: Call, request: shapes.DeleteResourcePolicyRequest
) -> shapes.DeleteResourcePolicyResponse:
    """Take the policy off a model."""

    def changed(document: Document) -> Document:
        return without_policy(document, request.get("PolicyRevisionId"))

    await _change(call, request["ResourceArn"], changed)
    return {}


async def _change(call: Call, arn: str, changed: Callable[[Document], Document]) -> Record:
    """Change a model's document, and return its record.

    Raises:
        ResourceNotFoundException: There is no model of this ARN.
    """
    model = await models_of(arn).find(call, arn)
    try:
        return await change(call.backends.records, model.scope, model.name, changed)
    except RecordNotFoundError as error:
        raise not_found(arn) from error
