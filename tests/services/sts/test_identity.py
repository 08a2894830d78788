"""Who calls, and whose keys are whose."""

from collections.abc import Callable
from typing import Any

from tests.services.direct import error_of


def test_a_caller_is_the_root_of_the_account_in_its_key(
    client: Callable[..., Any], account: str
) -> None:
    answer = client("sts").get_caller_identity()

    answer.pop("ResponseMetadata")
    assert answer == {
        "UserId": account,
        "Account": account,
        "Arn": f"arn:aws:iam::{account}:root",
    }


def test_a_key_tells_its_account(client: Callable[..., Any], account: str) -> None:
    sts = client("sts")
    key = sts.get_session_token()["Credentials"]["AccessKeyId"]

    found = sts.get_access_key_info(AccessKeyId=key)["Account"]
    unknown = error_of(sts.get_access_key_info, AccessKeyId="AKIA000000000000000!")

    assert found == account
    assert unknown["Code"] == "ValidationError"


def test_an_authorization_message_of_elsewhere_is_not_decoded(client: Callable[..., Any]) -> None:
    refused = error_of(client("sts").decode_authorization_message, EncodedMessage="abc")

    assert refused == {
        "Code": "InvalidAuthorizationMessageException",
        "Message": "The message is not an encoded authorization message of this server.",
    }
