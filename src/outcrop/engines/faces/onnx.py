"""Faces by BlazeFace, MediaPipe's face mesh and dlib's recognition network, in a worker process.

Source: https://arxiv.org/abs/1907.05047, https://arxiv.org/abs/1907.06724
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from outcrop.engines.faces.interface import Face, FaceBox, Gallery, Match, Pose, Vector
from outcrop.engines.workers.engine import EngineProgram, WorkerEngine
from outcrop.engines.workers.settings import WorkerSettings
from outcrop.weights import WeightStore

EYE_WEIGHTS, AGE_AND_GENDER_WEIGHTS = "iris", "dlib-age-gender"
"""Without them, nobody looks at eyes closely, or tells ages and genders."""
PROGRAM = EngineProgram(
    module="outcrop.engines.faces.onnx_worker",
    libraries=("numpy", "onnxruntime", "PIL"),
    extra="vision",
    weights={"detector": "blazeface", "mesh": "facemesh", "recognizer": "dlib-face-recognition"},
)


class OnnxFaceFinder:
    """See `FaceFinder`. The process starts with the first image."""

    def __init__(self, store: WeightStore, settings: WorkerSettings | None = None) -> None:
        self._store = store
        self._engine = WorkerEngine(PROGRAM, store, settings=settings)

    @property
    def model_version(self) -> str:
        """See `FaceFinder.model_version`."""
        return "1.0"

    async def find(
        self,
        image: bytes,
        *,
        vectors: bool = False,
        eyes: bool = False,
        age_and_gender: bool = False,
    ) -> list[Face]:
        """See `FaceFinder.find`."""
        wish = {
            "vectors": vectors,
            "eyes": await self._path(EYE_WEIGHTS) if eyes else "",
            "age_and_gender": await self._path(AGE_AND_GENDER_WEIGHTS) if age_and_gender else "",
        }
        answer = await self._engine.ask({"find": wish}, image)
        size = len(answer.blob) // len(answer.value) if answer.value else 0
        return [
            _face(told, answer.blob[place * size : (place + 1) * size])
            for place, told in enumerate(answer.value)
        ]

    async def compare(self, one: Vector, others: Sequence[Vector]) -> list[float]:
        """See `FaceFinder.compare`."""
        if not others:
            return []
        answer = await self._engine.ask({"compare": {}}, b"".join((one, *others)))
        return answer.value

    async def search(
        self, wanted: Vector, gallery: Gallery, *, least_similarity: float, limit: int
    ) -> list[Match]:
        """See `FaceFinder.search`."""
        asked = {"key": gallery.key, "least_similarity": least_similarity, "limit": limit}
        answer = await self._engine.ask({"search": asked}, wanted)
        if answer.value is None:  # The process does not know this gallery, or no longer.
            faces = await gallery.load()
            names = [name for name, _ in faces]
            blob = b"".join((wanted, *(vector for _, vector in faces)))
            answer = await self._engine.ask({"search": {**asked, "names": names}}, blob)
        return [Match(name, similarity) for name, similarity in answer.value]

    async def _path(self, name: str) -> str:
        """Return where weights are; empty: not here."""

        def path() -> str:
            return str(self._store.path(name)) if self._store.is_present(name) else ""

        return await asyncio.to_thread(path)

    async def close(self) -> None:
        """Stop the process, if it runs."""
        await self._engine.close()


def _face(told: Any, vector: Vector) -> Face:
    return Face(
        box=FaceBox(**told["box"]),
        side_pixels=told["side_pixels"],
        score=told["score"],
        landmarks={name: (x, y) for name, (x, y) in told["landmarks"].items()},
        pose=Pose(**told["pose"]),
        brightness=told["brightness"],
        sharpness=told["sharpness"],
        lips_apart=told["lips_apart"],
        lids_apart=told["lids_apart"],
        age_years=told["age_years"],
        male=told["male"],
        vector=vector,
    )
