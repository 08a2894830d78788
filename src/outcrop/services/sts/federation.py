"""Roles for users of identity providers: AssumeRoleWithWebIdentity and AssumeRoleWithSAML.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import AccessDeniedError, ServiceError
from outcrop.operations import Call, operation
from outcrop.services.sts import shapes
from outcrop.services.sts.issuing import issue, packed_size
from outcrop.services.sts.roles import Role, as_account, find_role
from outcrop.services.sts.sessions import ROLE_SECONDS
from outcrop.services.sts.web_tokens import (
    ExpiredTokenError,
    InvalidTokenError,
    IssuerUnreachableError,
    WebToken,
)

NO_KEY = (
    "Couldn't retrieve verification key from your identity provider,  please reference"
    " AssumeRoleWithWebIdentity documentation for requirements"
)


@operation("AssumeRoleWithWebIdentity")
async def assume_role_with_web_identity(
    call: Call, request: shapes.AssumeRoleWithWebIdentityRequest
) -> shapes.AssumeRoleWithWebIdentityResponse:
    """Answer with credentials of a role that trusts the issuer of a verified token."""
    role = await find_role(call, request["RoleArn"])
    token = await _verified(call, role, request["WebIdentityToken"])
    provider = token.issuer.partition("://")[2].rstrip("/")
    context = {
        f"{provider}:{name}".lower(): [str(value)]
        for name, value in token.claims.items()
        if isinstance(value, str)
    }
    context[f"{provider}:aud".lower()] = token.audiences
    context["sts:rolesessionname"] = [request["RoleSessionName"]]
    action = "sts:AssumeRoleWithWebIdentity"
    if not role.trusts(_provider_arn(role, provider), [action], context):
        raise AccessDeniedError(f"Not authorized to perform {action}")
    seconds = request.get("DurationSeconds", ROLE_SECONDS)
    role.check_duration(seconds, caller="")
    percent = packed_size(request)
    session = request["RoleSessionName"]
    user: shapes.AssumedRoleUser = {
        "AssumedRoleId": f"{role.id}:{session}",
        "Arn": role.session_arn(session),
    }
    answer: shapes.AssumeRoleWithWebIdentityResponse = {
        "Credentials": issue(
            call,
            account=role.account,
            arn=user["Arn"],
            user_id=user["AssumedRoleId"],
            seconds=seconds,
        ),
        "SubjectFromWebIdentityToken": str(token.claims.get("sub", "")),
        "AssumedRoleUser": user,
        "Provider": _provider_arn(role, provider),
        "Audience": next(iter(token.audiences), ""),
    }
    if percent is not None:
        answer["PackedPolicySize"] = percent
    return answer


@operation("AssumeRoleWithSAML")
async def assume_role_with_saml(
    call: Call, request: shapes.AssumeRoleWithSAMLRequest
) -> shapes.AssumeRoleWithSAMLResponse:
    """Refuse: no SAML provider can be registered with Outcrop's IAM."""
    await find_role(call, request["RoleArn"])
    raise shapes.InvalidIdentityTokenException("Specified provider doesn't exist")


async def _verified(call: Call, role: Role, text: str) -> WebToken:
    """Return a token that an issuer known to the role's account has made for one of its clients."""
    try:
        token = WebToken.parse(text)
        provider = await _provider(call, role, token)
        token.check_time(call.backends.now())
        if provider["ClientIDList"] and not {*token.audiences} & {*provider["ClientIDList"]}:
            raise shapes.InvalidIdentityTokenException("Incorrect token audience")
        await token.verify()
    except InvalidTokenError as error:
        raise shapes.InvalidIdentityTokenException(str(error)) from error
    except ExpiredTokenError as error:
        raise shapes.ExpiredTokenException(str(error)) from error
    except IssuerUnreachableError as error:
        raise shapes.InvalidIdentityTokenException(NO_KEY) from error
    return token


async def _provider(call: Call, role: Role, token: WebToken) -> Mapping[str, Any]:
    arn = _provider_arn(role, token.issuer.partition("://")[2].rstrip("/"))
    try:
        return await as_account(call, role.account).ask(
            "iam", "GetOpenIDConnectProvider", OpenIDConnectProviderArn=arn
        )
    except ServiceError as error:
        raise shapes.InvalidIdentityTokenException(
            f"No OpenIDConnect provider found in your account for {token.issuer}"
        ) from error


def _provider_arn(role: Role, provider: str) -> str:
    return f"arn:aws:iam::{role.account}:oidc-provider/{provider}"
