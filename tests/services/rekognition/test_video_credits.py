"""Opening and end credits that GetSegmentDetection tells."""

from typing import Any

import pytest

from tests.credit_films import RATE, Style, blank, card, film, scene, scroll, written_on
from tests.services.rekognition.video_jobs import PutVideo, ended

SIZE = 480, 270
LIGHT = Style(height=0.06)
ROLL = (("Editor", "Elsa Duval"), ("Sound", "Marco Rossi"), ("Casting", "Olga Petrov")) * 3


@pytest.fixture(scope="module")
def with_credits() -> bytes:
    """Two cards of 24 frames each, scenes until frame 119, black, and lines that rise."""
    return film(
        [
            card(["Directed by", "Anna Moreau"], SIZE, 2, LIGHT),
            card(["Music", "Paul Okafor", "Mei Tanaka"], SIZE, 2, LIGHT),
            scene("coffee.png", SIZE, 3),
            scene("chelsea.png", SIZE, 3),
            blank(SIZE, 1),
            scroll(ROLL, SIZE, 5, LIGHT),
        ]
    )


def cues(rekognition: Any, video: dict[str, Any], **technical: Any) -> list[dict[str, Any]]:
    job = rekognition.start_segment_detection(
        Video=video, SegmentTypes=["TECHNICAL_CUE"], Filters={"TechnicalCueFilter": technical}
    )
    return ended(rekognition.get_segment_detection, job["JobId"])["Segments"]


def credits_among(segments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in segments if "Credits" in each["TechnicalCueSegment"]["Type"]]


def test_credits_are_cues_with_timecodes(
    rekognition: Any, put_video: PutVideo, with_credits: bytes
):
    opening, end = credits_among(cues(rekognition, put_video("film.mp4", with_credits)))

    cue = opening.pop("TechnicalCueSegment")
    assert cue["Type"] == "OpeningCredits"
    assert 50 <= cue["Confidence"] < 100
    assert opening == {
        "Type": "TECHNICAL_CUE",
        "StartTimestampMillis": 0,
        "EndTimestampMillis": 3916,  # 47 frames of 1000 / 12 milliseconds, rounded down
        "DurationMillis": 3916,
        "StartTimecodeSMPTE": "00:00:00:00",
        "EndTimecodeSMPTE": "00:00:03:11",
        "DurationSMPTE": "00:00:03:11",
        "StartFrameNumber": 0,
        "EndFrameNumber": 47,
        "DurationFrames": 47,
    }
    assert end["TechnicalCueSegment"]["Type"] == "EndCredits"
    assert end["StartFrameNumber"] == pytest.approx(11 * RATE, abs=RATE)
    assert end["EndFrameNumber"] == pytest.approx(16 * RATE - 1, abs=RATE / 2)


def test_credits_that_are_less_sure_than_wanted_are_not_told(
    rekognition: Any, put_video: PutVideo, with_credits: bytes
):
    video = put_video("film.mp4", with_credits)
    both = [
        each["TechnicalCueSegment"]["Confidence"]
        for each in credits_among(cues(rekognition, video))
    ]
    least = sum(both) / 2

    told = credits_among(cues(rekognition, video, MinSegmentConfidence=least))

    assert min(both) < least < max(both)
    assert [each["TechnicalCueSegment"]["Confidence"] for each in told] == [max(both)]


def test_subtitles_and_a_single_title_are_no_cues(rekognition: Any, put_video: PutVideo):
    said = [["I never saw him again."], ["Wait for me, please!"]]
    titled = film(
        [
            card(["THE LONG WAY"], SIZE, 2.5, Style(height=0.12)),
            written_on(scene("coffee.png", SIZE, 4), said, LIGHT, place=(0.5, 0.88)),
            written_on(scene("chelsea.png", SIZE, 4), said, LIGHT, place=(0.5, 0.88)),
        ]
    )

    assert credits_among(cues(rekognition, put_video("film.mp4", titled))) == []
