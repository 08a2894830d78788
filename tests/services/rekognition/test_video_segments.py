"""StartSegmentDetection and GetSegmentDetection on films whose segments the tests know."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.films import run
from tests.services.rekognition.video_jobs import PutVideo, ended

BOTH = ["TECHNICAL_CUE", "SHOT"]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Half a second each of bars, black, something that moves and something else; with a tone."""
    target: Path = tmp_path_factory.mktemp("film") / "film.mov"
    sources = ("smptebars", "color=black", "testsrc2", "rgbtestsrc")
    given = [
        part
        for source in sources
        for part in ("-f", "lavfi", "-i", f"{source}{':' if '=' in source else '='}s=160x120")
    ]
    cut = "".join(
        f"[{number}:v]fps=30000/1001,trim=end_frame=15,setpts=PTS-STARTPTS,"
        f"format=yuv420p,setsar=1[v{number}];"
        for number in range(4)
    )
    run(
        *(*given, "-f", "lavfi", "-i", "sine=d=2:r=44100"),
        *("-filter_complex", f"{cut}[v0][v1][v2][v3]concat=n=4:v=1[v]"),
        *("-map", "[v]", "-map", "4:a", "-r", "30000/1001", str(target)),
    )
    return target.read_bytes()


def segments(rekognition: Any, video: dict[str, Any], kinds: list[str], **filters: Any) -> Any:
    job = rekognition.start_segment_detection(Video=video, SegmentTypes=kinds, Filters=filters)
    return ended(rekognition.get_segment_detection, job["JobId"])


def test_cues_and_shots_are_told_in_three_ways(rekognition: Any, put_video: PutVideo, film: bytes):
    answer = segments(rekognition, put_video("film.mov", film), BOTH)

    told = [
        (
            each.get("TechnicalCueSegment", {}).get("Type") or each["ShotSegment"]["Index"],
            each["StartFrameNumber"],
            each["EndFrameNumber"],
        )
        for each in answer["Segments"]
    ]
    assert told == [
        ("ColorBars", 0, 14),
        ("BlackFrames", 15, 29),
        (0, 0, 14),
        (1, 15, 29),
        (2, 30, 44),
        (3, 45, 59),
    ]
    last = answer["Segments"][-1]
    assert last.pop("ShotSegment")["Confidence"] > 80
    assert last == {
        "Type": "SHOT",
        "StartTimestampMillis": 1501,  # 45 frames of 1001 / 30 milliseconds, rounded down
        "EndTimestampMillis": 1968,
        "DurationMillis": 467,
        "StartTimecodeSMPTE": "00:00:01;15",
        "EndTimecodeSMPTE": "00:00:01;29",
        "DurationSMPTE": "00:00:00;14",
        "StartFrameNumber": 45,
        "EndFrameNumber": 59,
        "DurationFrames": 14,
    }
    assert answer["SelectedSegmentTypes"] == [
        {"Type": kind, "ModelVersion": "1.0"} for kind in BOTH
    ]
    (metadata,), (audio,) = answer["VideoMetadata"], answer["AudioMetadata"]
    assert metadata["FrameRate"] == pytest.approx(29.97003)
    assert (metadata["Format"], metadata["FrameWidth"]) == ("QuickTime / MOV", 160)
    assert (audio["Codec"], audio["SampleRate"], audio["NumberOfChannels"]) == ("aac", 44100, 1)
    assert audio["DurationMillis"] == pytest.approx(2000, abs=50)


def test_filters_decide_what_is_told(rekognition: Any, put_video: PutVideo, film: bytes):
    video = put_video("film.mov", film)

    none = {"MinSegmentConfidence": 100, "BlackFrame": {"MinCoveragePercentage": 100}}
    shots = segments(rekognition, video, ["SHOT"], ShotFilter={"MinSegmentConfidence": 100})
    cues = segments(rekognition, video, ["TECHNICAL_CUE"], TechnicalCueFilter=none)
    light = segments(
        rekognition,
        video,
        ["TECHNICAL_CUE"],
        TechnicalCueFilter={"BlackFrame": {"MaxPixelThreshold": 1, "MinCoveragePercentage": 100}},
    )

    assert all(each["ShotSegment"]["Confidence"] == 100 for each in shots["Segments"])
    assert {each["Type"] for each in cues["Segments"]} == {"TECHNICAL_CUE"}
    (everything,) = light["Segments"]  # Now all is black.
    assert everything["TechnicalCueSegment"] == {"Type": "BlackFrames", "Confidence": 100}
    assert (everything["StartFrameNumber"], everything["EndFrameNumber"]) == (0, 59)


def test_pages_hold_what_they_are_asked_for(rekognition: Any, put_video: PutVideo, film: bytes):
    job = rekognition.start_segment_detection(
        Video=put_video("film.mov", film), SegmentTypes=["SHOT"], JobTag="cuts"
    )["JobId"]
    whole = ended(rekognition.get_segment_detection, job)

    first = rekognition.get_segment_detection(JobId=job, MaxResults=3)
    second = rekognition.get_segment_detection(JobId=job, NextToken=first["NextToken"])

    assert (len(first["Segments"]), whole["JobTag"]) == (3, "cuts")
    assert first["Segments"] + second["Segments"] == whole["Segments"]
    assert second["AudioMetadata"] == whole["AudioMetadata"]
    assert "NextToken" not in second


@pytest.mark.parametrize(
    "asked",
    [
        {"SegmentTypes": ["SHOT", "SHOT"]},
        {"SegmentTypes": ["SHOT"], "Filters": {"TechnicalCueFilter": {}}},
    ],
)
def test_requests_that_contradict_themselves_are_refused(
    rekognition: Any, put_video: PutVideo, asked: dict[str, Any]
):
    with pytest.raises(ClientError) as caught:
        rekognition.start_segment_detection(Video=put_video("film.mov", b""), **asked)

    assert caught.value.response["Error"] == {
        "Code": "InvalidParameterException",
        "Message": "Request has invalid parameters",
    }


def test_a_film_that_is_cut_short_fails_with_a_reason(
    rekognition: Any, put_video: PutVideo, film: bytes
):
    answer = segments(rekognition, put_video("film.mov", film[: len(film) // 2]), BOTH)

    assert answer["JobStatus"] == "FAILED"
    assert answer["StatusMessage"] == "It is no film in an MP4, QuickTime or AVI file."
    assert "Segments" not in answer
