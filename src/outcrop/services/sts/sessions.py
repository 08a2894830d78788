"""AssumeRole, GetSessionToken and GetFederationToken: credentials for a while.

Outcrop checks who may assume a role, and issues credentials that sign every later request. It does
not weigh policies on those requests: session policies are checked for their grammar and size.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from outcrop.aws.errors import AccessDeniedError
from outcrop.operations import Call, operation
from outcrop.services.sts import shapes
from outcrop.services.sts.issuing import issue, packed_size
from outcrop.services.sts.roles import Role, find_role

ROLE_SECONDS = 3600
SESSION_SECONDS = 43200


@operation("AssumeRole")
async def assume_role(call: Call, request: shapes.AssumeRoleRequest) -> shapes.AssumeRoleResponse:
    """Answer with credentials of a role that trusts the caller."""
    role = await find_role(call, request["RoleArn"])
    _check_trust(call, role, request)
    seconds = request.get("DurationSeconds", ROLE_SECONDS)
    role.check_duration(seconds, caller=call.principal.arn)
    percent = packed_size(request)
    session = request["RoleSessionName"]
    user: shapes.AssumedRoleUser = {
        "AssumedRoleId": f"{role.id}:{session}",
        "Arn": role.session_arn(session),
    }
    answer: shapes.AssumeRoleResponse = {
        "Credentials": issue(
            call,
            account=role.account,
            arn=user["Arn"],
            user_id=user["AssumedRoleId"],
            seconds=seconds,
        ),
        "AssumedRoleUser": user,
    }
    if percent is not None:
        answer["PackedPolicySize"] = percent
    if "SourceIdentity" in request:
        answer["SourceIdentity"] = request["SourceIdentity"]
    return answer


@operation("GetSessionToken")
async def get_session_token(
    call: Call, request: shapes.GetSessionTokenRequest
) -> shapes.GetSessionTokenResponse:
    """Answer with temporary credentials of the caller's own."""
    _check_long_lived(call)
    return {
        "Credentials": issue(
            call,
            account=call.account,
            arn=call.principal.arn,
            user_id=call.principal.user_id,
            seconds=request.get("DurationSeconds", SESSION_SECONDS),
        )
    }


@operation("GetFederationToken")
async def get_federation_token(
    call: Call, request: shapes.GetFederationTokenRequest
) -> shapes.GetFederationTokenResponse:
    """Answer with credentials of a user whom the caller vouches for."""
    _check_long_lived(call)
    percent = packed_size(request)
    user: shapes.FederatedUser = {
        "FederatedUserId": f"{call.account}:{request['Name']}",
        "Arn": call.arn(f"federated-user/{request['Name']}", region=""),
    }
    answer: shapes.GetFederationTokenResponse = {
        "Credentials": issue(
            call,
            account=call.account,
            arn=user["Arn"],
            user_id=user["FederatedUserId"],
            seconds=request.get("DurationSeconds", SESSION_SECONDS),
        ),
        "FederatedUser": user,
    }
    if percent is not None:
        answer["PackedPolicySize"] = percent
    return answer


def _check_trust(call: Call, role: Role, request: shapes.AssumeRoleRequest) -> None:
    """Check that a role lets the caller in.

    A role that IAM does not know is let through within the caller's own account, where nothing is
    gained by it: programs name roles that nobody made here. Other accounts must name the caller.

    Raises:
        AccessDeniedError: It does not.
    """
    if role.trust is None and role.account == call.account:
        return
    actions = ["sts:AssumeRole"]
    actions += ["sts:TagSession"] if request.get("Tags") else []
    actions += ["sts:SetSourceIdentity"] if "SourceIdentity" in request else []
    context = {
        "aws:principalarn": [call.principal.arn],
        "aws:principalaccount": [call.account],
        "sts:rolesessionname": [request["RoleSessionName"]],
    }
    if "ExternalId" in request:
        context["sts:externalid"] = [request["ExternalId"]]
    if "SourceIdentity" in request:
        context["sts:sourceidentity"] = [request["SourceIdentity"]]
    for tag in request.get("Tags", []):
        context[f"aws:requesttag/{tag['Key'].lower()}"] = [tag["Value"]]
    if not role.trusts(call.principal.arn, actions, context):
        raise AccessDeniedError(
            f"User: {call.principal.arn} is not authorized to perform: sts:AssumeRole on resource:"
            f" {role.arn}"
        )


def _check_long_lived(call: Call) -> None:
    """Check that the caller signs with a key of its own.

    Raises:
        AccessDeniedError: It signs with temporary credentials.
    """
    if call.principal.access_key_id.startswith("ASIA"):
        raise AccessDeniedError(f"Cannot call {call.operation} with session credentials")
