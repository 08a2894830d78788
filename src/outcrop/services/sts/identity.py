"""Who a caller is: GetCallerIdentity and what else STS tells of keys.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

from outcrop.operations import Call, operation
from outcrop.services.sts import shapes


@operation("GetCallerIdentity")
async def get_caller_identity(
    call: Call, request: shapes.GetCallerIdentityRequest
) -> shapes.GetCallerIdentityResponse:
    """Answer with the principal that signed the request."""
    del request
    return {
        "UserId": call.principal.user_id,
        "Account": call.principal.account,
        "Arn": call.principal.arn,
    }
