"""GetAuthorizationToken: the password with which container engines log in to a registry.

Outcrop keeps images as records and runs no registry, so there is nowhere to log in yet; the
password is a session token of the caller all the same, and good for twelve hours.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
"""

import base64
from datetime import timedelta

from outcrop.operations import Call, operation
from outcrop.services.ecr import shapes

GOOD_FOR = timedelta(hours=12)


@operation("GetAuthorizationToken")
async def get_authorization_token(
    call: Call, request: shapes.GetAuthorizationTokenRequest
) -> shapes.GetAuthorizationTokenResponse:
    """Answer with a token for each registry."""
    return {
        "authorizationData": [
            _authorization(call, registry)
            for registry in request.get("registryIds", [call.account])
        ]
    }


def _authorization(call: Call, registry: str) -> shapes.AuthorizationData:
    credentials = call.backends.sessions.issue(
        account=call.account,
        arn=call.principal.arn,
        user_id=call.principal.user_id,
        expires_at=call.backends.now() + GOOD_FOR,
    )
    token = base64.b64encode(f"AWS:{credentials.session_token}".encode()).decode()
    return {
        "authorizationToken": token,
        "expiresAt": credentials.expires_at,
        "proxyEndpoint": f"https://{registry}.dkr.ecr.{call.region}.amazonaws.com",
    }
