"""What texts speak of, and how they speak of each thing."""

from typing import Any

import pytest

from tests.services.comprehend.conftest import ended, places, results
from tests.services.direct import error_of


def told(entities: list[Any]) -> list[tuple[str, str, str]]:
    """Return text, type and sentiment of every mention."""
    return [
        (one["Text"], one["Type"], one["MentionSentiment"]["Sentiment"])
        for entity in entities
        for one in entity["Mentions"]
    ]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (
            "The food was delicious but the waiter was horribly rude.",
            "en",
            [("food", "OTHER", "POSITIVE"), ("waiter", "PERSON", "NEGATIVE")],
        ),
        (
            "Le repas était délicieux mais le service était terriblement lent.",
            "fr",
            [("repas", "OTHER", "POSITIVE"), ("service", "ATTRIBUTE", "NEGATIVE")],
        ),
        (
            "My sister hated the hotel in Paris.",
            "en",
            [
                ("sister", "PERSON", "NEUTRAL"),
                ("hotel", "FACILITY", "NEGATIVE"),
                ("Paris", "LOCATION", "NEUTRAL"),
            ],
        ),
        (
            "A charming garden and a filthy bathroom.",
            "en",
            [("garden", "OTHER", "POSITIVE"), ("bathroom", "OTHER", "NEGATIVE")],
        ),
        ("That movie was really boring.", "en", [("movie", "MOVIE", "NEGATIVE")]),
        ("Renault a ouvert une usine.", "fr", [("Renault", "ORGANIZATION", "NEUTRAL")]),
    ],
)
def test_each_thing_has_a_sentiment_of_its_own(
    comprehend: Any, text: str, language: str, expected: list[tuple[str, str, str]]
):
    entities = comprehend.detect_targeted_sentiment(Text=text, LanguageCode=language)["Entities"]

    assert told(entities)[: len(expected)] == expected


def test_mentions_by_one_name_are_one_entity(comprehend: Any):
    text = "🎉 My burger was good. The burger came with a salad. Then I ordered another salad."

    entities = comprehend.detect_targeted_sentiment(Text=text, LanguageCode="en")["Entities"]

    burger, first, second = entities
    assert [
        (one["Text"], one["BeginOffset"], one["EndOffset"], one.get("GroupScore"))
        for one in burger["Mentions"]
    ] == [("burger", 5, 11, 1.0), ("burger", 26, 32, None)]
    assert burger["DescriptiveMentionIndex"] == [0, 1]
    assert [len(one["Mentions"]) for one in (first, second)] == [1, 1]
    for mention in burger["Mentions"]:
        assert sum(mention["MentionSentiment"]["SentimentScore"].values()) == pytest.approx(1)
        assert 0 < mention["Score"] <= 1


def test_a_person_is_known_by_a_part_of_the_name(comprehend: Any):
    text = "Marie Curie was born in Warsaw. In Paris, Curie met her husband."

    entities = comprehend.detect_targeted_sentiment(Text=text, LanguageCode="en")["Entities"]

    person = entities[0]
    assert [one["Text"] for one in person["Mentions"]] == ["Marie Curie", "Curie"]
    assert person["DescriptiveMentionIndex"] == [0]


def test_targeted_sentiments_of_a_batch_and_of_a_job_agree(
    comprehend: Any, s3: Any, bucket: str, account: str
):
    texts = ["The soup was awful.", "Ça va ?", "x" * 5001]
    s3.put_object(Bucket=bucket, Key="in/a.txt", Body="\n".join(texts).encode())

    batch = comprehend.batch_detect_targeted_sentiment(TextList=texts, LanguageCode="en")
    started = comprehend.start_targeted_sentiment_detection_job(
        LanguageCode="en", **places(bucket, "in/")
    )
    job = ended(comprehend.describe_targeted_sentiment_detection_job, started["JobId"])
    lines = results(s3, job)

    assert told(batch["ResultList"][0]["Entities"]) == [("soup", "OTHER", "NEGATIVE")]
    assert told(lines[0]["Entities"]) == [("soup", "OTHER", "NEGATIVE")]
    assert [(one["Index"], one["ErrorCode"]) for one in batch["ErrorList"]] == [
        (2, "TEXT_SIZE_LIMIT_EXCEEDED")
    ]
    assert (lines[2]["Line"], lines[2]["ErrorCode"]) == (2, "DOCUMENT_SIZE_EXCEEDED")
    assert job["OutputDataConfig"]["S3Uri"] == (
        f"s3://{bucket}/out/{account}-TS-{job['JobId']}/output/output.tar.gz"
    )
    listed = comprehend.list_targeted_sentiment_detection_jobs(Filter={"JobStatus": "COMPLETED"})[
        "TargetedSentimentDetectionJobPropertiesList"
    ]
    assert [one["JobArn"] for one in listed] == [started["JobArn"]]
    late = error_of(comprehend.stop_targeted_sentiment_detection_job, JobId=job["JobId"])
    assert late["Code"] == "InvalidRequestException"


def test_what_no_model_reads_is_refused(comprehend: Any):
    ask = comprehend.detect_targeted_sentiment

    assert error_of(ask, Text="Hola", LanguageCode="es")["Code"] == "UnsupportedLanguageException"
    assert error_of(ask, Text="x" * 5001, LanguageCode="en") == {
        "Code": "TextSizeLimitExceededException",
        "Message": "Input text size exceeds limit. Max length of request text allowed is 5000"
        " bytes while in this request the text size is 5001 bytes",
    }
