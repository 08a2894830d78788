"""Models are copied within an account, and into others that the model's policy allows."""

import json
from typing import Any

import boto3
import pytest

from outcrop import LocalServer
from tests.services.comprehend.flywheel_flow import flywheel
from tests.services.comprehend.subjects import two_subjects
from tests.services.comprehend.training import classifier, create, table
from tests.services.direct import error_of


def policy(principal: Any, action: str = "comprehend:ImportModel", **members: Any) -> str:
    """Return a policy of one statement, as AWS's guide has it."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": action,
        "Resource": "*",
        **members,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def trained(comprehend: Any, s3: Any, bucket: str) -> str:
    """A classifier of two labels, of a version: its ARN."""
    s3.put_object(Bucket=bucket, Key="in.csv", Body=table(two_subjects(10)))
    arn = create(comprehend, "two", f"s3://{bucket}/in.csv", VersionName="v1")
    assert classifier(comprehend, arn)["Status"] == "TRAINED"
    return arn


@pytest.fixture
def other(account: str) -> str:
    """Another account."""
    return f"{(int(account) + 1) % 10**12:012d}"


@pytest.fixture
def importer(server: LocalServer, other: str) -> Any:
    """A client of Comprehend in the other account."""
    variables = server.client_environment(other)
    make: Any = boto3.client
    return make(
        "comprehend",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )


def test_a_model_is_imported_where_its_policy_allows_it(
    comprehend: Any, importer: Any, trained: str, other: str
):
    text = policy(f"arn:aws:iam::{other}:root")

    before = error_of(importer.import_model, SourceModelArn=trained)
    comprehend.put_resource_policy(ResourceArn=trained, ResourcePolicy=text)
    arn = importer.import_model(
        SourceModelArn=trained,
        ModelName="copy",
        VersionName="one",
        Tags=[{"Key": "team", "Value": "blue"}],
    )["ModelArn"]
    comprehend.delete_document_classifier(DocumentClassifierArn=trained)
    endpoint = importer.create_endpoint(EndpointName="e", ModelArn=arn, DesiredInferenceUnits=1)
    model = classifier(importer, arn)
    answer = importer.classify_document(
        Text="The courier lost my parcel.", EndpointArn=endpoint["EndpointArn"]
    )
    tags = importer.list_tags_for_resource(ResourceArn=arn)["Tags"]

    assert before == {
        "Code": "AccessDeniedException",
        "Message": f"User: arn:aws:iam::{other}:root is not authorized to perform:"
        f" comprehend:ImportModel on resource: {trained}",
    }
    assert arn == f"arn:aws:comprehend:us-east-1:{other}:document-classifier/copy/version/one"
    assert {
        name: model[name] for name in ("Status", "SourceModelArn", "LanguageCode", "VersionName")
    } == {
        "Status": "TRAINED",
        "SourceModelArn": trained,
        "LanguageCode": "en",
        "VersionName": "one",
    }
    assert model["ClassifierMetadata"]["NumberOfLabels"] == 2
    assert "InputDataConfig" not in model
    assert answer["Classes"][0]["Name"] == "SHIPPING"
    assert tags == [{"Key": "team", "Value": "blue"}]


def test_a_policy_is_held_by_its_conditions_and_its_denials(
    comprehend: Any, importer: Any, bucket: str, trained: str, other: str
):
    root = f"arn:aws:iam::{other}:root"
    only_staff = {"StringEquals": {"aws:PrincipalArn": f"arn:aws:iam::{other}:user/staff"}}

    comprehend.put_resource_policy(
        ResourceArn=trained, ResourcePolicy=policy(root, Condition=only_staff)
    )
    conditional = error_of(importer.import_model, SourceModelArn=trained)
    comprehend.put_resource_policy(ResourceArn=trained, ResourcePolicy=policy("*", Effect="Deny"))
    own = error_of(comprehend.import_model, SourceModelArn=trained)
    comprehend.delete_resource_policy(ResourceArn=trained)
    copy = comprehend.import_model(SourceModelArn=trained)["ModelArn"]
    wheel = flywheel(comprehend, bucket, "wheel", ActiveModelArn=copy)

    assert conditional["Code"] == own["Code"] == "AccessDeniedException"
    assert copy == trained.replace("/version/v1", "")
    assert error_of(comprehend.import_model, SourceModelArn=trained)["Code"] == (
        "ResourceInUseException"
    )
    # Nobody here has what it was trained of.
    assert wheel["Status"] == "ACTIVE"
    assert wheel["TaskConfig"]["DocumentClassificationConfig"]["Labels"] == ["PRAISE", "SHIPPING"]
    assert comprehend.list_datasets()["DatasetPropertiesList"] == []


def test_only_trained_models_of_the_same_region_are_imported(
    comprehend: Any, importer: Any, bucket: str, account: str
):
    failed = create(comprehend, "failed", f"s3://{bucket}/nothing.csv")
    assert classifier(comprehend, failed)["Status"] == "IN_ERROR"
    none = f"arn:aws:comprehend:us-east-1:{account}:entity-recognizer/none"

    def code(client: Any, arn: str) -> str:
        return error_of(client.import_model, SourceModelArn=arn)["Code"]

    assert code(comprehend, failed) == "ResourceUnavailableException"
    assert code(comprehend, none) == "ResourceNotFoundException"
    assert code(importer, none) == "AccessDeniedException"
    assert code(comprehend, failed.replace("us-east-1", "eu-west-3")) == "InvalidRequestException"


def test_policies_are_told_and_their_revisions_count(comprehend: Any, bucket: str):
    arn = create(comprehend, "one", f"s3://{bucket}/nothing.csv")
    classifier(comprehend, arn)
    first, second = policy("111122223333"), policy("444455556666")

    none = error_of(comprehend.describe_resource_policy, ResourceArn=arn)
    early = error_of(
        comprehend.put_resource_policy,
        ResourceArn=arn,
        ResourcePolicy=first,
        PolicyRevisionId="ab",
    )
    old = comprehend.put_resource_policy(ResourceArn=arn, ResourcePolicy=first)["PolicyRevisionId"]
    new = comprehend.put_resource_policy(
        ResourceArn=arn, ResourcePolicy=second, PolicyRevisionId=old
    )["PolicyRevisionId"]
    stale = error_of(comprehend.delete_resource_policy, ResourceArn=arn, PolicyRevisionId=old)
    told = comprehend.describe_resource_policy(ResourceArn=arn)
    comprehend.delete_resource_policy(ResourceArn=arn, PolicyRevisionId=new)
    gone = error_of(comprehend.delete_resource_policy, ResourceArn=arn)

    assert (none["Code"], gone["Code"]) == ("ResourceNotFoundException",) * 2
    assert (early["Code"], stale["Code"]) == ("InvalidRequestException",) * 2
    assert (told["ResourcePolicy"], told["PolicyRevisionId"]) == (second, new)
    assert told["CreationTime"] <= told["LastModifiedTime"]


@pytest.mark.parametrize(
    "text", ["{", '{"Statement": []}', policy("*", action="comprehend:DetectEntities")]
)
def test_what_is_no_policy_is_refused(comprehend: Any, bucket: str, text: str):
    arn = create(comprehend, "one", f"s3://{bucket}/nothing.csv")

    refused = error_of(comprehend.put_resource_policy, ResourceArn=arn, ResourcePolicy=text)

    assert refused["Code"] == "InvalidRequestException"
    assert refused["Message"].startswith("The resource policy is invalid: ")
