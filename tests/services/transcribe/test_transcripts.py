"""What is in transcripts: words, times, channels, alternatives, languages, subtitles."""

from typing import Any

import httpx
import pytest

from tests.recordings import DIALOGUE, ENGLISH, FRENCH, TWO_CHANNELS, as_format, silence
from tests.services.transcribe.conftest import Jobs, fetched


def words(items: list[Any]) -> list[str]:
    return [item["alternatives"][0]["content"] for item in items if item["type"] == "pronunciation"]


def test_words_have_times_and_confidences_and_sentences_have_marks(jobs: Jobs, account: str):
    document = jobs.transcribed(ENGLISH, name="report", LanguageCode="en-US")

    results = document.pop("results")
    assert document == {"jobName": "report", "accountId": account, "status": "COMPLETED"}
    (transcript,) = results["transcripts"]
    assert transcript["transcript"].startswith("Good morning. The quarterly report shows that")
    assert "in September. Please call me back tomorrow afternoon." in transcript["transcript"]
    items = results["items"]
    assert [item["id"] for item in items] == list(range(len(items)))
    assert {
        "id": 2,
        "type": "punctuation",
        "alternatives": [{"confidence": "0.0", "content": "."}],
    } in items
    spoken = [item for item in items if item["type"] == "pronunciation"]
    times = [(float(item["start_time"]), float(item["end_time"])) for item in spoken]
    assert all(start < end for start, end in times)
    assert times == sorted(times)
    september = next(i for i in spoken if i["alternatives"][0]["content"] == "September")
    assert 6.9 < float(september["start_time"]) < 7.4
    assert float(september["alternatives"][0]["confidence"]) > 0.9


def test_audio_segments_are_all_items_in_order(jobs: Jobs):
    results = jobs.transcribed(DIALOGUE, LanguageCode="en-GB")["results"]

    segments = results["audio_segments"]
    assert [segment["id"] for segment in segments] == [0, 1, 2, 3]
    assert segments[1]["transcript"] == "Certainly, what time would you like to come?"
    inside = [number for segment in segments for number in segment["items"]]
    assert inside == list(range(len(results["items"])))
    assert 3.9 < float(segments[1]["start_time"]) < 4.3
    assert 6.2 < float(segments[1]["end_time"]) < 6.7


def test_french_is_written_down(jobs: Jobs):
    results = jobs.transcribed(FRENCH, LanguageCode="fr-FR")["results"]

    assert words(results["items"])[:5] == ["Bonjour", "et", "bienvenue", "à", "Paris"]
    assert "le musée du Louvre et la" in results["transcripts"][0]["transcript"]


def test_the_language_is_identified_among_those_that_are_possible(jobs: Jobs):
    job = jobs.run(FRENCH, IdentifyLanguage=True, LanguageOptions=["en-US", "fr-CA"])

    assert job["LanguageCode"] == "fr-CA"
    assert job["IdentifiedLanguageScore"] > 0.9
    results = fetched(job["Transcript"]["TranscriptFileUri"])["results"]
    assert results["language_code"] == "fr-CA"
    assert [one["code"] for one in results["language_identification"]] == ["fr-CA", "en-US"]


def test_several_languages_are_told_with_their_times(jobs: Jobs):
    both = as_format(
        ENGLISH, "wav", "-i", str(FRENCH), "-filter_complex", "[0][1]concat=n=2:v=0:a=1"
    )

    job = jobs.run(both, IdentifyMultipleLanguages=True, LanguageOptions=["en-US", "fr-FR"])

    told = {one["LanguageCode"]: one["DurationInSeconds"] for one in job["LanguageCodes"]}
    assert 9 < told["en-US"] < 11
    assert 4.5 < told["fr-FR"] < 6.2
    results = fetched(job["Transcript"]["TranscriptFileUri"])["results"]
    languages = [item["language_code"] for item in results["items"]]
    assert (languages[0], languages[-1]) == ("en-US", "fr-FR")


def test_channels_are_heard_apart(jobs: Jobs):
    results = jobs.transcribed(
        TWO_CHANNELS, LanguageCode="en-US", Settings={"ChannelIdentification": True}
    )["results"]

    labels = results["channel_labels"]
    assert labels["number_of_channels"] == 2
    first, second = labels["channels"]
    assert words(first["items"])[-2:] == ["two", "people"]
    assert words(second["items"])[:3] == ["Certainly", "what", "time"]
    assert {item["channel_label"] for item in results["items"]} == {"ch_0", "ch_1"}


def test_alternatives_are_given_by_segments(jobs: Jobs):
    results = jobs.transcribed(
        DIALOGUE,
        LanguageCode="en-US",
        Settings={"ShowAlternatives": True, "MaxAlternatives": 2},
    )["results"]

    assert len(results["segments"]) == 4
    first = results["segments"][0]["alternatives"]
    assert len(first) == 2
    assert first[0]["transcript"] == results["audio_segments"][0]["transcript"]
    assert first[0]["items"][0]["content"] == "Hello"


def test_subtitles_number_and_time_what_is_said(jobs: Jobs):
    job = jobs.run(
        DIALOGUE,
        LanguageCode="en-US",
        Subtitles={"Formats": ["vtt", "srt"], "OutputStartIndex": 1},
    )

    vtt, srt = [httpx.get(url).text for url in job["Subtitles"]["SubtitleFileUris"]]
    assert vtt.startswith("WEBVTT\n\n1\n00:00:00.")
    assert "\n2\n00:00:0" in srt
    assert srt.startswith("1\n00:00:00,")
    assert "Certainly, what time would you like to come?\n" in srt


def test_silence_says_nothing(jobs: Jobs):
    job = jobs.run(silence(3), LanguageCode="en-US", Subtitles={"Formats": ["srt"]})

    results = fetched(job["Transcript"]["TranscriptFileUri"])["results"]
    assert results == {"transcripts": [{"transcript": ""}], "items": [], "audio_segments": []}
    assert job["Subtitles"]["SubtitleFileUris"] == []


@pytest.mark.parametrize(
    "name",
    [
        "mp3",
        "mp4",
        "amr",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("wav", "m4a", "flac", "webm")),
    ],
)
def test_media_of_every_format_are_heard(jobs: Jobs, name: str):
    rate = ("-ar", "8000") if name == "amr" else ()
    short = as_format(ENGLISH, name, "-t", "2", "-ac", "1", *rate)

    job = jobs.run(short, LanguageCode="en-US")

    assert job["MediaFormat"] == name
    results = fetched(job["Transcript"]["TranscriptFileUri"])["results"]
    assert words(results["items"])[:2] == ["Good", "morning"]


@pytest.mark.parametrize(
    "name",
    [
        "mp3",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("ogg", "flac", "webm", "mp4")),
    ],
)
def test_of_a_file_that_is_cut_off_what_is_there_is_heard(jobs: Jobs, name: str):
    whole = as_format(ENGLISH, name, "-t", "4", "-ac", "1")

    job = jobs.run(whole[: len(whole) // 2], LanguageCode="en-US")

    assert job["TranscriptionJobStatus"] == "COMPLETED", job
    results = fetched(job["Transcript"]["TranscriptFileUri"])["results"]
    assert words(results["items"])[:2] == ["Good", "morning"]
    assert float(results["audio_segments"][-1]["end_time"]) < 2.5


def test_speakers_are_told_apart(jobs: Jobs):
    results = jobs.transcribed(
        DIALOGUE,
        LanguageCode="en-US",
        Settings={"ShowSpeakerLabels": True, "MaxSpeakerLabels": 4},
    )["results"]

    labels = results["speaker_labels"]
    assert labels["speakers"] == 2
    said = [segment["speaker_label"] for segment in labels["segments"]]
    assert said == ["spk_0", "spk_1", "spk_0", "spk_1"]
    assert results["audio_segments"][1]["speaker_label"] == "spk_1"
    assert {item["speaker_label"] for item in results["items"]} == {"spk_0", "spk_1"}
