"""Texts that are given back, as they are in the target language; a terminology and examples."""

from collections.abc import Mapping
from typing import Any

from conformance.calls import Client, account_in_force
from conformance.recipes import Recipe
from conformance.recipes.steps import Maker, Steps

VERBS = ("Create", "Get", "Update", "Delete")


def values(account: str) -> Mapping[str, Any]:
    """Return texts, languages and files that do not contradict themselves."""
    bucket = f"bucket-{account}"
    return {
        "InputDataConfig": {"S3Uri": f"s3://{bucket}/in/", "ContentType": "text/plain"},
        "OutputDataConfig": {"S3Uri": f"s3://{bucket}/out/"},
        "TargetLanguageCodes": ["en"],
        "ParallelDataNames": ["examples"],
        "ParallelDataConfig": {"S3Uri": f"s3://{bucket}/examples.csv", "Format": "CSV"},
        "Settings": {"Formality": "FORMAL", "Profanity": "MASK"},
        "Filter": {"JobStatus": "COMPLETED"},
        "Tags": [{"Key": "team", "Value": "blue"}],
        "TagKeys": ["team"],
        **{
            f"{verb}ParallelData.Name": "examples" for verb in ("Create", "Get", "Update", "Delete")
        },
        "Text": "Yes.",
        "SourceLanguageCode": "en",
        "TargetLanguageCode": "en",
        "TerminologyNames": ["terms"],
        "ImportTerminology.Name": "terms",
        "GetTerminology.Name": "terms",
        "DeleteTerminology.Name": "terms",
        "TerminologyData": {
            "File": b"en,fr\ncloud,nuage\n",
            "Format": "CSV",
            "Directionality": "UNI",
        },
        "TerminologyDataFormat": "TMX",
        "Document": {"Content": b"Yes.", "ContentType": "text/plain"},
    }


STEPS = Steps(
    values=values,
    makers={
        "DeleteTerminology.Name": Maker("ImportTerminology"),
        "GetTerminology.Name": Maker("ImportTerminology"),
        "TerminologyNames": Maker("ImportTerminology"),
        **{f"{verb}ParallelData.Name": Maker("CreateParallelData") for verb in VERBS[1:]},
        "ParallelDataNames": Maker("CreateParallelData"),
        "JobId": Maker("StartTextTranslationJob", "JobId"),
        "ResourceArn": Maker("ImportTerminology", "TerminologyProperties.Arn"),
    },
    before={
        "ListTerminologies": ("ImportTerminology",),
        "ListParallelData": ("CreateParallelData",),
        "ListTextTranslationJobs": ("StartTextTranslationJob",),
    },
)


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Put documents and examples where jobs and imports look for them."""
    if operation.endswith(("Job", "Jobs", "Data")):
        s3, bucket = client.of("s3"), f"bucket-{account_in_force()}"
        s3.ask("CreateBucket", Bucket=bucket)
        s3.ask("PutObject", Bucket=bucket, Key="in/yes.txt", Body=b"Yes.")
        s3.ask("PutObject", Bucket=bucket, Key="examples.csv", Body=b"en,fr\nyes,oui\n")
    return STEPS(client, operation)


RECIPE = Recipe(
    prepare=prepare, without={"": ("NextToken",), "TranslateDocument": ("Settings", "NextToken")}
)
