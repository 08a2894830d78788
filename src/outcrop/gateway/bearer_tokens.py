"""Bearer tokens: those of the settings, and the API keys of Amazon Bedrock."""

from collections.abc import Mapping
from hashlib import sha256

from outcrop.aws import bedrock_api_keys
from outcrop.aws.claimed_identity import ClaimedIdentity, claimed_identity
from outcrop.aws.errors import AccessDeniedError, ServiceError
from outcrop.aws.http import HttpRequest
from outcrop.aws.query_strings import signing_parameters
from outcrop.aws.refusals import Refusals
from outcrop.gateway.principals import root
from outcrop.gateway.verification import Verified, Verifier

_SCHEME = "bearer "
_BEDROCK_SIGNING_NAMES = frozenset(("bedrock", "bedrock-mantle"))


def bearer_token(request: HttpRequest, *, service: str) -> str:
    """Return a request's bearer token; empty if it has none.

    Clients of Anthropic's API send Bedrock's keys as `x-api-key`.
    """
    authorization = request.headers.get("authorization", "")
    if authorization[: len(_SCHEME)].lower() == _SCHEME:
        return authorization[len(_SCHEME) :].strip()
    if not authorization and service.startswith("bedrock"):
        return request.headers.get("x-api-key", "")
    return ""


class BearerTokens:
    """Tells whose a bearer token is."""

    def __init__(self, accounts: Mapping[str, str], verifier: Verifier) -> None:
        """Know the tokens of `accounts`, and verify Bedrock's keys with `verifier`."""
        # By digest: how long a look-up takes then tells nothing of the tokens.
        self._accounts = {_digest(token): account for token, account in accounts.items()}
        self._verifier = verifier

    def claimed(self, token: str) -> ClaimedIdentity:
        """Return whom a token stands for, without a proof: twelve digits are their own account."""
        presigned = bedrock_api_keys.presigned_request(token)
        if presigned is not None:
            return claimed_identity(presigned)
        account = self._accounts.get(_digest(token)) or bedrock_api_keys.account_of(token)
        return ClaimedIdentity(access_key_id=account or token)

    async def verified(
        self, token: str, request: HttpRequest, refusals: Refusals, *, service: str
    ) -> Verified:
        """Return whose token this is.

        Raises:
            ServiceError: Nobody's, or its time is over.
        """
        account = self._accounts.get(_digest(token))
        if account is not None:
            return Verified(principal=root(account), request=request)
        presigned = bedrock_api_keys.presigned_request(token)
        if presigned is None or not service.startswith("bedrock"):
            raise _refused()
        claim = claimed_identity(presigned)
        query = signing_parameters(presigned.query_string)
        signing_name = query.get("x-amz-credential", "").split("/")[3:4]
        if not _BEDROCK_SIGNING_NAMES.issuperset(signing_name) or not _calls(presigned):
            raise _refused()
        try:
            principal = await self._verifier.verify_presigned(presigned, refusals)
        except ServiceError as error:
            raise _refused() from error
        return Verified(principal=principal, region=claim.region, request=request)


def _calls(presigned: HttpRequest) -> bool:
    """Tell whether a presigned request says that it is a key, not some other call of its maker."""
    return "Action=CallWithBearerToken" in presigned.query_string.split("&")


def _refused() -> ServiceError:
    return AccessDeniedError("Authentication failed: Please make sure your API Key is valid.")


def _digest(token: str) -> bytes:
    return sha256(token.encode("utf-8", "surrogatepass")).digest()
