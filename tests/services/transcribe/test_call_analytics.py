"""Call analytics: what is told of a call, which categories it belongs to, what is refused."""

import json
import time
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from tests.recordings import CALL, ENGLISH, as_format, silence
from tests.services.direct import error_of
from tests.services.transcribe.conftest import Jobs, fetched
from tests.small_weights import small_weights

ENGLISH_ONLY = {"LanguageOptions": ["en-US", "fr-FR"]}
DEFINITIONS = [
    {"ChannelId": 0, "ParticipantRole": "AGENT"},
    {"ChannelId": 1, "ParticipantRole": "CUSTOMER"},
]
CATEGORIES: Mapping[str, list[dict[str, Any]]] = {
    "greeted": [
        {
            "TranscriptFilter": {
                "TranscriptFilterType": "EXACT",
                "Targets": ["thank you for calling", "welcome"],
                "ParticipantRole": "AGENT",
                "AbsoluteTimeRange": {"First": 5000},
            }
        }
    ],
    "thanked-late": [
        {
            "TranscriptFilter": {
                "TranscriptFilterType": "EXACT",
                "Targets": ["thank you"],
                "RelativeTimeRange": {"StartPercentage": 20, "EndPercentage": 60},
            }
        }
    ],
    "interrupted": [{"InterruptionFilter": {"ParticipantRole": "AGENT", "Threshold": 1000}}],
    "customer-interrupts": [{"InterruptionFilter": {"ParticipantRole": "CUSTOMER"}}],
    "long-hold": [{"NonTalkTimeFilter": {"Threshold": 4000}}],
    "longer-hold": [{"NonTalkTimeFilter": {"Threshold": 10000}}],
    "happy-end": [
        {
            "SentimentFilter": {
                "Sentiments": ["POSITIVE"],
                "ParticipantRole": "CUSTOMER",
                "AbsoluteTimeRange": {"Last": 5000},
            }
        },
        {
            "TranscriptFilter": {
                "TranscriptFilterType": "EXACT",
                "Targets": ["lawyer"],
                "Negate": True,
            }
        },
    ],
}


@pytest.fixture(scope="module", autouse=True)
def language_weights() -> None:
    small_weights()


class Calls:
    """Starts call analytics jobs and waits for their ends."""

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        self.transcribe = jobs.transcribe

    def start(self, content: Any, name: str = "call", **request: Any) -> Any:
        """Start a job on a file and return what is told of it at once."""
        given = {"Settings": ENGLISH_ONLY, "ChannelDefinitions": DEFINITIONS, **request}
        return self.transcribe.start_call_analytics_job(
            CallAnalyticsJobName=name,
            Media={"MediaFileUri": self.jobs.upload(content, "media")},
            **given,
        )["CallAnalyticsJob"]

    def run(self, content: Any, name: str = "call", **request: Any) -> Any:
        """Return a job that was started on a file, once it has ended."""
        self.start(content, name, **request)
        while True:
            answer = self.transcribe.get_call_analytics_job(CallAnalyticsJobName=name)
            job = answer["CallAnalyticsJob"]
            if job["CallAnalyticsJobStatus"] in ("COMPLETED", "FAILED"):
                return job
            time.sleep(0.05)


@pytest.fixture
def calls(jobs: Jobs) -> Calls:
    return Calls(jobs)


def near(millis: int, seconds: float) -> bool:
    return abs(millis / 1000 - seconds) < 0.5


def check_characteristics(told: Any, turns: list[Any]) -> None:
    """Compare what is told of `CALL` with what was recorded."""
    (hold,) = told["NonTalkTime"]["Instances"]
    assert near(hold["BeginOffsetMillis"], 14.6)
    assert near(hold["EndOffsetMillis"], 20.1)
    assert told["NonTalkTime"]["TotalTimeMillis"] == hold["DurationMillis"]
    by_interrupter = told["Interruptions"]["InterruptionsByInterrupter"]
    assert list(by_interrupter) == ["AGENT"]
    assert near(by_interrupter["AGENT"][0]["BeginOffsetMillis"], 13.05)
    assert told["Interruptions"]["TotalCount"] == 1
    assert told["TotalConversationDurationMillis"] == turns[-1]["EndOffsetMillis"]
    talked = told["TalkTime"]["DetailsByParticipant"]
    assert 7500 < talked["AGENT"]["TotalTimeMillis"] < 10500
    assert 7000 < talked["CUSTOMER"]["TotalTimeMillis"] < 9500
    assert told["TalkTime"]["TotalTimeMillis"] == sum(
        one["TotalTimeMillis"] for one in talked.values()
    )
    speeds = told["TalkSpeed"]["DetailsByParticipant"]
    assert 150 < speeds["CUSTOMER"]["AverageWordsPerMinute"] < 280
    moods = told["Sentiment"]
    assert moods["OverallSentiment"]["CUSTOMER"] == 0.0
    quarters = moods["SentimentByPeriod"]["QUARTER"]["CUSTOMER"]
    assert [quarter.get("Score") for quarter in quarters] == [None, -5.0, None, 5.0]
    assert quarters[-1]["EndOffsetMillis"] == turns[-1]["EndOffsetMillis"]


def test_a_call_is_told_turn_by_turn_with_moods_silences_and_interruptions(
    calls: Calls, account: str
):
    for name, rules in CATEGORIES.items():
        calls.transcribe.create_call_analytics_category(CategoryName=name, Rules=rules)

    job = calls.run(CALL)

    assert (job["LanguageCode"], job["MediaFormat"]) == ("en-US", "ogg")
    assert job["ChannelDefinitions"] == DEFINITIONS
    assert job["IdentifiedLanguageScore"] > 0.9
    document = fetched(job["Transcript"]["TranscriptFileUri"])
    turns = document["Transcript"]
    assert [(turn["ParticipantRole"], turn["Sentiment"]) for turn in turns] == [
        ("AGENT", turns[0]["Sentiment"]),
        ("CUSTOMER", "NEGATIVE"),
        ("AGENT", turns[2]["Sentiment"]),
        ("AGENT", turns[3]["Sentiment"]),
        ("CUSTOMER", "POSITIVE"),
    ]
    assert turns[1]["Content"] == (
        "I am very angry. My heating is broken, it is terrible, and nobody came to repair it last"
        " week."
    )
    assert turns[1]["Items"][0].items() >= {"Type": "pronunciation", "Content": "I"}.items()
    assert turns[1]["Items"][4] == {"Type": "punctuation", "Content": "."}
    assert near(turns[1]["BeginOffsetMillis"], 7.8)
    assert near(turns[1]["EndOffsetMillis"], 14.2)
    assert len(turns[1]["LoudnessScores"]) == 7
    agent, customer = (max(turn["LoudnessScores"]) for turn in turns[:2])
    assert 60 < customer < agent - 3 < 97

    check_characteristics(document["ConversationCharacteristics"], turns)
    categories = document["Categories"]
    assert categories["MatchedCategories"] == ["greeted", "happy-end", "interrupted", "long-hold"]
    (greeting,) = categories["MatchedDetails"]["greeted"]["PointsOfInterest"]
    assert near(greeting["BeginOffsetMillis"], 0.3)
    assert near(greeting["EndOffsetMillis"], 1.1)
    del document["Transcript"], document["ConversationCharacteristics"], document["Categories"]
    assert document == {
        "JobStatus": "COMPLETED",
        "LanguageCode": "en-US",
        "AccountId": account,
        "Channel": "VOICE",
        "JobName": "call",
        "Participants": [{"ParticipantRole": "AGENT"}, {"ParticipantRole": "CUSTOMER"}],
        "ContentMetadata": {"Output": "Raw"},
    }

    calls.transcribe.delete_call_analytics_job(CallAnalyticsJobName="call")
    assert httpx.get(job["Transcript"]["TranscriptFileUri"]).status_code == 404


def test_a_redacted_call_names_nobody_and_lies_beside_the_other(calls: Calls):
    redaction = {"RedactionType": "PII", "RedactionOutput": "redacted_and_unredacted"}
    short = as_format(CALL, "wav", "-t", "7.2")

    job = calls.run(
        short,
        OutputLocation=f"s3://{calls.jobs.bucket}/calls",
        Settings={**ENGLISH_ONLY, "ContentRedaction": redaction},
        ChannelDefinitions=[
            {"ChannelId": 1, "ParticipantRole": "AGENT"},
            {"ChannelId": 0, "ParticipantRole": "CUSTOMER"},
        ],
    )

    places = {name: uri.partition(calls.jobs.bucket)[2] for name, uri in job["Transcript"].items()}
    assert places == {
        "TranscriptFileUri": "/calls/analytics/call.json",
        "RedactedTranscriptFileUri": "/calls/redacted-analytics/call.json",
    }
    body = calls.jobs.s3.get_object(
        Bucket=calls.jobs.bucket, Key="calls/redacted-analytics/call.json"
    )["Body"]
    document = json.load(body)
    assert document["ContentMetadata"] == {"Output": "Redacted", "RedactionTypes": ["PII"]}
    (turn,) = document["Transcript"]
    assert turn["ParticipantRole"] == "CUSTOMER"
    assert "My name is [PII]. How can I help you" in turn["Content"]
    (item,) = (item for item in turn["Items"] if "Redaction" in item)
    assert turn["Redaction"] == {
        "RedactedTimestamps": [
            [{name: item[name] for name in ("BeginOffsetMillis", "EndOffsetMillis")}]
        ]
    }
    (redacted,) = item["Redaction"]
    assert (redacted["Type"], redacted["Category"]) == ("NAME", "PII")


def test_jobs_are_listed_filtered_and_deleted(calls: Calls):
    quiet = as_format(CALL, "wav", "-ss", "15.5", "-t", "4")
    first, second = (calls.run(quiet, name) for name in ("first", "second"))
    listing = calls.transcribe.list_call_analytics_jobs

    def names(**request: Any) -> list[str]:
        summaries = listing(**request)["CallAnalyticsJobSummaries"]
        return [one["CallAnalyticsJobName"] for one in summaries]

    assert names() == ["second", "first"]
    assert names(JobNameContains="IRS") == ["first"]
    assert names(Status="COMPLETED") == []
    assert names(MaxResults=1, NextToken=listing(MaxResults=1)["NextToken"]) == ["first"]
    assert first["FailureReason"].startswith("Your audio file must have a speech segment")
    assert second.keys() & {"Transcript", "LanguageCode"} == set()
    calls.transcribe.delete_call_analytics_job(CallAnalyticsJobName="first")
    assert names() == ["second"]
    assert error_of(calls.transcribe.get_call_analytics_job, CallAnalyticsJobName="first") == {
        "Code": "BadRequestException",
        "Message": "The requested job couldn't be found. Check the job name and try your request"
        " again.",
    }


def test_a_recording_of_one_channel_is_no_call(calls: Calls):
    job = calls.run(as_format(ENGLISH, "wav", "-t", "2"))

    assert (job["CallAnalyticsJobStatus"], job["FailureReason"]) == (
        "FAILED",
        "Invalid number of channels: call analytics needs one for each participant",
    )


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (
            {"Settings": {"Summarization": {"GenerateAbstractiveSummary": True}}},
            "Outcrop sums up no calls: leave Summarization out, or turn it off.",
        ),
        (
            {"Settings": {"VocabularyFilterName": "words"}},
            "If you specify VocabularyFilterName or VocabularyFilterMethod, you must specify both"
            " of them.",
        ),
        (
            {"ChannelDefinitions": [DEFINITIONS[0], DEFINITIONS[0]]},
            "Each of the ChannelDefinitions needs a ChannelId of its own.",
        ),
        (
            {"ChannelDefinitions": [DEFINITIONS[0], {}]},
            "Each of the ChannelDefinitions needs a ChannelId of its own.",
        ),
        (
            {"OutputLocation": "s3://nobody-s-bucket/calls/"},
            "The specified S3 bucket can't be accessed. Make sure that you have write permission"
            " and try your request again.",
        ),
    ],
    ids=["summary", "half a pair", "channels", "a channel without a number", "output"],
)
def test_what_no_job_can_do_is_refused(calls: Calls, request_: dict[str, Any], message: str):
    error = error_of(calls.start, content=silence(0.5), **request_)

    assert error == {"Code": "BadRequestException", "Message": message}


def test_categories_are_kept_changed_listed_and_deleted(transcribe: Any, account: str):
    rules = CATEGORIES["long-hold"]
    tags = [{"Key": "team", "Value": "blue"}]
    made = transcribe.create_call_analytics_category(CategoryName="one", Rules=rules, Tags=tags)
    transcribe.create_call_analytics_category(
        CategoryName="two", Rules=rules, InputType="REAL_TIME"
    )

    assert made["CategoryProperties"].items() >= {"InputType": "POST_CALL", "Tags": tags}.items()
    changed = transcribe.update_call_analytics_category(
        CategoryName="one", Rules=CATEGORIES["greeted"]
    )["CategoryProperties"]
    assert changed["Rules"] == CATEGORIES["greeted"]
    assert changed["LastUpdateTime"] > changed["CreateTime"]
    assert transcribe.get_call_analytics_category(CategoryName="one")["CategoryProperties"] == (
        changed
    )
    listed = transcribe.list_call_analytics_categories()["Categories"]
    assert [one["CategoryName"] for one in listed] == ["one", "two"]
    arn = f"arn:aws:transcribe:us-east-1:{account}:analytics-category/one"
    assert transcribe.list_tags_for_resource(ResourceArn=arn)["Tags"] == tags
    transcribe.delete_call_analytics_category(CategoryName="one")
    assert error_of(transcribe.get_call_analytics_category, CategoryName="one") == {
        "Code": "NotFoundException",
        "Message": "The requested category couldn't be found. Check the category name and try your"
        " request again.",
    }
    again = error_of(transcribe.create_call_analytics_category, CategoryName="two", Rules=rules)
    assert again["Code"] == "ConflictException"


@pytest.mark.parametrize(
    ("times", "message"),
    [
        (
            {"AbsoluteTimeRange": {"StartTime": 5}},
            "If you specify StartTime or EndTime, you must specify both of them.",
        ),
        (
            {"RelativeTimeRange": {"StartPercentage": 50, "EndPercentage": 20}},
            "StartPercentage must be less than EndPercentage.",
        ),
        (
            {"AbsoluteTimeRange": {"First": 5}, "RelativeTimeRange": {"Last": 5}},
            "A rule can have an AbsoluteTimeRange or a RelativeTimeRange, and not both of them.",
        ),
    ],
    ids=["half", "backwards", "both"],
)
def test_times_of_rules_must_make_sense(transcribe: Any, times: dict[str, Any], message: str):
    error = error_of(
        transcribe.create_call_analytics_category,
        CategoryName="one",
        Rules=[{"NonTalkTimeFilter": times}],
    )

    assert error == {"Code": "BadRequestException", "Message": message}
