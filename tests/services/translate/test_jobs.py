"""Batch jobs: documents of a folder become documents of another, and are told of."""

import json
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from outcrop import LocalServer
from tests.conftest import CHAT_MODEL
from tests.documents import xlsx_of
from tests.own_clients import client_of

ROLE = "arn:aws:iam::123456789012:role/translate"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDED = ("COMPLETED", "COMPLETED_WITH_ERROR", "FAILED", "STOPPED")


def start(translate: Any, bucket: str, **request: Any) -> str:
    given = {
        "InputDataConfig": {"S3Uri": f"s3://{bucket}/in/", "ContentType": "text/plain"},
        "OutputDataConfig": {"S3Uri": f"s3://{bucket}/out/"},
        "DataAccessRoleArn": ROLE,
        "SourceLanguageCode": "en",
        "TargetLanguageCodes": ["fr"],
        **request,
    }
    return str(translate.start_text_translation_job(**given)["JobId"])


def described(translate: Any, job_id: str) -> dict[str, Any]:
    answer = translate.describe_text_translation_job(JobId=job_id)
    job: dict[str, Any] = answer["TextTranslationJobProperties"]
    return job


def ended(translate: Any, job_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        job = described(translate, job_id)
        if job["JobStatus"] in ENDED:
            return job
        time.sleep(0.05)
    raise AssertionError(f"{job_id} does not end")


def put(s3: Any, bucket: str, **texts: bytes) -> None:
    for name, text in texts.items():
        s3.put_object(Bucket=bucket, Key=f"in/{name.replace('__', '/')}.txt", Body=text)


def outputs(s3: Any, bucket: str, prefix: str = "out/") -> Mapping[str, bytes]:
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    return {
        one["Key"].removeprefix(prefix): s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
        for one in listed
    }


def keys(s3: Any, bucket: str) -> list[str]:
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="out/").get("Contents", [])
    return [one["Key"] for one in listed]


def refusal(translate: Any, bucket: str, **request: Any) -> str:
    with pytest.raises(ClientError) as caught:
        start(translate, bucket, **request)
    return str(caught.value.response["Error"]["Code"])


def test_documents_are_written_as_aws_names_them(
    translate: Any, s3: Any, bucket: str, account: str
):
    put(s3, bucket, one=b"The price is 250 euros.", sub__two=b"Help.", bad=b"\xff\xfe\x00")
    translate.import_terminology(
        Name="terms",
        MergeStrategy="OVERWRITE",
        TerminologyData={"File": b"en,fr\nHelp,Secours\n", "Format": "CSV"},
    )

    job = ended(translate, start(translate, bucket, JobName="mine", TerminologyNames=["terms"]))

    folder = f"{account}-TranslateText-{job['JobId']}/"
    found = outputs(s3, bucket)
    details = f"{folder}details/fr.auxiliary-translation-details.json"
    told = json.loads(found[details])
    assert sorted(found) == [details, f"{folder}fr.one.txt", f"{folder}sub/fr.two.txt"]
    assert b"250 euros" in found[f"{folder}fr.one.txt"]
    assert found[f"{folder}sub/fr.two.txt"] == b"Secours."
    assert told == {
        "sourceLanguageCode": "en",
        "targetLanguageCode": "fr",
        "charactersTranslated": "28",
        "documentCountWithCustomerError": "1",
        "documentCountWithServerError": "0",
        "inputDataPrefix": f"s3://{bucket}/in",
        "outputDataPrefix": f"s3://{bucket}/out/{folder}",
        "details": [
            {
                "sourceFile": "bad.txt",
                "auxiliaryData": {
                    "error": {
                        "errorCode": "InvalidRequestException",
                        "errorMessage": "The document is not encoded in UTF-8.",
                    }
                },
            },
            {
                "sourceFile": "one.txt",
                "targetFile": "fr.one.txt",
                "auxiliaryData": {"appliedTerminologies": [{"name": "terms", "terms": []}]},
            },
            {
                "sourceFile": "sub/two.txt",
                "targetFile": "sub/fr.two.txt",
                "auxiliaryData": {
                    "appliedTerminologies": [
                        {
                            "name": "terms",
                            "terms": [{"sourceText": "Help", "targetText": "Secours"}],
                        }
                    ]
                },
            },
        ],
    }
    del job["SubmittedTime"], job["EndTime"]
    assert job == {
        "JobId": job["JobId"],
        "JobName": "mine",
        "JobStatus": "COMPLETED_WITH_ERROR",
        "JobDetails": {
            "TranslatedDocumentsCount": 2,
            "DocumentsWithErrorsCount": 1,
            "InputDocumentsCount": 3,
        },
        "SourceLanguageCode": "en",
        "TargetLanguageCodes": ["fr"],
        "TerminologyNames": ["terms"],
        "ParallelDataNames": [],
        "InputDataConfig": {"S3Uri": f"s3://{bucket}/in/", "ContentType": "text/plain"},
        "OutputDataConfig": {"S3Uri": f"s3://{bucket}/out/{folder}"},
        "DataAccessRoleArn": ROLE,
    }


def test_of_a_workbook_the_texts_of_its_cells_count_as_translated(
    translate: Any, s3: Any, bucket: str, account: str
):
    sheet = [["Good morning", 42], ["The train is late.", None]]
    s3.put_object(Bucket=bucket, Key="in/book.xlsx", Body=xlsx_of({"Texts": sheet}))
    source = {"S3Uri": f"s3://{bucket}/in/", "ContentType": WORKBOOK}

    job_id = start(translate, bucket, InputDataConfig=source, TargetLanguageCodes=["en"])

    assert ended(translate, job_id)["JobStatus"] == "COMPLETED"
    details = f"{account}-TranslateText-{job_id}/details/en.auxiliary-translation-details.json"
    told = json.loads(outputs(s3, bucket)[details])
    assert told["charactersTranslated"] == str(len("Good morning" + "The train is late."))


def test_each_document_is_of_its_own_language_into_several(
    translate: Any, s3: Any, bucket: str, account: str
):
    put(s3, bucket, a=b"Le train de 8 h 15 est en retard.", b=b"Good evening to all.")

    job_id = start(translate, bucket, SourceLanguageCode="auto", TargetLanguageCodes=["fr", "en"])
    job = ended(translate, job_id)

    folder = f"{account}-TranslateText-{job_id}/"
    found = outputs(s3, bucket)
    assert job["JobStatus"] == "COMPLETED"
    assert found[f"{folder}fr.a.txt"].decode() == "Le train de 8 h 15 est en retard."
    assert found[f"{folder}en.b.txt"] == b"Good evening to all."
    assert [one in found[f"{folder}en.a.txt"].decode() for one in ("8", "15")] == [True, True]


def test_web_pages_keep_their_tags_and_are_masked(
    translate: Any, s3: Any, bucket: str, account: str
):
    page = b"<p>It costs <b>25 euros</b>. Bullshit.</p>"
    s3.put_object(Bucket=bucket, Key="in/page.html", Body=page)

    job_id = start(
        translate,
        bucket,
        InputDataConfig={"S3Uri": f"s3://{bucket}/in/", "ContentType": "text/html"},
        TargetLanguageCodes=["en"],
        Settings={"Profanity": "MASK"},
    )
    job = ended(translate, job_id)

    written = outputs(s3, bucket)[f"{account}-TranslateText-{job_id}/en.page.html"]
    assert job["Settings"] == {"Profanity": "MASK"}
    assert written == b"<p>It costs <b>25 euros</b>. ?$#@$.</p>"


def test_a_folder_without_documents_fails(translate: Any, bucket: str):
    job = ended(translate, start(translate, bucket))

    assert (job["JobStatus"], job["Message"]) == (
        "FAILED",
        f"The input folder s3://{bucket}/in/ has no documents.",
    )


def test_a_stopped_job_writes_nothing(translate: Any, s3: Any, bucket: str):
    put(s3, bucket, **{f"d{at}": b"The meeting starts at nine. " * 40 for at in range(4)})
    job_id = start(translate, bucket)

    answer = translate.stop_text_translation_job(JobId=job_id)

    assert answer == {**answer, "JobId": job_id, "JobStatus": "STOP_REQUESTED"}
    assert ended(translate, job_id)["JobStatus"] == "STOPPED"
    assert outputs(s3, bucket) == {}


def test_a_job_that_is_stopped_while_it_writes_takes_back_what_it_wrote(
    translate: Any, s3: Any, bucket: str
):
    put(s3, bucket, **{f"d{at:03}": b"Nothing is to be translated." for at in range(150)})
    job_id = start(translate, bucket, TargetLanguageCodes=["en"])
    while not keys(s3, bucket):
        time.sleep(0.01)

    translate.stop_text_translation_job(JobId=job_id)
    job = ended(translate, job_id)

    def is_tidy() -> bool:  # Behind the end of the job.
        count = len(keys(s3, bucket))
        return count == (0 if job["JobStatus"] == "STOPPED" else 151)

    deadline = time.monotonic() + 60
    while not is_tidy():
        assert time.monotonic() < deadline, (job["JobStatus"], keys(s3, bucket))
        time.sleep(0.05)


def test_a_token_starts_one_job(translate: Any, s3: Any, bucket: str):
    put(s3, bucket, one=b"1")

    ids = {start(translate, bucket, ClientToken="same") for _ in range(2)}

    assert len(ids) == 1


def test_jobs_are_listed_by_one_filter(translate: Any, s3: Any, bucket: str):
    put(s3, bucket, one=b"1")
    ids = [start(translate, bucket, JobName=name) for name in ("a", "b", "a")]
    jobs = [ended(translate, job_id) for job_id in ids]

    def listed(**wanted: Any) -> list[str]:
        answer = translate.list_text_translation_jobs(Filter=wanted)
        return [one["JobId"] for one in answer["TextTranslationJobPropertiesList"]]

    assert listed() == ids[::-1]
    assert listed(JobName="a") == [ids[2], ids[0]]
    assert listed(JobStatus="COMPLETED") == ids[::-1]
    assert listed(JobStatus="FAILED") == []
    assert listed(SubmittedBeforeTime=jobs[2]["SubmittedTime"]) == ids[:2]
    assert listed(SubmittedAfterTime=jobs[0]["SubmittedTime"]) == ids[:0:-1]
    with pytest.raises(ClientError, match="InvalidFilterException"):
        listed(JobName="a", JobStatus="FAILED")


def test_impossible_jobs_are_refused(translate: Any, bucket: str):
    top = {"S3Uri": f"s3://{bucket}", "ContentType": "text/plain"}
    missing = {"S3Uri": "s3://no-such-bucket-anywhere/in/", "ContentType": "text/plain"}
    pdf = {"S3Uri": f"s3://{bucket}/in/", "ContentType": "application/pdf"}

    codes = [
        refusal(translate, bucket, InputDataConfig=top),
        refusal(translate, bucket, InputDataConfig=missing),
        refusal(translate, bucket, InputDataConfig=pdf),
        refusal(translate, bucket, Settings={"Brevity": "ON"}),
        refusal(translate, bucket, TargetLanguageCodes=["cy"]),
        refusal(translate, bucket, TargetLanguageCodes=["fr"] * 11),
        refusal(translate, bucket, TerminologyNames=["none"]),
        refusal(translate, bucket, ParallelDataNames=["none"]),
    ]

    assert codes == [
        *["InvalidRequestException"] * 4,
        "UnsupportedLanguagePairException",
        "InvalidParameterValueException",
        *["ResourceNotFoundException"] * 2,
    ]


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[LocalServer]:
    """A server that this test may kill."""
    server = LocalServer(tmp_path / "data", settings={"OUTCROP_CHAT_MODEL": CHAT_MODEL})
    server.start()
    yield server
    server.stop()


def test_a_killed_server_goes_on_and_writes_all(own_server: LocalServer):
    client = partial(client_of, own_server)
    client("s3").create_bucket(Bucket="texts")
    put(client("s3"), "texts", **{f"d{at}": b"It costs 25 euros." for at in range(3)})
    job_id = start(client("translate"), "texts")
    while (
        not described(client("translate"), job_id)
        .get("JobDetails", {})
        .get("TranslatedDocumentsCount")
    ):
        time.sleep(0.02)

    own_server.kill()
    own_server.start()
    job = ended(client("translate"), job_id)

    found = outputs(client("s3"), "texts")
    assert (job["JobStatus"], job["JobDetails"]["TranslatedDocumentsCount"]) == ("COMPLETED", 3)
    assert len(found) == 4
    assert all(b"25" in body for name, body in found.items() if name.endswith(".txt"))
