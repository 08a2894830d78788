"""What is kept and told of MLflow tracking servers and apps, and what is refused; none runs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from outcrop.aws.http import Body, HttpRequest
from outcrop.services.sagemaker.mlflow.location import ROOT
from outcrop.services.sagemaker.mlflow.paths import read
from tests.services.sagemaker.mlflow_account import MlflowAccount

NOWHERE = "s3://no-such-bucket-anywhere/mlflow"


@pytest.fixture
def user(client: Callable[..., Any], account: str) -> MlflowAccount:
    return MlflowAccount(client, account)


def failed(user: MlflowAccount, name: str, **more: Any) -> Any:
    """Create a tracking server that fails, as it has no bucket; return what is told of it."""
    user.create(name, ArtifactStoreUri=NOWHERE, **more)
    return user.settled(name)


def refusal(asked: Callable[..., Any], **given: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        asked(**given)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_bucket_that_is_not_there_fails_the_creation(user: MlflowAccount, account: str) -> None:
    told = failed(
        user, "Mine", TrackingServerSize="Large", WeeklyMaintenanceWindowStart="Tue:03:30"
    )

    who = {
        "IamIdentity": {"Arn": f"arn:aws:iam::{account}:root", "PrincipalId": account},
    }
    known = {name: value for name, value in told.items() if not name.endswith("Time")}
    del known["ResponseMetadata"]
    assert known == {
        "TrackingServerArn": f"arn:aws:sagemaker:us-east-1:{account}:mlflow-tracking-server/Mine",
        "TrackingServerName": "Mine",
        "ArtifactStoreUri": NOWHERE,
        "TrackingServerSize": "Large",
        "MlflowVersion": "3.17.2",
        "RoleArn": user.role,
        "TrackingServerStatus": "CreateFailed",
        "IsActive": "Inactive",
        "TrackingServerUrl": f"{user.sagemaker.meta.endpoint_url}{ROOT}/us-east-1/{account}"
        "/mlflow-tracking-server/Mine",
        "WeeklyMaintenanceWindowStart": "Tue:03:30",
        "AutomaticModelRegistration": False,
        "CreatedBy": who,
        "LastModifiedBy": who,
        "S3BucketOwnerAccountId": account,
        "S3BucketOwnerVerification": True,
    }


def test_a_bucket_of_another_owner_than_named_fails_the_creation(user: MlflowAccount) -> None:
    user.create("theirs", S3BucketOwnerAccountId="000000000001")

    assert user.settled("theirs")["TrackingServerStatus"] == "CreateFailed"


def test_what_does_not_run_is_changed_but_not_stopped(user: MlflowAccount) -> None:
    arn = failed(user, "idle")["TrackingServerArn"]
    sagemaker = user.sagemaker

    sagemaker.update_mlflow_tracking_server(TrackingServerName="idle", TrackingServerSize="Medium")
    updated = user.settled("idle")
    stop = refusal(sagemaker.stop_mlflow_tracking_server, TrackingServerName="idle")
    sagemaker.start_mlflow_tracking_server(TrackingServerName="idle")
    started = user.settled("idle")

    assert (updated["TrackingServerStatus"], updated["TrackingServerSize"]) == ("Updated", "Medium")
    assert stop == (
        "ConflictException",
        f"Tracking Server with ARN {arn} is currently in status UPDATED, can't be stopped.",
    )
    assert started["TrackingServerStatus"] == "StartFailed"


def test_a_deleted_tracking_server_is_not_found(user: MlflowAccount) -> None:
    arn = failed(user, "gone")["TrackingServerArn"]
    user.sagemaker.delete_mlflow_tracking_server(TrackingServerName="gone")
    user.until_gone("gone")

    assert refusal(lambda: user.describe("gone")) == (
        "ResourceNotFound",
        f"Tracking Server with ARN {arn} does not exist.",
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"MlflowVersion": "4.0.0"},
            "MlflowVersion 4.0.0 is not available: tracking servers run 3.17.2.",
        ),
        (
            {"ArtifactStoreUri": "https://bucket/mlflow"},
            "ArtifactStoreUri must begin with s3://, and https://bucket/mlflow does not.",
        ),
    ],
)
def test_what_cannot_be_had_is_refused(
    user: MlflowAccount, given: dict[str, Any], message: str
) -> None:
    assert refusal(lambda: user.create("refused", **given)) == ("ValidationException", message)


def test_a_name_is_taken_once(user: MlflowAccount) -> None:
    arn = failed(user, "taken")["TrackingServerArn"]

    assert refusal(lambda: user.create("taken")) == (
        "ValidationException",
        f"Tracking Server with ARN {arn} already exists.",
    )


def test_an_older_version_is_run_by_the_one_there_is(user: MlflowAccount) -> None:
    assert failed(user, "older", MlflowVersion="2.16.2")["MlflowVersion"] == "3.17.2"


def test_tracking_servers_are_filtered_sorted_and_paged(user: MlflowAccount) -> None:
    told = [failed(user, name) for name in ("b", "a", "c")]
    user.sagemaker.update_mlflow_tracking_server(TrackingServerName="a", TrackingServerSize="Large")
    user.settled("a")

    def names(**asked: Any) -> list[str]:
        pages = user.sagemaker.get_paginator("list_mlflow_tracking_servers").paginate(
            **asked, PaginationConfig={"PageSize": 2}
        )
        return [
            one["TrackingServerName"] for page in pages for one in page["TrackingServerSummaries"]
        ]

    assert names() == ["c", "a", "b"]
    assert names(SortBy="Name", SortOrder="Ascending") == ["a", "b", "c"]
    assert names(SortBy="Status", SortOrder="Ascending") == ["b", "c", "a"]
    assert names(TrackingServerStatus="Updated") == ["a"]
    assert names(MlflowVersion="2.0.0") == []
    assert names(CreatedAfter=told[0]["CreationTime"]) == ["c", "a"]
    assert names(CreatedBefore=told[2]["CreationTime"]) == ["a", "b"]


def test_tracking_servers_carry_tags(user: MlflowAccount) -> None:
    arn = failed(user, "tagged", Tags=[{"Key": "team", "Value": "blue"}])["TrackingServerArn"]
    user.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "cost", "Value": "7"}])

    assert user.sagemaker.list_tags(ResourceArn=arn)["Tags"] == [
        {"Key": "cost", "Value": "7"},
        {"Key": "team", "Value": "blue"},
    ]


def test_apps_are_created_changed_listed_and_deleted(user: MlflowAccount) -> None:
    sagemaker = user.sagemaker
    given = {"ArtifactStoreUri": NOWHERE, "RoleArn": user.role}
    arns = [sagemaker.create_mlflow_app(Name=name, **given)["Arn"] for name in ("b", "a")]

    def settled(arn: str) -> Any:
        while (told := sagemaker.describe_mlflow_app(Arn=arn))["Status"] in (
            "Creating",
            "Updating",
        ):
            pass
        return told

    assert [settled(arn)["Status"] for arn in arns] == ["CreateFailed", "CreateFailed"]
    sagemaker.update_mlflow_app(
        Arn=arns[1],
        Name="c",
        AccountDefaultStatus="ENABLED",
        DefaultDomainIdList=["d-1"],
        ModelRegistrationMode="AutoModelRegistrationEnabled",
    )
    updated = settled(arns[1])
    assert (updated["Status"], updated["Name"], updated["ModelRegistrationMode"]) == (
        "Updated",
        "c",
        "AutoModelRegistrationEnabled",
    )

    def names(**asked: Any) -> list[str]:
        return [one["Name"] for one in sagemaker.list_mlflow_apps(**asked)["Summaries"]]

    assert names(SortBy="Name", SortOrder="Ascending") == ["b", "c"]
    assert names(Status="Updated") == ["c"]
    assert names(DefaultForDomainId="d-1") == ["c"]
    assert names(AccountDefaultStatus="DISABLED") == ["b"]
    sagemaker.delete_mlflow_app(Arn=arns[0])
    while names() != ["c"]:
        pass


def test_programs_are_led_to_tracking_servers(environment: dict[str, str]) -> None:
    at = environment["AWS_ENDPOINT_URL"]

    assert environment["SAGEMAKER_MLFLOW_CUSTOM_ENDPOINT"] == f"{at}{ROOT}"


@pytest.mark.parametrize(
    "path", ["/_outcrop/nothing", "/_outcrop/s3/bucket", "/_outcrop/sagemaker/x"]
)
def test_what_is_below_our_own_path_is_no_bucket(environment: dict[str, str], path: str) -> None:
    answer = httpx.get(f"{environment['AWS_ENDPOINT_URL']}{path}")

    assert (answer.status_code, path in answer.text) == (404, True)


@pytest.mark.parametrize(
    ("path", "query"),
    [("/version HTTP/1.1\r\nx: y", ""), ("/version", "a b"), ("/vers\u00edon", "")],
)
def test_what_would_be_another_request_for_mlflow_names_no_tracking_server(
    path: str, query: str
) -> None:
    home = f"{ROOT}/us-east-1/111122223333/mlflow-tracking-server/mine"
    plain = HttpRequest(method="GET", raw_path=f"{home}/version", body=Body.of(b""))

    assert read(plain) is not None
    assert read(replace(plain, raw_path=f"{home}{path}", query_string=query)) is None
