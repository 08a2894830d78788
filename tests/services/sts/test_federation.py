"""Roles for the users of an identity provider that really signs its tokens."""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from outcrop import LocalServer
from tests.services.direct import error_of


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Issuer:
    """An OpenID Connect provider on this machine."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        numbers = self.key.public_key().public_numbers()
        keys = [
            {
                "kty": "RSA",
                "kid": "k1",
                "n": encoded(numbers.n.to_bytes(256, "big")),
                "e": encoded(numbers.e.to_bytes(3, "big")),
            }
        ]
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                documents = {
                    "/.well-known/openid-configuration": {"jwks_uri": f"{issuer.url}/keys"},
                    "/keys": {"keys": keys},
                }
                self.send_response(200 if self.path in documents else 404)
                self.end_headers()
                self.wfile.write(json.dumps(documents.get(self.path, {})).encode())

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as its parent
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.name = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.name}"

    def token(self, **claims: Any) -> str:
        all_claims = {
            "iss": self.url,
            "sub": "ann",
            "aud": "app",
            "exp": time.time() + 600,
            **claims,
        }
        header = encoded(json.dumps({"alg": "RS256", "kid": "k1"}).encode())
        signed = f"{header}.{encoded(json.dumps(all_claims).encode())}"
        signature = self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{encoded(signature)}"


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    made = Issuer()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def assume(
    issuer: Issuer, server: LocalServer, client: Callable[..., Any], account: str
) -> dict[str, Any]:
    """A role that trusts the issuer's user Ann; gives what assumes it, all but the token."""
    iam = client("iam")
    provider = iam.create_open_id_connect_provider(Url=issuer.url, ClientIDList=["app"])
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Federated": provider["OpenIDConnectProviderArn"]},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{issuer.name}:sub": "ann"}},
        },
    }
    iam.create_role(RoleName="Web", AssumeRolePolicyDocument=json.dumps(trust))
    unsigned = boto3.client(
        "sts",
        endpoint_url=server.url,
        region_name="us-east-1",
        config=Config(signature_version=UNSIGNED),
    )
    return {
        "operation": unsigned.assume_role_with_web_identity,
        "RoleArn": f"arn:aws:iam::{account}:role/Web",
        "RoleSessionName": "s1",
    }


def test_a_token_of_a_known_issuer_opens_the_role(
    issuer: Issuer, assume: dict[str, Any], account: str
) -> None:
    operation = assume.pop("operation")

    answer = operation(**assume, WebIdentityToken=issuer.token())

    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{account}:assumed-role/Web/s1"
    assert (answer["SubjectFromWebIdentityToken"], answer["Audience"]) == ("ann", "app")
    assert answer["Provider"] == f"arn:aws:iam::{account}:oidc-provider/{issuer.name}"
    assert answer["Credentials"]["AccessKeyId"].startswith("ASIA")


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        (
            {"sub": "bob"},
            {
                "Code": "AccessDenied",
                "Message": "Not authorized to perform sts:AssumeRoleWithWebIdentity",
            },
        ),
        (
            {"aud": "other"},
            {"Code": "InvalidIdentityToken", "Message": "Incorrect token audience"},
        ),
        (
            {"exp": 1},
            {
                "Code": "ExpiredTokenException",
                "Message": "Token expired: current date/time must be before the expiration"
                " date/time",
            },
        ),
        (
            {"iss": "https://unknown.example"},
            {
                "Code": "InvalidIdentityToken",
                "Message": "No OpenIDConnect provider found in your account for"
                " https://unknown.example",
            },
        ),
    ],
)
def test_a_token_that_does_not_fit_is_refused(
    issuer: Issuer, assume: dict[str, Any], claims: dict[str, Any], error: dict[str, str]
) -> None:
    refused = error_of(**assume, WebIdentityToken=issuer.token(**claims))

    assert refused == error


def test_a_forged_token_is_refused(issuer: Issuer, assume: dict[str, Any]) -> None:
    header, _, signature = issuer.token().split(".")
    _, claims, _ = issuer.token(exp=time.time() + 99_999).split(".")

    refused = error_of(**assume, WebIdentityToken=f"{header}.{claims}.{signature}")

    assert refused == {
        "Code": "InvalidIdentityToken",
        "Message": "The ID Token provided has an invalid signature.",
    }


def test_what_is_no_token_is_refused(assume: dict[str, Any]) -> None:
    assert error_of(**assume, WebIdentityToken="not.a.token") == {
        "Code": "InvalidIdentityToken",
        "Message": "The ID Token provided is not a valid JWT.",
    }


def test_there_are_no_saml_providers(client: Callable[..., Any], account: str) -> None:
    refused = error_of(
        client("sts").assume_role_with_saml,
        RoleArn=f"arn:aws:iam::{account}:role/Web",
        PrincipalArn=f"arn:aws:iam::{account}:saml-provider/idp",
        SAMLAssertion="PHNhbWw+",
    )

    assert refused == {
        "Code": "InvalidIdentityToken",
        "Message": "Specified provider doesn't exist",
    }
