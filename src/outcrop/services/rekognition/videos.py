"""Jobs over films: what Start… begins and Get… tells, whatever is looked for in their frames.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/api-video.html
"""

import asyncio
import json
import zlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from outcrop.aws.user_json import read_json
from outcrop.engines.video_frames.interface import VideoInfo
from outcrop.operations import Call, Operation
from outcrop.operations.analysis_jobs import ASKED, TokenReusedError, begin, fetched, news_of
from outcrop.operations.paging import from_token, to_token
from outcrop.operations.service_jobs import JobFamily, JobStates, ServiceJob, Work
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.images import object_size
from outcrop.storage.records.interface import Document

SERVICE = "rekognition"
STATES = JobStates(waiting="WAITING", working="IN_PROGRESS", done="SUCCEEDED", failed="FAILED")
EVERY_MS = 500
"""From one frame that is looked at to the next."""
MOST_FRAMES = 7200
"""Of one film: an hour's."""
MOST_BYTES = 10 << 30
"""Source: https://docs.aws.amazon.com/rekognition/latest/dg/limits.html"""
MOST_RESULTS = 1000
FORMATS = {"mov": "QuickTime / MOV", "avi": "AVI"}

Entry = dict[str, Any]
"""One thing that was found, as a Get operation tells it."""
Look = Callable[[bytes], Awaitable[Sequence[Entry]]]
"""Returns what a frame shows, without its `Timestamp`; asked for frame after frame."""
Asked = Mapping[str, Any]
"""A request."""


def _by_name(item: str) -> Callable[[Entry], Any]:
    return lambda entry: (entry[item]["Name"], -entry[item]["Confidence"], entry["Timestamp"])


def _metadata_of(document: Document) -> Mapping[str, Any]:
    return {"VideoMetadata": document["metadata"]}


def _nothing_more(_call: Call, _request: Asked, _document: Document) -> Mapping[str, Any]:
    return {}


async def _no_check(_call: Call, _request: Asked) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """One kind of job: what its operations ask and answer."""

    results: str
    """The member of answers that holds what was found: `Labels`."""
    named: str = ""
    """The member of each of them that has a `Name` by which it can be sorted and a `Confidence`,
    so that frames can be gathered into segments: `Label`; empty: there is none."""
    orders: Mapping[str, Callable[[Entry], Any]] = field(default_factory=dict[str, Any])
    """What `SortBy` may say besides `TIMESTAMP` and `NAME`, and the keys of such an order."""
    check: Callable[[Call, Asked], Awaitable[None]] = _no_check
    """Raises what a request is refused for, beside its video."""
    metadata: Callable[[Document], Mapping[str, Any]] = _metadata_of
    """Returns what answers tell of the video."""
    more: Callable[[Call, Asked, Document], Mapping[str, Any]] = _nothing_more
    """Returns what else they tell, also while the job is at work: (call, request, document)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoJobs:
    """The jobs of one kind, and the two operations that begin them and tell of them."""

    family: JobFamily
    start: Operation
    get: Operation


def video_jobs(operation: str, kind: str, work: Work, api: Api) -> VideoJobs:
    """Return the jobs of one kind.

    Args:
        operation: That begins them: `StartLabelDetection`.
        kind: Of their records.
        work: Returns the members `metadata` and `found` of a job's document; see `by_frames`.
        api: See there.
    """
    family = JobFamily(
        service=SERVICE,
        kind=kind,
        operation=operation,
        states=STATES,
        work=work,
        news=partial(news_of, member="Video"),
    )

    async def start(call: Call, request: Asked) -> Mapping[str, Any]:
        await api.check(call, request)
        return {"JobId": await _start(call, family, request)}

    async def get(call: Call, request: Asked) -> Mapping[str, Any]:
        return await _told(call, family, api, request)

    return VideoJobs(
        family=family,
        start=Operation(operation, start),
        get=Operation(operation.replace("Start", "Get", 1), get),
    )


def by_frames(looker: Callable[[ServiceJob], Look]) -> Work:
    """Return the work of jobs that look at a film frame by frame.

    Args:
        looker: Called once a job.
    """

    async def work(job: ServiceJob) -> Mapping[str, Any]:
        look = looker(job)
        found: list[Entry] = []
        async with fetched_video(job) as video:
            frames = video.with_name("frames")
            frames.mkdir()
            info = await job.call.backends.engines.video_frames.split(
                video, frames, every_ms=EVERY_MS, most_frames=MOST_FRAMES
            )
            video.unlink()
            for number, frame in enumerate(sorted(frames.iterdir())):
                seen = await look(await asyncio.to_thread(frame.read_bytes))
                found += [{"Timestamp": number * EVERY_MS, **entry} for entry in seen]
                frame.unlink()
        return {"metadata": as_metadata(info), "found": packed(found)}

    return work


def fetched_video(job: ServiceJob) -> AbstractAsyncContextManager[Path]:
    """Give a file with the film that a job looks at."""
    return fetched(job, "Video", limit=MOST_BYTES)


def packed(found: Sequence[Entry]) -> bytes:
    """Return what was found as a record holds it."""
    return zlib.compress(json.dumps(found).encode())


async def _start(call: Call, family: JobFamily, request: Asked) -> str:
    """Begin a job and return its id, or that of the one which has the request's token.

    Raises:
        InvalidS3ObjectException: The film is not there.
        VideoTooLargeException: It has too many bytes.
        IdempotentParameterMismatchException: The token was used for something else.
    """
    place = request["Video"].get("S3Object", {})
    if not place.get("Bucket") or not place.get("Name"):
        raise shapes.InvalidParameterException("Request has invalid parameters")
    if await object_size(call, place) > MOST_BYTES:
        raise shapes.VideoTooLargeException(f"The video has more than {MOST_BYTES} bytes.")
    try:
        job = await begin(call, family, request)
    except TokenReusedError as error:
        raise shapes.IdempotentParameterMismatchException(
            "The ClientRequestToken was used with other parameters."
        ) from error
    return job.name


async def _told(call: Call, family: JobFamily, api: Api, request: Asked) -> dict[str, Any]:
    """Return what a Get operation answers.

    Raises:
        ResourceNotFoundException: There is no such job of this kind.
        InvalidPaginationTokenException: The token is not one of ours.
    """
    job = await call.backends.records.find(family.scope(call), request["JobId"])
    if job is None:
        raise shapes.ResourceNotFoundException("Could not find JobId")
    document = job.document
    answer: dict[str, Any] = {
        "JobId": job.name,
        "Video": document[ASKED]["Video"],
        "JobStatus": "IN_PROGRESS",
        **api.more(call, request, document),
    }
    if "JobTag" in document[ASKED]:
        answer["JobTag"] = document[ASKED]["JobTag"]
    if document["status"] == STATES.failed:
        return {**answer, "JobStatus": "FAILED", "StatusMessage": document["message"]}
    if document["status"] != STATES.done:
        return answer
    found = _arranged(api, request, read_json(zlib.decompress(document["found"])))
    start_at = _place(request, len(found))
    limit = min(request.get("MaxResults", MOST_RESULTS), MOST_RESULTS)
    answer |= {
        "JobStatus": "SUCCEEDED",
        **api.metadata(document),
        api.results: found[start_at : start_at + limit],
    }
    if start_at + limit < len(found):
        answer["NextToken"] = to_token(str(start_at + limit))
    return answer


def request_metadata(request: Asked) -> dict[str, str]:
    """Return how a Get operation was asked to arrange what it tells."""
    return {
        "SortBy": request.get("SortBy", "TIMESTAMP"),
        "AggregateBy": request.get("AggregateBy", "TIMESTAMPS"),
    }


def _arranged(api: Api, request: Asked, found: list[Entry]) -> list[Entry]:
    """Return results in the order that was asked for, alone or gathered into segments."""
    if request.get("AggregateBy") == "SEGMENTS":
        found = _segments(api.named, found)
    orders = {**api.orders, **({"NAME": _by_name(api.named)} if api.named else {})}
    if order := orders.get(request.get("SortBy", "")):
        found = sorted(found, key=order)
    return found


def _segments(item: str, found: list[Entry]) -> list[Entry]:
    """Gather what is seen in frames without a gap, with the surest that is seen of it."""
    segments: list[Entry] = []
    latest: dict[str, Entry] = {}
    for each in found:
        name, at = each[item]["Name"], each["Timestamp"]
        segment = latest.get(name)
        if segment is None or at > segment["EndTimestampMillis"] + EVERY_MS:
            segment = {"Timestamp": at, "StartTimestampMillis": at, item: each[item]}
            latest[name] = segment
            segments.append(segment)
        segment["EndTimestampMillis"] = at
        segment["DurationMillis"] = at - segment["StartTimestampMillis"]
        if each[item]["Confidence"] > segment[item]["Confidence"]:
            segment[item] = each[item]
    for segment in segments:  # A segment is more than one frame: boxes of one would mislead.
        segment[item] = {**segment[item], **_NO_INSTANCES.get(item, {})}
    return segments


_NO_INSTANCES: Mapping[str, Mapping[str, Any]] = {"Label": {"Instances": []}}


def _place(request: Asked, count: int) -> int:
    refusal = shapes.InvalidPaginationTokenException("The pagination token is not valid.")
    place = from_token(request.get("NextToken"), error=refusal) or "0"
    if not place.isdecimal() or int(place) > count:
        raise refusal
    return int(place)


def as_metadata(info: VideoInfo) -> dict[str, Any]:
    """Return what is known of a film in Rekognition's shape."""
    metadata: dict[str, Any] = {
        "Codec": info.codec,
        "DurationMillis": info.duration_ms,
        "Format": FORMATS[info.container],
        "FrameRate": info.frames_per_second,
        "FrameHeight": info.height,
        "FrameWidth": info.width,
    }
    if info.color_range:
        metadata["ColorRange"] = info.color_range.upper()
    return metadata
