"""Parallel data: examples that jobs show the model, and their tags."""

from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from tests.services.translate.test_jobs import ended, outputs, put, start

EXAMPLES = b"en,fr\nOur quokka needs you!,Le quokka vous attend !\nSee you.,\n"


@pytest.fixture
def config(s3: Any, bucket: str) -> dict[str, str]:
    s3.put_object(Bucket=bucket, Key="examples.csv", Body=EXAMPLES)
    return {"S3Uri": f"s3://{bucket}/examples.csv", "Format": "CSV"}


def test_an_import_is_told_and_its_file_given_back(translate: Any, config: dict[str, str]):
    made = translate.create_parallel_data(
        Name="style", Description="How we speak.", ParallelDataConfig=config
    )

    got = translate.get_parallel_data(Name="style")

    told = got["ParallelDataProperties"]
    assert (made["Name"], made["Status"]) == ("style", "ACTIVE")
    assert httpx.get(got["DataLocation"]["Location"]).content == EXAMPLES
    assert told == {
        "Name": "style",
        "Arn": told["Arn"],
        "Description": "How we speak.",
        "Status": "ACTIVE",
        "SourceLanguageCode": "en",
        "TargetLanguageCodes": ["fr"],
        "ParallelDataConfig": config,
        "ImportedDataSize": 44,
        "ImportedRecordCount": 1,
        "FailedRecordCount": 0,
        "SkippedRecordCount": 1,
        "CreatedAt": told["CreatedAt"],
        "LastUpdatedAt": told["LastUpdatedAt"],
    }


def test_parallel_data_must_have_all_languages_of_a_job(
    translate: Any, s3: Any, bucket: str, config: dict[str, str]
):
    translate.create_parallel_data(Name="style", ParallelDataConfig=config)
    put(s3, bucket, one=b"Our quokka needs you!")

    with pytest.raises(ClientError) as caught:
        start(translate, bucket, ParallelDataNames=["style"], TargetLanguageCodes=["fr", "es"])

    assert caught.value.response["Error"] == {
        "Code": "InvalidRequestException",
        "Message": "The parallel data resource style has no translations into es: it must have"
        " some for all target languages.",
    }


def test_a_job_follows_an_example(
    translate: Any, s3: Any, bucket: str, config: dict[str, str], account: str
):
    translate.create_parallel_data(Name="style", ParallelDataConfig=config)
    put(s3, bucket, one=b"Our quokka needs you!")

    job_id = start(translate, bucket, ParallelDataNames=["style"])
    job = ended(translate, job_id)

    written = outputs(s3, bucket)[f"{account}-TranslateText-{job_id}/fr.one.txt"].decode()
    assert job["ParallelDataNames"] == ["style"]
    assert written == "Le quokka vous attend !"


def test_an_unreadable_file_fails_and_leaves_the_former(
    translate: Any, s3: Any, bucket: str, config: dict[str, str]
):
    s3.put_object(Bucket=bucket, Key="bad.csv", Body=b"no,language,xx\n")
    bad = {**config, "S3Uri": f"s3://{bucket}/bad.csv"}
    translate.create_parallel_data(Name="style", ParallelDataConfig=config)

    updated = translate.update_parallel_data(Name="style", ParallelDataConfig=bad)
    made = translate.create_parallel_data(Name="other", ParallelDataConfig=bad)

    listed = translate.list_parallel_data()["ParallelDataPropertiesList"]
    assert (updated["Status"], updated["LatestUpdateAttemptStatus"]) == ("ACTIVE", "FAILED")
    assert made["Status"] == "FAILED"
    assert [(one["Name"], one["Status"]) for one in listed] == [
        ("other", "FAILED"),
        ("style", "ACTIVE"),
    ]
    assert [bool(one["Message"]) for one in listed] == [True, True]


def test_a_name_is_taken_once(translate: Any, config: dict[str, str]):
    translate.create_parallel_data(Name="style", ParallelDataConfig=config, ClientToken="one")
    again = translate.create_parallel_data(
        Name="style", ParallelDataConfig=config, ClientToken="one"
    )

    assert again["Status"] == "ACTIVE"
    with pytest.raises(ClientError, match="ConflictException"):
        translate.create_parallel_data(Name="style", ParallelDataConfig=config, ClientToken="two")


def test_a_deleted_resource_is_gone(translate: Any, config: dict[str, str]):
    translate.create_parallel_data(Name="style", ParallelDataConfig=config)

    assert translate.delete_parallel_data(Name="style")["Status"] == "DELETING"
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        translate.get_parallel_data(Name="style")


def test_resources_carry_tags(translate: Any, config: dict[str, str]):
    tags = [{"Key": "team", "Value": "blue"}, {"Key": "site", "Value": "north"}]
    translate.create_parallel_data(Name="style", ParallelDataConfig=config, Tags=tags[:1])
    translate.import_terminology(
        Name="terms",
        MergeStrategy="OVERWRITE",
        TerminologyData={"File": b"en,fr\na,b\n", "Format": "CSV"},
    )
    arns = [
        translate.get_parallel_data(Name="style")["ParallelDataProperties"]["Arn"],
        translate.get_terminology(Name="terms")["TerminologyProperties"]["Arn"],
    ]

    for arn in arns:
        translate.tag_resource(ResourceArn=arn, Tags=tags)
        translate.untag_resource(ResourceArn=arn, TagKeys=["team"])

    assert [translate.list_tags_for_resource(ResourceArn=arn)["Tags"] for arn in arns] == [
        tags[1:]
    ] * 2
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        translate.list_tags_for_resource(ResourceArn=arns[0] + "x")
    many = [{"Key": str(number), "Value": ""} for number in range(51)]
    with pytest.raises(ClientError, match="TooManyTagsException"):
        translate.tag_resource(ResourceArn=arns[0], Tags=many)
