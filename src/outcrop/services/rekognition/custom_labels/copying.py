"""Who may copy a model: its own account, and whom the policies of its project allow to.

Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/md-create-project-policy-sdk.html
"""

from outcrop.aws.policies import AccessRequest, PolicyDocument, Verdict, decide
from outcrop.operations import Call
from outcrop.operations.records import every
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.custom_labels.resources import (
    PROJECT,
    SERVICE,
    VERSION,
    Name,
    not_found,
    policies_scope,
)
from outcrop.storage.records.interface import Record, Scope

ACTION = "rekognition:CopyProjectVersion"


async def find_to_copy(call: Call, project_arn: str, arn: str) -> Record:
    """Return the trained version that a caller wants to copy.

    Raises:
        AccessDeniedException: It may not.
        ResourceNotFoundException: It is not there, or in another Region.
        InvalidParameterException: It belongs to another project, or is not trained.
    """
    name, of = Name.of(arn), Name.of(project_arn)
    if name.region != call.region:
        raise not_found(arn)
    if (name.account, name.project) != (of.account, of.project):
        raise shapes.InvalidParameterException("The model is none of the source project.")
    records = call.backends.records
    place = Scope(name.account, name.region, SERVICE, PROJECT)
    project = await records.find(place, name.project)
    if project is None or project.document["stamp"] != of.stamp:
        if name.account != call.account:  # Whoever has no permission learns nothing of others.
            raise _denied(call, arn)
        raise not_found(project_arn)
    await _check(call, project, arn)
    own = f"{project.document['uid']}/{name.own}"
    version = await records.find(place._replace(kind=VERSION), own)
    if version is None or version.document["stamp"] != name.stamp:
        raise not_found(arn)
    if "classifier" not in version.document:
        raise shapes.InvalidParameterException("The model is not trained.")
    return version


async def _check(call: Call, project: Record, arn: str) -> None:
    """Refuse a caller whom the project's policies deny, or, of another account, do not allow."""
    policies = [
        PolicyDocument.parse(record.document["policy"], kind="resource")
        async for record in every(call.backends.records, policies_scope(project))
    ]
    request = AccessRequest(action=ACTION, resource=arn, principal=call.principal.arn)
    verdict = decide(policies, request).verdict
    is_own = project.scope.account == call.account
    if verdict is Verdict.ALLOWED or (is_own and verdict is Verdict.IMPLICIT_DENY):
        return
    raise _denied(call, arn)


def _denied(call: Call, arn: str) -> Exception:
    return shapes.AccessDeniedException(
        f"User: {call.principal.arn} is not authorized to perform: {ACTION} on resource: {arn}"
    )
