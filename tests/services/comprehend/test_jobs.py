"""Jobs read documents in S3 and write what they found there, in AWS's formats."""

import csv
import io
import tarfile
import time
from collections.abc import Callable
from typing import Any

import pytest

from outcrop import LocalServer
from tests.services.comprehend.conftest import ROLE, ended, places, results, written
from tests.services.direct import error_of

LINES = "Paris est en France.\r\n\nMarie Curie est née à Varsovie.\n"


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for what comes a moment after a job's end."""
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_each_line_is_a_document(comprehend: Any, s3: Any, bucket: str, account: str):
    s3.put_object(Bucket=bucket, Key="in/lines.txt", Body=LINES.encode())

    started = comprehend.start_entities_detection_job(
        JobName="names", LanguageCode="fr", **places(bucket, "in/")
    )
    job = ended(comprehend.describe_entities_detection_job, started["JobId"])

    assert [
        (one["File"], one["Line"], [each["Text"] for each in one["Entities"]])
        for one in results(s3, job)
    ] == [
        ("lines.txt", 0, ["Paris", "France"]),
        ("lines.txt", 2, ["Marie Curie", "Varsovie"]),
    ]
    told = {name: job[name] for name in ("JobName", "JobStatus", "LanguageCode", "JobArn")}
    assert told == {
        "JobName": "names",
        "JobStatus": "COMPLETED",
        "LanguageCode": "fr",
        "JobArn": f"arn:aws:comprehend:us-east-1:{account}:entities-detection-job/{job['JobId']}",
    }
    assert job["OutputDataConfig"]["S3Uri"] == (
        f"s3://{bucket}/out/{account}-NER-{job['JobId']}/output/output.tar.gz"
    )
    assert job["SubmitTime"] <= job["EndTime"]


def test_each_file_is_a_document(comprehend: Any, s3: Any, bucket: str):
    s3.put_object(Bucket=bucket, Key="in/a.txt", Body=b"The weather is nice.\nIt rains in London.")
    s3.put_object(Bucket=bucket, Key="in/b.txt", Body="La pluie tombe à Londres.".encode())
    s3.put_object(Bucket=bucket, Key="in/c.txt", Body=b"\xff\xfe\xfa")
    s3.put_object(Bucket=bucket, Key="in/d.txt", Body=b"x" * ((1 << 20) + 1))

    started = comprehend.start_dominant_language_detection_job(
        **places(bucket, "in/", "ONE_DOC_PER_FILE")
    )
    job = ended(comprehend.describe_dominant_language_detection_job, started["JobId"])
    first, second, third, fourth = results(s3, job)

    assert (first["File"], first["Languages"][0]["LanguageCode"]) == ("a.txt", "en")
    assert (second["File"], second["Languages"][0]["LanguageCode"]) == ("b.txt", "fr")
    assert (third["File"], third["ErrorCode"]) == ("c.txt", "INVALID_DOCUMENT")
    assert fourth == {
        "File": "d.txt",
        "ErrorCode": "DOCUMENT_SIZE_EXCEEDED",
        "ErrorMessage": "Document size exceeds maximum size limit 1048576 bytes.",
    }
    assert "Line" not in first


def test_key_phrases_of_documents(comprehend: Any, s3: Any, bucket: str):
    s3.put_object(Bucket=bucket, Key="a.txt", Body=b"The red house stands on a hill.")

    started = comprehend.start_key_phrases_detection_job(LanguageCode="en", **places(bucket, "a"))
    job = ended(comprehend.describe_key_phrases_detection_job, started["JobId"])

    assert [one["Text"] for one in results(s3, job)[0]["KeyPhrases"]] == ["The red house", "a hill"]


@pytest.mark.parametrize(
    ("config", "text"),
    [
        (
            {"PiiEntityTypes": ["ALL"], "MaskMode": "MASK", "MaskCharacter": "#"},
            "Hi ##########, or ##############.\n\nCall ############.\n",
        ),
        (
            {"PiiEntityTypes": ["EMAIL"], "MaskMode": "REPLACE_WITH_PII_ENTITY_TYPE"},
            "Hi Anna Smith, or [EMAIL].\n\nCall 206-555-0100.\n",
        ),
    ],
)
def test_personal_data_is_redacted(
    comprehend: Any, s3: Any, bucket: str, config: dict[str, Any], text: str
):
    body = b"Hi Anna Smith, or anna@smith.com.\n\nCall 206-555-0100.\n"
    s3.put_object(Bucket=bucket, Key="in/letter.txt", Body=body)

    started = comprehend.start_pii_entities_detection_job(
        LanguageCode="en", Mode="ONLY_REDACTION", RedactionConfig=config, **places(bucket, "in/")
    )
    job = ended(comprehend.describe_pii_entities_detection_job, started["JobId"])

    output = job["OutputDataConfig"]["S3Uri"]
    assert (job["JobStatus"], written(s3, f"{output}letter.txt.out").decode()) == (
        "COMPLETED",
        text,
    )


def test_personal_data_is_located(comprehend: Any, s3: Any, bucket: str):
    s3.put_object(Bucket=bucket, Key="in/a.txt", Body=b"Mail anna@smith.com.\n")

    started = comprehend.start_pii_entities_detection_job(
        LanguageCode="en", Mode="ONLY_OFFSETS", **places(bucket, "in/")
    )
    job = ended(comprehend.describe_pii_entities_detection_job, started["JobId"])

    assert written(s3, f"{job['OutputDataConfig']['S3Uri']}a.txt.out").decode() == (
        '{"Entities": [{"BeginOffset": 5, "EndOffset": 19, "Score": 0.99, "Type": "EMAIL"}],'
        ' "File": "a.txt", "Line": 0}\n'
    )


def test_topics_part_documents_by_what_they_are_about(comprehend: Any, s3: Any, bucket: str):
    football = [
        "The team won the match after a late goal.",
        "The coach praised the team for the goal.",
        "A player of the team missed the match.",
        "The league moved the match of the coach and his player.",
    ]
    kitchen = [
        "Bake the cake with butter and sugar in the oven.",
        "The oven bakes the bread; butter goes on the bread.",
        "Sugar and flour make the cake, the recipe says.",
        "The recipe of the bread wants flour and butter.",
    ]
    body = "\n".join([*football, *kitchen]).encode()
    s3.put_object(Bucket=bucket, Key="in/docs.txt", Body=body)

    started = comprehend.start_topics_detection_job(NumberOfTopics=2, **places(bucket, "in/"))
    job = ended(comprehend.describe_topics_detection_job, started["JobId"])

    with tarfile.open(
        fileobj=io.BytesIO(written(s3, job["OutputDataConfig"]["S3Uri"])), mode="r:gz"
    ) as archive:
        tables = {
            name: list(csv.DictReader(io.TextIOWrapper(member, encoding="utf-8")))
            for name in archive.getnames()
            if (member := archive.extractfile(name)) is not None
        }
    assert set(tables) == {"topic-terms.csv", "doc-topics.csv"}
    likeliest: dict[str, str] = {}
    for row in tables["doc-topics.csv"]:
        likeliest.setdefault(row["docname"], row["topic"])
    topics = [likeliest[f"docs.txt:{line}"] for line in range(8)]
    assert topics in (["000"] * 4 + ["001"] * 4, ["001"] * 4 + ["000"] * 4)
    of_football = {row["term"] for row in tables["topic-terms.csv"] if row["topic"] == topics[0]}
    assert {"team", "match", "goal"} <= of_football
    assert (job["JobStatus"], job["NumberOfTopics"]) == ("COMPLETED", 2)


def test_redaction_needs_to_know_of_what(comprehend: Any, bucket: str):
    refused = error_of(
        comprehend.start_pii_entities_detection_job,
        LanguageCode="en",
        Mode="ONLY_REDACTION",
        **places(bucket, "in/"),
    )

    assert refused["Code"] == "InvalidRequestException"


def test_a_job_whose_bucket_is_not_there_fails_and_says_so(comprehend: Any, account: str):
    nowhere = f"nowhere-{account}"

    started = comprehend.start_key_phrases_detection_job(
        LanguageCode="en", **places(nowhere, "in/")
    )
    job = ended(comprehend.describe_key_phrases_detection_job, started["JobId"])

    assert job["JobStatus"] == "FAILED"
    assert job["Message"].startswith("NO_READ_ACCESS_TO_INPUT: ")


def test_a_job_that_fails_leaves_none_of_its_files(comprehend: Any, s3: Any, bucket: str):
    too_long_with_more_before_it = "z" * 1000
    for name in ("a.txt", too_long_with_more_before_it):
        s3.put_object(Bucket=bucket, Key=f"in/{name}", Body=b"Mail anna@smith.com.\n")

    started = comprehend.start_pii_entities_detection_job(
        LanguageCode="en", Mode="ONLY_OFFSETS", **places(bucket, "in/")
    )
    job = ended(comprehend.describe_pii_entities_detection_job, started["JobId"])

    assert job["JobStatus"] == "FAILED"
    assert job["Message"].startswith(
        "NO_WRITE_ACCESS_TO_OUTPUT: The provided data access role does not have write access to"
        " the output S3 URI or it does not have access to the output S3 KMS Key. "
    )
    wait_until(lambda: s3.list_objects_v2(Bucket=bucket, Prefix="out/")["KeyCount"] == 0)


def test_lists_are_filtered_ordered_and_paged(comprehend: Any, s3: Any, bucket: str):
    s3.put_object(Bucket=bucket, Key="a.txt", Body=b"Hello there.")
    ids = [
        comprehend.start_dominant_language_detection_job(JobName=name, **places(bucket, "a.txt"))[
            "JobId"
        ]
        for name in ("one", "two", "three")
    ]
    jobs = [ended(comprehend.describe_dominant_language_detection_job, each) for each in ids]
    listed = comprehend.list_dominant_language_detection_jobs

    def names(**request: Any) -> list[str]:
        found = listed(**request)["DominantLanguageDetectionJobPropertiesList"]
        return [one["JobName"] for one in found]

    first = listed(MaxResults=2)
    assert [one["JobName"] for one in first["DominantLanguageDetectionJobPropertiesList"]] == [
        "three",
        "two",
    ]
    assert names(MaxResults=2, NextToken=first["NextToken"]) == ["one"]
    assert names(Filter={"JobName": "two"}) == ["two"]
    assert names(Filter={"JobStatus": "FAILED"}) == []
    assert names(Filter={"SubmitTimeBefore": jobs[2]["SubmitTime"]}) == ["one", "two"]
    assert names(Filter={"SubmitTimeAfter": jobs[0]["SubmitTime"]}) == ["three", "two"]
    assert error_of(listed, Filter={"JobName": "a", "JobStatus": "FAILED"})["Code"] == (
        "InvalidFilterException"
    )


def test_a_token_begins_one_job(comprehend: Any, bucket: str):
    request = {"LanguageCode": "en", "ClientRequestToken": "once", **places(bucket, "in/")}

    first = comprehend.start_entities_detection_job(**request)
    second = comprehend.start_entities_detection_job(**request)

    assert first["JobId"] == second["JobId"]


def test_a_job_that_has_ended_is_not_stopped(comprehend: Any, s3: Any, bucket: str):
    s3.put_object(Bucket=bucket, Key="a.txt", Body=b"Hello there.")
    started = comprehend.start_dominant_language_detection_job(**places(bucket, "a.txt"))
    ended(comprehend.describe_dominant_language_detection_job, started["JobId"])

    error = error_of(comprehend.stop_dominant_language_detection_job, JobId=started["JobId"])

    assert error == {
        "Code": "InvalidRequestException",
        "Message": f"The job {started['JobId']} is COMPLETED: only jobs that have not ended can be"
        " stopped.",
    }


def test_a_job_that_is_stopped_writes_what_it_has_analysed(comprehend: Any, s3: Any, bucket: str):
    line, count = "Marie Curie was born in Warsaw.", 20_000
    s3.put_object(Bucket=bucket, Key="in/many.txt", Body=f"{line}\n".encode() * count)

    def stopped_after(batches: int) -> Any:
        """Stop a job after the time that so many batches take."""
        job_id = comprehend.start_entities_detection_job(
            LanguageCode="en", **places(bucket, "in/")
        )["JobId"]
        for _ in range(batches):
            comprehend.batch_detect_entities(TextList=[line] * 25, LanguageCode="en")
        stopped = comprehend.stop_entities_detection_job(JobId=job_id)
        job = ended(comprehend.describe_entities_detection_job, job_id)
        again = comprehend.stop_entities_detection_job(JobId=job_id)
        assert (stopped["JobStatus"], job["JobStatus"]) == ("STOP_REQUESTED", "STOPPED")
        assert again["JobStatus"] == "STOPPED"
        return job

    def is_written() -> bool:
        return bool(s3.list_objects_v2(Bucket=bucket, Prefix="out/")["KeyCount"])

    jobs = (stopped_after(batches) for batches in (1, 2, 4, 8, 16, 32, 64))
    job = next(job for job in jobs if is_written())

    found = results(s3, job)
    assert 0 < len(found) < count
    assert [one["Line"] for one in found] == list(range(len(found)))
    texts = {tuple(each["Text"] for each in one["Entities"]) for one in found}
    assert texts == {("Marie Curie", "Warsaw")}


def test_a_stopped_job_that_writes_several_files_writes_none(comprehend: Any, s3: Any, bucket: str):
    s3.put_object(Bucket=bucket, Key="in/a.txt", Body=b"Anna lives in Rome.")
    s3.put_object(Bucket=bucket, Key="in/many.txt", Body=b"Anna lives in Rome.\n" * 20_000)
    job_id = comprehend.start_pii_entities_detection_job(
        LanguageCode="en", Mode="ONLY_OFFSETS", **places(bucket, "in/")
    )["JobId"]

    comprehend.stop_pii_entities_detection_job(JobId=job_id)
    job = ended(comprehend.describe_pii_entities_detection_job, job_id)

    assert job["JobStatus"] == "STOPPED"
    assert s3.list_objects_v2(Bucket=bucket, Prefix="out/")["KeyCount"] == 0


def test_an_unknown_job_is_not_found(comprehend: Any):
    assert error_of(comprehend.describe_entities_detection_job, JobId="none") == {
        "Code": "JobNotFoundException",
        "Message": "The specified job was not found. Check the job ID and try again.",
    }


def test_what_a_request_leaves_out_is_told_with_its_default(comprehend: Any, bucket: str):
    where = {**places(bucket, "in/"), "InputDataConfig": {"S3Uri": f"s3://{bucket}/in/"}}

    started = comprehend.start_topics_detection_job(**where)

    described = comprehend.describe_topics_detection_job(JobId=started["JobId"])
    job = described["TopicsDetectionJobProperties"]
    assert job["NumberOfTopics"] == 10
    assert job["InputDataConfig"] == {**where["InputDataConfig"], "InputFormat": "ONE_DOC_PER_LINE"}


def test_jobs_carry_tags(comprehend: Any, bucket: str):
    arn = comprehend.start_entities_detection_job(
        LanguageCode="en", Tags=[{"Key": "team", "Value": "blue"}], **places(bucket, "in/")
    )["JobArn"]

    comprehend.tag_resource(ResourceArn=arn, Tags=[{"Key": "stage", "Value": "test"}])
    comprehend.untag_resource(ResourceArn=arn, TagKeys=["team"])

    tags = comprehend.list_tags_for_resource(ResourceArn=arn)["Tags"]
    assert tags == [{"Key": "stage", "Value": "test"}]
    assert error_of(comprehend.list_tags_for_resource, ResourceArn=f"{arn}0")["Code"] == (
        "ResourceNotFoundException"
    )


def test_a_job_outlives_a_killed_server(own_server: LocalServer, own_client: Callable[[str], Any]):
    client = own_client
    client("s3").create_bucket(Bucket="texts")
    client("s3").put_object(Bucket="texts", Key="in/a.txt", Body=b"Anna is in Rome.\n" * 400)
    started = client("comprehend").start_entities_detection_job(
        LanguageCode="en",
        InputDataConfig={"S3Uri": "s3://texts/in/"},
        OutputDataConfig={"S3Uri": "s3://texts/out"},
        DataAccessRoleArn=ROLE,
    )

    own_server.kill()
    own_server.start()
    job = ended(client("comprehend").describe_entities_detection_job, started["JobId"])

    assert job["JobStatus"] == "COMPLETED"
    assert len(results(client("s3"), job)) == 400
    assert client("s3").list_objects_v2(Bucket="texts", Prefix="out/")["KeyCount"] == 1
