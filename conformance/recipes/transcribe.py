"""A bucket with a sound and lists of words, and one resource of each kind."""

import io
import wave
from collections.abc import Mapping
from typing import Any

from conformance.calls import Client, account_in_force
from conformance.recipes import Recipe
from conformance.recipes.steps import Maker, Steps


def values(account: str) -> Mapping[str, Any]:
    """Return what the bucket holds, and settings that do not contradict themselves."""
    bucket = f"bucket-{account}"
    return {
        "LanguageCode": "en-US",
        "Media": {"MediaFileUri": f"s3://{bucket}/sound.wav"},
        "MediaFormat": "wav",
        "MediaSampleRateHertz": 16000,
        "OutputBucketName": bucket,
        "Settings": {
            "ShowAlternatives": True,
            "MaxAlternatives": 2,
            "ChannelIdentification": False,
            "ShowSpeakerLabels": False,
        },
        "TranscriptionJobName": "name",
        "CallAnalyticsJobName": "name",
        "CategoryName": "name",
        "OutputLocation": f"s3://{bucket}/calls/",
        "StartCallAnalyticsJob.Settings": {"LanguageOptions": ["en-US", "fr-FR"]},
        "ChannelDefinitions": [
            {"ChannelId": 0, "ParticipantRole": "AGENT"},
            {"ChannelId": 1, "ParticipantRole": "CUSTOMER"},
        ],
        "Rules": [{"NonTalkTimeFilter": {"Threshold": 1000}}],
        "VocabularyName": "name",
        "VocabularyFilterName": "name",
        "Phrases": ["Los-Angeles"],
        "Words": ["word"],
        "Tags": [{"Key": "team", "Value": "blue"}],
        "TagKeys": ["team"],
        "ResourceArn": f"arn:aws:transcribe:us-east-1:{account}:vocabulary/name",
    }


STEPS = Steps(
    values=values,
    makers={
        "TranscriptionJobName": Maker("StartTranscriptionJob"),
        "CallAnalyticsJobName": Maker("StartCallAnalyticsJob"),
        "CategoryName": Maker("CreateCallAnalyticsCategory"),
        "VocabularyName": Maker("CreateVocabulary"),
        "VocabularyFilterName": Maker("CreateVocabularyFilter"),
        "ResourceArn": Maker("CreateVocabulary"),
    },
    needed={
        "StartTranscriptionJob": ("LanguageCode",),
        "CreateVocabulary": ("Phrases",),
        "UpdateVocabulary": ("Phrases",),
        "CreateVocabularyFilter": ("Words",),
        "UpdateVocabularyFilter": ("Words",),
    },
)


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Fill the bucket, and make what the operation names."""
    bucket = f"bucket-{account_in_force()}"
    if operation.endswith(("TranscriptionJob", "CallAnalyticsJob")):
        s3 = client.of("s3")
        s3.ask("CreateBucket", Bucket=bucket)
        s3.ask("PutObject", Bucket=bucket, Key="sound.wav", Body=_silence())
    given = STEPS(client, operation)
    kind = operation.removeprefix("Delete")
    while kind != operation and kind.endswith("Job"):
        job = client.ask(f"Get{kind}", **{f"{kind}Name": "name"})[kind]
        if job[f"{kind}Status"] != "IN_PROGRESS":
            break
    return given


def _silence() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(16000)
        writer.writeframes(bytes(3200))
    return file.getvalue()


RECIPE = Recipe(
    prepare=prepare,
    needed=STEPS.needed,
    without={
        "": ("NextToken",),
        "StartTranscriptionJob": (
            "IdentifyLanguage",
            "IdentifyMultipleLanguages",
            "LanguageOptions",
            "LanguageIdSettings",
            "ContentRedaction",
            "ModelSettings",
            "ToxicityDetection",
        ),
        "CreateVocabulary": ("VocabularyFileUri",),
        "UpdateVocabulary": ("VocabularyFileUri",),
        "CreateVocabularyFilter": ("VocabularyFilterFileUri",),
        "UpdateVocabularyFilter": ("VocabularyFilterFileUri",),
    },
)
