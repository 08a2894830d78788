"""Who a caller is, and what STS tells of keys and messages.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

from outcrop.aws.access_key_ids import account_of
from outcrop.aws.errors import ValidationError
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


@operation("GetAccessKeyInfo")
async def get_access_key_info(
    call: Call, request: shapes.GetAccessKeyInfoRequest
) -> shapes.GetAccessKeyInfoResponse:
    """Answer with the account that an access key id names."""
    key_id = request["AccessKeyId"]
    if key_id == call.principal.access_key_id:
        return {"Account": call.account}
    try:
        return {"Account": account_of(key_id)}
    except ValueError as error:
        raise ValidationError(f"Invalid Access Key ID: {key_id}") from error


@operation("DecodeAuthorizationMessage")
async def decode_authorization_message(
    call: Call, request: shapes.DecodeAuthorizationMessageRequest
) -> shapes.DecodeAuthorizationMessageResponse:
    """Refuse the message: it is from elsewhere, as nothing here answers with an encoded one."""
    del call, request
    raise shapes.InvalidAuthorizationMessageException(
        "The message is not an encoded authorization message of this server."
    )
