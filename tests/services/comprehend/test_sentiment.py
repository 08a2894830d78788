"""Sentiments of clear sentences in both languages."""

from typing import Any

import pytest

from tests.services.comprehend.conftest import ended, places, results
from tests.services.direct import error_of


@pytest.mark.parametrize(
    ("text", "language", "sentiment"),
    [
        ("The crew was lovely and the dinner delicious, thank you!", "en", "POSITIVE"),
        ("It broke on the first day and nobody answers, I am furious.", "en", "NEGATIVE"),
        ("The office opens at nine on weekdays.", "en", "NEUTRAL"),
        ("L'accueil était chaleureux et le repas délicieux, merci !", "fr", "POSITIVE"),
        ("Cassé dès le premier jour et personne ne répond, je suis furieux.", "fr", "NEGATIVE"),
        ("Le bureau ouvre à neuf heures en semaine.", "fr", "NEUTRAL"),
        ("Le repas était délicieux, mais le serveur était odieux.", "fr", "MIXED"),
    ],
)
def test_the_sentiment_of_a_clear_sentence(
    comprehend: Any, text: str, language: str, sentiment: str
):
    answer = comprehend.detect_sentiment(Text=text, LanguageCode=language)

    scores = answer["SentimentScore"]
    assert answer["Sentiment"] == sentiment
    assert set(scores) == {"Positive", "Negative", "Neutral", "Mixed"}
    assert sum(scores.values()) == pytest.approx(1)
    assert max(scores, key=scores.get) == sentiment.title()


def test_sentiments_of_a_batch_and_of_a_job_agree(comprehend: Any, s3: Any, bucket: str):
    texts = ["I love it, wonderful!", "What a horrible mess.", "x" * 5001]
    s3.put_object(Bucket=bucket, Key="in/a.txt", Body="\n".join(texts).encode())

    batch = comprehend.batch_detect_sentiment(TextList=texts, LanguageCode="en")
    started = comprehend.start_sentiment_detection_job(LanguageCode="en", **places(bucket, "in/"))
    job = results(s3, ended(comprehend.describe_sentiment_detection_job, started["JobId"]))

    told = [one["Sentiment"] for one in batch["ResultList"]]
    assert told == [one["Sentiment"] for one in job[:2]] == ["POSITIVE", "NEGATIVE"]
    assert [one["Index"] for one in batch["ErrorList"]] == [2]
    assert job[2]["ErrorCode"] == "DOCUMENT_SIZE_EXCEEDED"


def test_a_language_that_was_never_measured_is_refused(comprehend: Any):
    refused = error_of(comprehend.detect_sentiment, Text="Muy bien", LanguageCode="es")

    assert refused["Code"] == "UnsupportedLanguageException"
