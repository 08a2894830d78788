"""Clients of servers that tests start for themselves."""

from typing import Any

import boto3

from outcrop import LocalServer
from tests.services.direct import ACCOUNT


def client_of(server: LocalServer, service: str, **more: Any) -> Any:
    """Return a client of a server, wherever that listens now, for the account `ACCOUNT`."""
    make: Any = boto3.client  # Its overloads want a literal.
    return make(
        service,
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="secret",
        **more,
    )
