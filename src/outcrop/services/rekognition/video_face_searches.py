"""StartFaceSearch and GetFaceSearch: which persons of a film are like faces of a collection.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/procedure-person-search-videos.html
"""

from collections.abc import Sequence
from typing import Any

from outcrop.engines.faces.persons import Persons
from outcrop.operations import Call
from outcrop.operations.analysis_jobs import ASKED
from outcrop.operations.service_jobs import ServiceJob
from outcrop.services.rekognition.face_details import as_detail
from outcrop.services.rekognition.face_searches import DEFAULT_FACES, face_matches
from outcrop.services.rekognition.faces import DEFAULT_SIMILARITY_PERCENT
from outcrop.services.rekognition.galleries import faces_like, find_collection
from outcrop.services.rekognition.videos import Api, Asked, Entry, Look, by_frames, video_jobs


async def _check(call: Call, request: Asked) -> None:
    await find_collection(call, request["CollectionId"])


def _persons(job: ServiceJob) -> Look:
    call, asked = job.call, job.document[ASKED]
    finder = call.backends.engines.faces
    persons = Persons(finder)

    async def look(frame: bytes) -> Sequence[Entry]:
        collection = await find_collection(call, asked["CollectionId"])
        found = await finder.find(frame, vectors=True)
        entries: list[Entry] = []
        for face, number in zip(found, await persons.numbers(found), strict=True):
            entry: Entry = {"Person": {"Index": number, "Face": as_detail(face)}}
            matches = await faces_like(
                call,
                collection,
                face.vector,
                threshold_percent=asked.get("FaceMatchThreshold", DEFAULT_SIMILARITY_PERCENT),
                limit=DEFAULT_FACES,
            )
            if matches:
                entry["FaceMatches"] = await face_matches(call, collection, matches)
            entries.append(entry)
        return entries

    return look


def _by_index(entry: Entry) -> Any:
    return entry["Person"]["Index"], entry["Timestamp"]


FACE_SEARCH = video_jobs(
    "StartFaceSearch",
    "face-search-job",
    by_frames(_persons),
    Api(results="Persons", orders={"INDEX": _by_index}, check=_check),
)
start_face_search, get_face_search = FACE_SEARCH.start, FACE_SEARCH.get
