"""The model registry through boto3: groups, numbered packages, policies, cards."""

import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pypdf
import pytest
from botocore.exceptions import ClientError

Clients = Callable[..., Any]
INFERENCE = {
    "Containers": [{"Image": "img:1", "ModelDataUrl": "s3://bucket/model.tar.gz"}],
    "SupportedContentTypes": ["text/csv"],
    "SupportedResponseMIMETypes": ["text/csv"],
}


@pytest.fixture
def sagemaker(client: Clients) -> Any:
    return client("sagemaker")


@pytest.fixture
def group(sagemaker: Any) -> str:
    sagemaker.create_model_package_group(ModelPackageGroupName="Churn")
    return "Churn"


def arn(account: str, resource: str) -> str:
    return f"arn:aws:sagemaker:us-east-1:{account}:{resource}"


def refused(caught: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def register(sagemaker: Any, group: str, **more: Any) -> str:
    made: str = sagemaker.create_model_package(
        ModelPackageGroupName=group, InferenceSpecification=INFERENCE, **more
    )["ModelPackageArn"]
    return made


def test_versions_are_counted_and_a_number_is_given_once(
    sagemaker: Any, group: str, account: str
) -> None:
    first, second = register(sagemaker, group), register(sagemaker, group)
    sagemaker.delete_model_package(ModelPackageName=second)

    third = register(sagemaker, group)

    assert (first, third) == (
        arn(account, "model-package/churn/1"),
        arn(account, "model-package/churn/3"),
    )


def test_packages_registered_at_once_have_numbers_of_their_own(
    sagemaker: Any, group: str, account: str
) -> None:
    with ThreadPoolExecutor(8) as pool:
        arns = list(pool.map(lambda _: register(sagemaker, group), range(16)))

    assert sorted(arns) == sorted(arn(account, f"model-package/churn/{n + 1}") for n in range(16))


def test_a_package_is_told_with_its_approval(sagemaker: Any, group: str, account: str) -> None:
    made = register(sagemaker, group, CustomerMetadataProperties={"a": "b", "c": "d"})
    before = sagemaker.describe_model_package(ModelPackageName=made)

    sagemaker.update_model_package(
        ModelPackageArn=made,
        ModelApprovalStatus="Approved",
        ApprovalDescription="good enough",
        CustomerMetadataProperties={"a": "e"},
        CustomerMetadataPropertiesToRemove=["c"],
    )

    told = sagemaker.describe_model_package(ModelPackageName=made)
    for name in ("CreationTime", "LastModifiedTime", "ResponseMetadata"):
        del told[name]
    who = told.pop("CreatedBy")
    assert before["ModelApprovalStatus"] == "PendingManualApproval"
    assert who["IamIdentity"]["Arn"].startswith(f"arn:aws:iam::{account}:")
    assert told.pop("LastModifiedBy") == who
    assert told == {
        "ModelPackageName": "Churn",
        "ModelPackageGroupName": "Churn",
        "ModelPackageVersion": 1,
        "ModelPackageArn": made,
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": [], "ImageScanStatuses": []},
        "ModelApprovalStatus": "Approved",
        "ApprovalDescription": "good enough",
        "CustomerMetadataProperties": {"a": "e"},
        "InferenceSpecification": INFERENCE,
    }


def test_lists_tell_versions_from_packages_with_names(sagemaker: Any, group: str) -> None:
    register(sagemaker, group, ModelApprovalStatus="Approved")
    register(sagemaker, group)
    sagemaker.create_model_package(ModelPackageName="alone", InferenceSpecification=INFERENCE)

    def listed(**request: Any) -> list[Any]:
        answer = sagemaker.list_model_packages(**request)
        return [
            one.get("ModelPackageVersion", one["ModelPackageName"])
            for one in answer["ModelPackageSummaryList"]
        ]

    assert listed() == ["alone"]
    assert listed(ModelPackageType="Both") == [1, 2, "alone"]
    assert listed(ModelPackageGroupName=group, SortOrder="Descending") == [2, 1]
    assert listed(ModelPackageGroupName=group, ModelApprovalStatus="Approved") == [1]
    assert listed(NameContains="alone", ModelPackageType="Both") == ["alone"]


def test_what_is_wrong_with_a_package_is_said(sagemaker: Any, group: str, account: str) -> None:
    container = {
        "Image": "img:1",
        "ModelDataUrl": "s3://bucket/model.tar.gz",
        "ModelDataSource": {
            "S3DataSource": {
                "S3Uri": "s3://bucket/model/",
                "S3DataType": "S3Prefix",
                "CompressionType": "None",
            }
        },
    }
    for request, message in (
        ({}, "Missing ARN."),
        (
            {"ModelPackageName": "alone", "ModelPackageGroupName": group},
            "Both ModelPackageName and ModelPackageGroupName are provided in the input."
            " Cannot determine which one to use.",
        ),
        (
            {"ModelPackageGroupName": "nobody"},
            f"ModelPackageGroup {arn(account, 'model-package-group/nobody')} does not exist.",
        ),
        (
            {
                "ModelPackageGroupName": group,
                "InferenceSpecification": {**INFERENCE, "Containers": [container]},
            },
            "Only one of ModelDataUrl and ModelDataSource can be specified for a container.",
        ),
    ):
        with pytest.raises(ClientError) as caught:
            sagemaker.create_model_package(**request)

        assert refused(caught) == ("ValidationException", message)


def test_many_packages_are_described_at_once(sagemaker: Any, group: str) -> None:
    made = register(sagemaker, group)

    answer = sagemaker.batch_describe_model_package(ModelPackageArnList=[made, f"{made}9"])

    summaries = answer["ModelPackageSummaries"]
    assert {one: told["ModelPackageVersion"] for one, told in summaries.items()} == {made: 1}
    assert answer["BatchDescribeModelPackageErrorMap"] == {
        f"{made}9": {
            "ErrorCode": "ValidationException",
            "ErrorResponse": f"ModelPackage {made}9 does not exist.",
        }
    }


def test_a_group_is_taken_once_and_stays_while_it_has_packages(
    sagemaker: Any, group: str, account: str
) -> None:
    made = register(sagemaker, group)
    with pytest.raises(ClientError) as taken:
        sagemaker.create_model_package_group(ModelPackageGroupName=group)
    with pytest.raises(ClientError) as full:
        sagemaker.delete_model_package_group(ModelPackageGroupName=group)
    sagemaker.delete_model_package(ModelPackageName=made)

    sagemaker.delete_model_package_group(ModelPackageGroupName=group)

    own = arn(account, "model-package-group/churn")
    assert refused(taken) == ("ValidationException", f"Model Package Group already exists: {own}")
    assert "still has Model Packages" in refused(full)[1]
    assert sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"] == []


def test_a_group_has_a_policy_or_none(sagemaker: Any, group: str, account: str) -> None:
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    named = {"ModelPackageGroupName": group}

    sagemaker.put_model_package_group_policy(**named, ResourcePolicy=policy)
    kept = sagemaker.get_model_package_group_policy(**named)["ResourcePolicy"]
    sagemaker.delete_model_package_group_policy(**named)
    with pytest.raises(ClientError) as caught:
        sagemaker.get_model_package_group_policy(**named)

    assert kept == policy
    assert refused(caught) == (
        "ValidationException",
        f"Cannot find resource policy for: {arn(account, 'model-package-group/churn')}",
    )


def test_a_model_serves_what_its_package_holds(
    client: Clients, sagemaker: Any, group: str, account: str
) -> None:
    s3, bucket = client("s3"), f"models-{account}"
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="model.tar.gz", Body=b"")
    container = {
        "Image": "sagemaker-scikit-learn:1.2-1-cpu-py3",
        "ModelDataUrl": f"s3://{bucket}/model.tar.gz",
        "Environment": {"A": "1", "B": "2"},
        "Framework": "SKLEARN",
    }
    package = sagemaker.create_model_package(
        ModelPackageGroupName=group,
        InferenceSpecification={**INFERENCE, "Containers": [container]},
    )["ModelPackageArn"]
    role = f"arn:aws:iam::{account}:role/server"

    sagemaker.create_model(
        ModelName="model",
        ExecutionRoleArn=role,
        Containers=[{"ModelPackageName": package, "Environment": {"B": "3"}}],
    )
    with pytest.raises(ClientError) as caught:
        sagemaker.create_model(
            ModelName="other",
            ExecutionRoleArn=role,
            PrimaryContainer={"ModelPackageName": package, "InferenceSpecificationName": "fast"},
        )

    assert sagemaker.describe_model(ModelName="model")["Containers"] == [
        {
            "Image": "sagemaker-scikit-learn:1.2-1-cpu-py3",
            "ModelDataUrl": f"s3://{bucket}/model.tar.gz",
            "ModelPackageName": package,
            "Environment": {"A": "1", "B": "3"},
        }
    ]
    assert refused(caught) == (
        "ValidationException",
        f"ModelPackage {package} has no inference specification fast.",
    )


def content(name: str) -> str:
    return json.dumps(
        {
            "model_overview": {"model_name": name, "model_description": "who (really) leaves"},
            "intended_uses": {"purpose_of_model": "a \u2022 bullet", "risk_rating": "Low"},
        }
    )


def test_new_content_makes_a_version_and_a_status_does_not(sagemaker: Any) -> None:
    card = {"ModelCardName": "Card"}
    sagemaker.create_model_card(**card, Content=content("a"), ModelCardStatus="Draft")
    sagemaker.update_model_card(**card, Content=content("b"))
    sagemaker.update_model_card(**card, ModelCardStatus="Approved")

    latest = sagemaker.describe_model_card(**card)
    first = sagemaker.describe_model_card(**card, ModelCardVersion=1)
    versions = sagemaker.list_model_card_versions(**card)["ModelCardVersionSummaryList"]

    def told(answer: Any) -> tuple[Any, ...]:
        return tuple(answer.get(key) for key in ("ModelCardVersion", "ModelCardStatus", "Content"))

    assert told(latest) == (2, "Approved", content("b"))
    assert told(first) == (1, "Draft", content("a"))
    assert [told(one)[:2] for one in versions] == [(2, "Approved"), (1, "Draft")]


def test_an_archived_card_keeps_its_content(sagemaker: Any) -> None:
    card = {"ModelCardName": "Card"}
    sagemaker.create_model_card(**card, Content=content("a"), ModelCardStatus="Archived")

    with pytest.raises(ClientError) as caught:
        sagemaker.update_model_card(**card, Content=content("b"))

    assert refused(caught) == ("ConflictException", "Model card is in Archived state.")


def test_a_card_says_what_its_schema_knows(sagemaker: Any) -> None:
    for wrong, word in (("[]", "not a JSON object"), ("{", "not JSON"), ('{"a": 1}', "['a']")):
        with pytest.raises(ClientError) as caught:
            sagemaker.create_model_card(
                ModelCardName="Card", Content=wrong, ModelCardStatus="Draft"
            )

        assert refused(caught)[0] == "ValidationException"
        assert word in refused(caught)[1]


def test_a_card_is_exported_as_a_pdf_that_says_what_it_says(
    client: Clients, sagemaker: Any, account: str
) -> None:
    s3, bucket = client("s3"), f"cards-{account}"
    s3.create_bucket(Bucket=bucket)
    sagemaker.create_model_card(
        ModelCardName="Card", Content=content("churn"), ModelCardStatus="Draft"
    )

    made = sagemaker.create_model_card_export_job(
        ModelCardName="Card",
        ModelCardExportJobName="Export",
        OutputConfig={"S3OutputPath": f"s3://{bucket}/pdf/"},
    )

    job = sagemaker.describe_model_card_export_job(
        ModelCardExportJobArn=made["ModelCardExportJobArn"]
    )
    listed = sagemaker.list_model_card_export_jobs(ModelCardName="Card", StatusEquals="Completed")
    assert made["ModelCardExportJobArn"] == arn(account, "model-card/card/export-job/export")
    assert [one["ModelCardExportJobName"] for one in listed["ModelCardExportJobSummaries"]] == [
        "Export"
    ]
    assert job["ExportArtifacts"] == {
        "S3ExportArtifacts": f"s3://{bucket}/pdf/Card/Export/content.pdf"
    }
    packed = s3.get_object(Bucket=bucket, Key="pdf/Card/Export/content.pdf")["Body"].read()
    page = pypdf.PdfReader(io.BytesIO(packed)).pages[0]
    assert page.extract_text().splitlines() == [
        "Card",
        "Model overview",
        "Model name: churn",
        "Model description: who (really) leaves",
        "Intended uses",
        "Purpose of model: a \u2022 bullet",
        "Risk rating: Low",
    ]


def test_an_export_into_no_bucket_fails_and_says_so(sagemaker: Any) -> None:
    sagemaker.create_model_card(
        ModelCardName="Card", Content=content("churn"), ModelCardStatus="Draft"
    )

    made = sagemaker.create_model_card_export_job(
        ModelCardName="Card",
        ModelCardExportJobName="Export",
        OutputConfig={"S3OutputPath": "s3://nobodys-bucket/pdf"},
    )

    job = sagemaker.describe_model_card_export_job(
        ModelCardExportJobArn=made["ModelCardExportJobArn"]
    )
    assert (job["Status"], job["FailureReason"]) == (
        "Failed",
        "NoSuchBucket: The specified bucket does not exist",
    )
