"""The policies of a project, by which others may copy its models: put, list, delete.

Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/md-create-project-policy-sdk.html
"""

import secrets

from outcrop.aws.policies import MalformedPolicyError, PolicyDocument
from outcrop.operations import Call, operation
from outcrop.operations.paging import page_of_records
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.collections import page_request
from outcrop.services.rekognition.custom_labels.copying import ACTION
from outcrop.services.rekognition.custom_labels.resources import (
    find_project,
    policies_scope,
    project_arn,
)
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
    Replace,
    StaleRecordError,
    Write,
)

MOST_LISTED = 5


@operation("PutProjectPolicy")
async def put_project_policy(
    call: Call, request: shapes.PutProjectPolicyRequest
) -> shapes.PutProjectPolicyResponse:
    """Attach a policy to a project, or write over the revision that the caller names."""
    text, name = request["PolicyDocument"], request["PolicyName"]
    _check(text)
    project = await find_project(call, request["ProjectArn"])
    before = await call.backends.records.find(policies_scope(project), name)
    wanted, now = request.get("PolicyRevisionId"), call.backends.now()
    revision = secrets.token_hex(16)
    document: Document = {"policy": text, "revision": revision, "created": now, "updated": now}
    if wanted is None:
        write: Write = Create(scope=policies_scope(project), name=name, document=document)
    elif before is None or before.document["revision"] != wanted:
        raise _wrong_revision()
    else:
        write = Replace(record=before, document={**document, "created": before.document["created"]})
    try:
        await call.backends.records.write(write, Replace(record=project, document=project.document))
    except RecordExistsError as error:
        raise shapes.ResourceAlreadyExistsException(
            f"The project has a policy with the name {name}: name its revision."
        ) from error
    except (StaleRecordError, RecordNotFoundError) as error:
        raise _wrong_revision() from error
    return {"PolicyRevisionId": revision}


@operation("ListProjectPolicies")
async def list_project_policies(
    call: Call, request: shapes.ListProjectPoliciesRequest
) -> shapes.ListProjectPoliciesResponse:
    """Answer with the policies of a project, by name."""
    project = await find_project(call, request["ProjectArn"])
    page = await page_of_records(
        call.backends.records,
        policies_scope(project),
        page_request(request.get("MaxResults"), request.get("NextToken"), most=MOST_LISTED),
    )
    arn = project_arn(call, project)
    answer: shapes.ListProjectPoliciesResponse = {
        "ProjectPolicies": [_described(arn, policy) for policy in page.items]
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("DeleteProjectPolicy")
async def delete_project_policy(
    call: Call, request: shapes.DeleteProjectPolicyRequest
) -> shapes.DeleteProjectPolicyResponse:
    """Delete a policy of a project."""
    project, name = await find_project(call, request["ProjectArn"]), request["PolicyName"]
    policy = await call.backends.records.find(policies_scope(project), name)
    if policy is None:
        raise shapes.ResourceNotFoundException(f"The project has no policy {name}.")
    if request.get("PolicyRevisionId", policy.document["revision"]) != policy.document["revision"]:
        raise _wrong_revision()
    try:
        await call.backends.records.write(
            Delete(scope=policy.scope, name=name, version=policy.version)
        )
    except (StaleRecordError, RecordNotFoundError) as error:
        raise _wrong_revision() from error
    return {}


def _check(text: str) -> None:
    """Refuse a document that is no policy for copying models.

    Raises:
        MalformedPolicyDocumentException: It says something else, or nothing that can be read.
    """
    try:
        policy = PolicyDocument.parse(text, kind="resource")
    except MalformedPolicyError as error:
        raise shapes.MalformedPolicyDocumentException(str(error)) from error
    for statement in policy.statements:
        if statement.principals is None or statement.resources is None:
            raise shapes.MalformedPolicyDocumentException(
                "Statements must have a Principal and a Resource, not their opposites."
            )
        if list(statement.actions or ()) != [ACTION]:
            raise shapes.MalformedPolicyDocumentException(f"The only action is {ACTION}.")


def _wrong_revision() -> Exception:
    return shapes.InvalidPolicyRevisionIdException("The policy has another revision.")


def _described(arn: str, policy: Record) -> shapes.ProjectPolicy:
    return {
        "ProjectArn": arn,
        "PolicyName": policy.name,
        "PolicyRevisionId": policy.document["revision"],
        "PolicyDocument": policy.document["policy"],
        "CreationTimestamp": policy.document["created"],
        "LastUpdatedTimestamp": policy.document["updated"],
    }
