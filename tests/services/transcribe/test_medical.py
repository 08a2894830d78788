"""Medical forms: no model here was made or measured for them, and every one of them says so."""

from typing import Any

import httpx
import pytest
from botocore import xform_name

from outcrop import LocalServer
from tests.services.direct import error_of

ROLE = "arn:aws:iam::123456789012:role/transcribe"
REQUIRED = {
    "LanguageCode": "en-US",
    "Specialty": "PRIMARYCARE",
    "Type": "DICTATION",
    "Media": {"MediaFileUri": "s3://calls/call.wav"},
    "Settings": {"ShowSpeakerLabels": True, "MaxSpeakerLabels": 2},
    "OutputBucketName": "calls",
    "DataAccessRoleArn": ROLE,
    "VocabularyFileUri": "s3://calls/words.txt",
}
"""Members that are not just a name."""


def test_medical_jobs_and_vocabularies_are_refused_by_their_names(transcribe: Any) -> None:
    model = transcribe.meta.service_model
    medical = [name for name in model.operation_names if "Medical" in name]

    refused: dict[str, Any] = {}
    for name in medical:
        required = model.operation_model(name).input_shape.required_members
        request = {member: REQUIRED.get(member, "notes") for member in required}
        refused[name] = error_of(getattr(transcribe, xform_name(name)), **request)

    assert "StartMedicalTranscriptionJob" in medical
    assert refused == {
        name: {
            "Code": "NotImplementedException",
            "Message": f"Outcrop does not answer transcribe:{name} yet.",
        }
        for name in medical
    }


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("medical-stream-transcription", "StartMedicalStreamTranscription"),
        ("medical-scribe-stream", "StartMedicalScribeStream"),
    ],
)
def test_medical_streams_are_refused_by_their_names(
    server: LocalServer, account: str, path: str, operation: str
) -> None:
    scope = f"{account}/20260101/us-east-1/transcribe/aws4_request"
    signature = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={'0' * 64}"
    headers = {"authorization": signature, "x-amz-date": "20260101T000000Z"}

    answer = httpx.post(f"{server.url}/{path}", headers=headers, timeout=60)

    assert (answer.status_code, answer.json()) == (
        501,
        {"message": f"Outcrop does not answer transcribe-streaming:{operation} yet."},
    )
