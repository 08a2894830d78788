"""Keys mode: bearer tokens, and the API keys of Amazon Bedrock."""

import base64
from datetime import timedelta
from typing import Any, cast

import pytest
from botocore.auth import BearerAuth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.tokens import FrozenAuthToken

from outcrop.aws.http import HttpRequest
from tests.signing import ADA, KEY, at, believe, refusal, session, wire

pytestmark = pytest.mark.anyio


def bearer(token: str) -> HttpRequest:
    asked = AWSRequest(method="POST", url="https://bedrock-runtime.eu-west-3.localhost/model/x/y")
    BearerAuth(cast("Any", FrozenAuthToken(token))).add_auth(asked)
    return wire(asked)


def bedrock_api_key(
    credentials: Credentials = KEY,
    *,
    signing_name: str = "bedrock",
    action: str = "CallWithBearerToken",
    method: str = "POST",
) -> str:
    """Make a short-term key as the package aws-bedrock-token-generator does."""
    asked = AWSRequest(
        method=method,
        url="https://bedrock.amazonaws.com/",
        headers={"host": "bedrock.amazonaws.com"},
        params={"Action": action},
    )
    SigV4QueryAuth(credentials, signing_name, "eu-west-3", expires=43200).add_auth(asked)
    url = f"{str(asked.url).removeprefix('https://')}&Version=1"
    return f"bedrock-api-key-{base64.b64encode(url.encode()).decode()}"


async def test_a_configured_bearer_token_is_of_its_account():
    caller, _ = await believe(bearer("a-token"), "bedrock-runtime")

    assert (caller.principal.account, caller.region) == ("888888888888", "eu-west-3")


async def test_a_short_term_bedrock_key_is_of_whom_made_it():
    caller, _ = await believe(bearer(bedrock_api_key()), "bedrock-runtime")
    of_session, _ = await believe(bearer(bedrock_api_key(session())), "bedrock-runtime")

    assert (caller.principal.arn, caller.region) == (ADA, "eu-west-3")
    assert of_session.principal.arn == "arn:aws:sts::777777777777:assumed-role/reader/me"


@pytest.mark.parametrize(
    ("token", "service"),
    [
        pytest.param("another", "bedrock-runtime", id="unknown"),
        pytest.param(bedrock_api_key(), "s3", id="for another service"),
        pytest.param(bedrock_api_key(signing_name="sts"), "bedrock-runtime", id="of another"),
        pytest.param(bedrock_api_key(action="ListModels"), "bedrock-runtime", id="no key"),
        pytest.param(bedrock_api_key(method="GET"), "bedrock-runtime", id="another method"),
        pytest.param(
            bedrock_api_key(Credentials(KEY.access_key, "wrong")), "bedrock-runtime", id="forged"
        ),
        pytest.param(bedrock_api_key()[:-8], "bedrock-runtime", id="cut"),
        pytest.param("bedrock-api-key-!", "bedrock-runtime", id="no Base64"),
    ],
)
async def test_other_bearer_tokens_are_refused(token: str, service: str):
    assert await refusal(bearer(token), service) == (
        "AccessDeniedException",
        403,
        "Authentication failed: Please make sure your API Key is valid.",
    )


async def test_a_short_term_bedrock_key_ends():
    seen = bearer(bedrock_api_key())

    assert (await refusal(seen, "bedrock-runtime", at(timedelta(hours=12, seconds=9))))[1] == 403
