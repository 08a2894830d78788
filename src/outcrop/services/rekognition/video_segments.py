"""StartSegmentDetection and GetSegmentDetection: the shots and technical cues of films.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/segment-api.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.engines.video_frames.interface import BlackLimits, Segment, SegmentKind, VideoInfo
from outcrop.operations import Call
from outcrop.operations.analysis_jobs import ASKED
from outcrop.operations.service_jobs import ServiceJob
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.images import percent
from outcrop.services.rekognition.timecodes import timecode
from outcrop.services.rekognition.videos import (
    EVERY_MS,
    MOST_FRAMES,
    Api,
    Asked,
    Entry,
    as_metadata,
    fetched_video,
    packed,
    video_jobs,
)
from outcrop.storage.records.interface import Document

DEFAULT_MIN_CONFIDENCE_PERCENT = 50.0
"""No answer has a lower one."""
DEFAULT_BLACK_PIXEL, DEFAULT_COVERAGE_PERCENT = 0.2, 99.0
"""Source: https://docs.aws.amazon.com/rekognition/latest/APIReference/API_BlackFrame.html"""
MODEL_VERSION = "1.0"
SHOT, TECHNICAL_CUE = "SHOT", "TECHNICAL_CUE"
FILTERS = {SHOT: "ShotFilter", TECHNICAL_CUE: "TechnicalCueFilter"}
CUES = {
    SegmentKind.BLACK: "BlackFrames",
    SegmentKind.COLOR_BARS: "ColorBars",
    SegmentKind.OPENING_CREDITS: "OpeningCredits",
    SegmentKind.END_CREDITS: "EndCredits",
}


async def _check(_call: Call, request: Asked) -> None:
    kinds, filters = request["SegmentTypes"], request.get("Filters", {})
    if len(set(kinds)) < len(kinds) or any(
        name in filters and kind not in kinds for kind, name in FILTERS.items()
    ):
        raise shapes.InvalidParameterException("Request has invalid parameters")


async def _work(job: ServiceJob) -> Mapping[str, Any]:
    asked = job.document[ASKED]
    black = asked.get("Filters", {}).get(FILTERS[TECHNICAL_CUE], {}).get("BlackFrame", {})
    async with fetched_video(job) as video:
        told = await job.call.backends.engines.video_frames.segment(
            video,
            black=BlackLimits(
                most_luma=black.get("MaxPixelThreshold", DEFAULT_BLACK_PIXEL),
                least_share=black.get("MinCoveragePercentage", DEFAULT_COVERAGE_PERCENT) / 100,
            ),
            find_credits=TECHNICAL_CUE in asked["SegmentTypes"],
            most_seconds=MOST_FRAMES * EVERY_MS / 1000,
        )
    return {
        "metadata": as_metadata(told.info),
        "audio": [
            {
                "Codec": each.codec,
                "DurationMillis": each.duration_ms,
                "SampleRate": each.sample_rate,
                "NumberOfChannels": each.channels,
            }
            for each in told.audio
        ],
        "found": packed(
            [
                entry
                for kind in (TECHNICAL_CUE, SHOT)
                if kind in asked["SegmentTypes"]
                for entry in _entries(kind, told.segments, told.info, asked)
            ]
        ),
    }


def _entries(kind: str, segments: Sequence[Segment], info: VideoInfo, asked: Asked) -> list[Entry]:
    """Return the segments of a kind that are sure enough, by time."""
    wanted = asked.get("Filters", {}).get(FILTERS[kind], {})
    least = wanted.get("MinSegmentConfidence", DEFAULT_MIN_CONFIDENCE_PERCENT)
    chosen = sorted(
        (each for each in segments if (each.kind is SegmentKind.SHOT) == (kind == SHOT)),
        key=lambda each: each.first,
    )
    entries: list[Entry] = []
    for number, segment in enumerate(chosen):
        confidence = percent(segment.score)
        told: Entry = (
            {"ShotSegment": {"Index": number, "Confidence": confidence}}
            if kind == SHOT
            else {"TechnicalCueSegment": {"Type": CUES[segment.kind], "Confidence": confidence}}
        )
        if confidence >= least:
            entries.append({"Type": kind, **_places(segment, info.frames_per_second), **told})
    return entries


def _places(segment: Segment, rate: float) -> Entry:
    """Return where a segment is, in AWS's three ways; durations are from frame to frame."""
    first, last = segment.first, segment.last
    start, end = _milliseconds(first, rate), _milliseconds(last, rate)
    return {
        "StartTimestampMillis": start,
        "EndTimestampMillis": end,
        "DurationMillis": end - start,
        "StartTimecodeSMPTE": timecode(first, rate),
        "EndTimecodeSMPTE": timecode(last, rate),
        "DurationSMPTE": timecode(last - first, rate),
        "StartFrameNumber": first,
        "EndFrameNumber": last,
        "DurationFrames": last - first,
    }


def _milliseconds(frame: int, rate: float) -> int:
    return int(frame * 1000 / rate + 1e-6) if rate else 0


def _metadata(document: Document) -> Mapping[str, Any]:
    return {"VideoMetadata": [document["metadata"]], "AudioMetadata": document["audio"]}


def _selected(_call: Call, _request: Asked, document: Document) -> Mapping[str, Any]:
    return {
        "SelectedSegmentTypes": [
            {"Type": kind, "ModelVersion": MODEL_VERSION}
            for kind in document[ASKED]["SegmentTypes"]
        ]
    }


SEGMENTS = video_jobs(
    "StartSegmentDetection",
    "segment-detection-job",
    _work,
    Api(results="Segments", check=_check, metadata=_metadata, more=_selected),
)
start_segment_detection, get_segment_detection = SEGMENTS.start, SEGMENTS.get
