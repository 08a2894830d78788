"""Tracking servers and apps without a bucket, which fail before anything is installed for them."""

import time
from collections.abc import Mapping
from typing import Any

from conformance.calls import Client, account_in_force
from conformance.recipes.steps import Maker

SETTLED_WITHIN_SECONDS = 120
NAMED = ("Describe", "Update", "Delete", "Start", "CreatePresigned")
"""Operations on what is there already, as their names begin."""


def values(account: str) -> Mapping[str, Any]:
    """Return names and what a tracking server is made of."""
    return {
        "ArtifactStoreUri": "s3://none/mlflow",
        "AutomaticModelRegistration": False,
        "CreateMlflowApp.Name": "app",
        "UpdateMlflowApp.Name": "renamed",
        "MlflowVersion": "3.0.0",
        "ModelRegistrationMode": "AutoModelRegistrationDisabled",
        "S3BucketOwnerAccountId": account,
        "TrackingServerName": "tracker",
        "WeeklyMaintenanceWindowStart": "Tue:03:30",
    }


MAKERS = {
    **{
        f"{operation}.TrackingServerName": Maker("CreateMlflowTrackingServer")
        for operation in (
            "CreatePresignedMlflowTrackingServerUrl",
            "DeleteMlflowTrackingServer",
            "DescribeMlflowTrackingServer",
            "StartMlflowTrackingServer",
            "UpdateMlflowTrackingServer",
        )
    },
    **{
        f"{operation}.Arn": Maker("CreateMlflowApp", "Arn")
        for operation in (
            "CreatePresignedMlflowAppUrl",
            "DeleteMlflowApp",
            "DescribeMlflowApp",
            "UpdateMlflowApp",
        )
    },
}
BEFORE = {
    "ListMlflowApps": ("CreateMlflowApp",),
    "ListMlflowTrackingServers": ("CreateMlflowTrackingServer",),
}


def settle(client: Client, operation: str, made: Mapping[str, Any]) -> None:
    """Have what an operation is about settled: running, if it is to be stopped."""
    if operation == "StopMlflowTrackingServer":
        _serve(client)
    elif "Mlflow" in operation and operation.startswith(NAMED):
        asked = {name: made[name] for name in ("TrackingServerName", "Arn") if name in made}
        if "App" in operation:
            _wait(client, "DescribeMlflowApp", "Status", Arn=asked["Arn"])
        else:
            _wait_for_server(client)


def _serve(client: Client) -> None:
    """Have a tracking server that runs."""
    account = account_in_force()
    client.of("s3").ask("CreateBucket", Bucket=f"tracked-{account}")
    client.of("sagemaker").ask(
        "CreateMlflowTrackingServer",
        TrackingServerName="tracker",
        ArtifactStoreUri=f"s3://tracked-{account}",
        RoleArn=f"arn:aws:iam::{account}:role/role",
    )
    assert _wait_for_server(client) == "Created"


def _wait_for_server(client: Client) -> str:
    operation, member = "DescribeMlflowTrackingServer", "TrackingServerStatus"
    return _wait(client, operation, member, TrackingServerName="tracker")


def _wait(client: Client, operation: str, member: str, **named: str) -> str:
    until = time.monotonic() + SETTLED_WITHIN_SECONDS
    while time.monotonic() < until:
        status: str = client.of("sagemaker").ask(operation, **named)[member]
        if status != "Creating":
            return status
        time.sleep(0.05)
    raise AssertionError("The tracking server did not settle.")
