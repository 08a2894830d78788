"""Jobs over films: what Start… begins and Get… tells, whatever is looked for in their frames.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/api-video.html
"""

import asyncio
import json
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.aws.user_json import read_json
from outcrop.engines.video_frames.interface import VideoInfo
from outcrop.operations import Call
from outcrop.operations.analysis_jobs import TokenReusedError, begin, fetched, news_of
from outcrop.operations.paging import from_token, to_token
from outcrop.operations.service_jobs import JobFamily, JobStates, ServiceJob
from outcrop.services.rekognition import shapes

SERVICE = "rekognition"
STATES = JobStates(waiting="WAITING", working="IN_PROGRESS", done="SUCCEEDED", failed="FAILED")
EVERY_MS = 500
"""From one frame that is looked at to the next."""
MOST_FRAMES = 7200
"""Of one film: an hour's."""
MOST_BYTES = 10 << 30
"""Source: https://docs.aws.amazon.com/rekognition/latest/dg/limits.html"""
MOST_RESULTS = 1000

Find = Callable[[Call, Mapping[str, Any], bytes], Awaitable[Sequence[Any]]]
"""Returns what a job finds in a frame: (call, request, JPEG file)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """One kind of job."""

    family: JobFamily
    results: str
    """The member of answers that holds what was found: `Labels`."""
    item: str
    """The member of each of them that holds the thing itself: `Label`."""


def api(operation: str, kind: str, find: Find, *, results: str, item: str) -> Api:
    """Return a kind of job.

    Args:
        operation: That begins it: `StartLabelDetection`.
        kind: Of its records.
        find: Finds what is looked for in a frame.
        results: See `Api`, as is `item`.
        item: See there.
    """

    async def work(job: ServiceJob) -> Mapping[str, Any]:
        return await _work(job, find, item)

    family = JobFamily(
        service=SERVICE,
        kind=kind,
        operation=operation,
        states=STATES,
        work=work,
        news=partial(news_of, member="Video"),
    )
    return Api(family=family, results=results, item=item)


async def start(call: Call, which: Api, request: Mapping[str, Any]) -> str:
    """Begin a job and return its id, or that of the one which has the request's token.

    Raises:
        InvalidS3ObjectException: The film is not there.
        VideoTooLargeException: It has too many bytes.
        IdempotentParameterMismatchException: The token was used for something else.
    """
    place = request["Video"].get("S3Object", {})
    if not place.get("Bucket") or not place.get("Name"):
        raise shapes.InvalidParameterException("Request has invalid parameters")
    version = {"VersionId": place["Version"]} if "Version" in place else {}
    try:
        head = await call.ask(
            "s3", "HeadObject", Bucket=place["Bucket"], Key=place["Name"], **version
        )
    except ServiceError as error:
        raise shapes.InvalidS3ObjectException(
            "Unable to get object metadata from S3. Check object key, region and/or access"
            " permissions."
        ) from error
    if head["ContentLength"] > MOST_BYTES:
        raise shapes.VideoTooLargeException(f"The video has more than {MOST_BYTES} bytes.")
    try:
        job = await begin(call, which.family, request)
    except TokenReusedError as error:
        raise shapes.IdempotentParameterMismatchException(
            "The ClientRequestToken was used with other parameters."
        ) from error
    return job.name


async def told(call: Call, which: Api, request: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a Get operation answers.

    Raises:
        ResourceNotFoundException: There is no such job of this kind.
        InvalidPaginationTokenException: The token is not one of ours.
    """
    job = await call.backends.records.find(which.family.scope(call), request["JobId"])
    if job is None:
        raise shapes.ResourceNotFoundException("Could not find JobId")
    document = job.document
    answer: dict[str, Any] = {
        "JobId": job.name,
        "Video": document["asked"]["Video"],
        "JobStatus": "IN_PROGRESS",
    }
    if "JobTag" in document["asked"]:
        answer["JobTag"] = document["asked"]["JobTag"]
    if document["status"] == STATES.failed:
        return {**answer, "JobStatus": "FAILED", "StatusMessage": document["message"]}
    if document["status"] != STATES.done:
        return answer
    found = _arranged(which, request, read_json(zlib.decompress(document["found"])))
    start_at = _place(request, len(found))
    limit = min(request.get("MaxResults", MOST_RESULTS), MOST_RESULTS)
    answer |= {
        "JobStatus": "SUCCEEDED",
        "VideoMetadata": document["metadata"],
        which.results: found[start_at : start_at + limit],
    }
    if start_at + limit < len(found):
        answer["NextToken"] = to_token(str(start_at + limit))
    return answer


def request_metadata(request: Mapping[str, Any]) -> Any:
    """Return how a Get operation was asked to arrange what it tells."""
    return {
        "SortBy": request.get("SortBy", "TIMESTAMP"),
        "AggregateBy": request.get("AggregateBy", "TIMESTAMPS"),
    }


def _arranged(which: Api, request: Mapping[str, Any], found: list[Any]) -> list[Any]:
    """Return results by time or by name, alone or gathered into segments."""
    if request.get("AggregateBy") == "SEGMENTS":
        found = _segments(which, found)
    if request.get("SortBy") == "NAME":
        found = sorted(found, key=lambda each: (each[which.item]["Name"], each["Timestamp"]))
    return found


def _segments(which: Api, found: list[Any]) -> list[Any]:
    """Gather what is seen in frames without a gap, with the surest that is seen of it."""
    segments: list[Any] = []
    latest: dict[str, Any] = {}
    for each in found:
        name, at = each[which.item]["Name"], each["Timestamp"]
        segment = latest.get(name)
        if segment is None or at > segment["EndTimestampMillis"] + EVERY_MS:
            segment = {"Timestamp": at, "StartTimestampMillis": at, which.item: each[which.item]}
            latest[name] = segment
            segments.append(segment)
        segment["EndTimestampMillis"] = at
        segment["DurationMillis"] = at - segment["StartTimestampMillis"]
        if each[which.item]["Confidence"] > segment[which.item]["Confidence"]:
            segment[which.item] = each[which.item]
    for segment in segments:  # A segment is more than one frame: boxes of one would mislead.
        segment[which.item] = {**segment[which.item], **_NO_INSTANCES.get(which.item, {})}
    return segments


_NO_INSTANCES: Mapping[str, Mapping[str, Any]] = {"Label": {"Instances": []}}


def _place(request: Mapping[str, Any], count: int) -> int:
    refusal = shapes.InvalidPaginationTokenException("The pagination token is not valid.")
    place = from_token(request.get("NextToken"), error=refusal) or "0"
    if not place.isdecimal() or int(place) > count:
        raise refusal
    return int(place)


async def _work(job: ServiceJob, find: Find, item: str) -> Mapping[str, Any]:
    """Look at a film frame by frame and return what its record gets."""
    asked = job.document["asked"]
    found: list[Any] = []
    async with fetched(job, "Video", limit=MOST_BYTES) as video:
        frames = video.with_name("frames")
        frames.mkdir()
        info = await job.call.backends.engines.video_frames.split(
            video, frames, every_ms=EVERY_MS, most_frames=MOST_FRAMES
        )
        video.unlink()
        for number, frame in enumerate(sorted(frames.iterdir())):
            seen = await find(job.call, asked, await asyncio.to_thread(frame.read_bytes))
            found += [{"Timestamp": number * EVERY_MS, item: each} for each in seen]
            frame.unlink()
    return {
        "metadata": _metadata(info),
        "found": zlib.compress(json.dumps(found).encode()),
    }


def _metadata(info: VideoInfo) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "Codec": info.codec,
        "DurationMillis": info.duration_ms,
        "Format": "QuickTime / MOV",
        "FrameRate": info.frames_per_second,
        "FrameHeight": info.height,
        "FrameWidth": info.width,
    }
    if info.color_range:
        metadata["ColorRange"] = info.color_range.upper()
    return metadata
