"""The process that finds and compares faces. Run by `OnnxFaceFinder`."""

import threading
from collections.abc import Callable, Generator, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from outcrop.engines.faces.age_and_gender import AgeAndGenderModel
from outcrop.engines.faces.crops import Pixels
from outcrop.engines.faces.detector import Detector, overlap
from outcrop.engines.faces.eyes import EyeModel, Eyes
from outcrop.engines.faces.mesh import LANDMARKS, LEAST_SCORE, Mesh, MeshModel
from outcrop.engines.faces.recognizer import Recognizer, as_vectors, similarities
from outcrop.engines.media.images import read_image
from outcrop.engines.media.picture_quality import picture_quality
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame
from outcrop.weights.tfjs_weights import NotTfjsError

MOST_FACES = 100
"""In one image, the largest."""


def start(config: Any, report: Callable[[Any], None]) -> child.Ready:
    """Load the models."""
    report({"loading": "faces"})
    try:
        faces = _Faces(config)
    except NotTfjsError as error:
        raise child.RefusedError("load", str(error)) from error

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer `find` with faces and their vectors, `compare` and `search` with similarities."""
        ((wish, details),) = request.value.items()
        match wish:
            case "find":
                yield faces.find(read_image(request.blob), details)
            case "compare":
                vectors = as_vectors(request.blob)
                yield Frame(similarities(vectors[0], vectors[1:]).tolist())
            case _:
                yield faces.search(details, request.blob)

    return child.Ready(handle=handle)


class _Faces:
    """The models, used by one request at a time: each takes all processors."""

    def __init__(self, config: Any) -> None:
        self._detector = Detector(Path(config["detector"]))
        self._meshes = MeshModel(Path(config["mesh"]))
        self._recognizer = Recognizer(Path(config["recognizer"]))
        self._eyes: EyeModel | None = None
        self._age_and_gender: AgeAndGenderModel | None = None
        self._turn = threading.Lock()

    def find(self, pixels: Pixels, asked: Mapping[str, Any]) -> Frame:
        """Return the faces.

        Args:
            pixels: The picture.
            asked: Whether `vectors` are wanted, and the paths of the models of `eyes` and of
                `age_and_gender`; empty: they are not.
        """
        with self._turn:
            fitted = [self._meshes.fit(pixels, each) for each in self._detector.find(pixels)]
            meshes = sorted(_distinct(fitted), key=_area, reverse=True)[:MOST_FACES]
            blob = b"".join(
                self._recognizer.vector(pixels, mesh).astype("<f4").tobytes()
                for mesh in (meshes if asked["vectors"] else [])
            )
            eyes = [self._eyes_of(pixels, mesh, asked["eyes"]) for mesh in meshes]
            looks = [self._looks_of(pixels, mesh, asked["age_and_gender"]) for mesh in meshes]
        told = [_told(mesh, pixels) for mesh in meshes]
        faces = [_with_eyes(*each, pixels) for each in zip(told, eyes, strict=True)]
        return Frame([{**face, **look} for face, look in zip(faces, looks, strict=True)], blob)

    def _eyes_of(self, pixels: Pixels, mesh: Mesh, path: str) -> Eyes:
        if not path:
            return {}
        if self._eyes is None:
            self._eyes = EyeModel(Path(path))
        return self._eyes.look(pixels, mesh)

    def _looks_of(self, pixels: Pixels, mesh: Mesh, path: str) -> Mapping[str, float | None]:
        if not path:
            return {"age_years": None, "male": None}
        if self._age_and_gender is None:
            self._age_and_gender = AgeAndGenderModel(Path(path).parent)
        age, male = self._age_and_gender.look(pixels, mesh)
        return {"age_years": age, "male": male}

    def search(self, asked: Any, blob: bytes) -> Frame:
        with self._turn:
            wanted, *_ = vectors = as_vectors(blob)
            if "names" in asked:
                self._recognizer.put_gallery(asked["key"], asked["names"], vectors[1:].copy())
            found = self._recognizer.search(
                asked["key"],
                wanted,
                least_similarity=asked["least_similarity"],
                limit=asked["limit"],
            )
        return Frame(found)


def _distinct(meshes: Iterable[Mesh]) -> list[Mesh]:
    """Return those that are faces, each once: candidates may have led to the same."""
    kept: list[Mesh] = []
    for mesh in sorted(meshes, key=lambda mesh: mesh.score, reverse=True):
        if mesh.score >= LEAST_SCORE and not any(overlap(mesh.box, one.box) for one in kept):
            kept.append(mesh)
    return kept


def _area(mesh: Mesh) -> float:
    return float(np.prod(mesh.box[2:] - mesh.box[:2]))


def _told(mesh: Mesh, pixels: Pixels) -> Mapping[str, Any]:
    """Return a face as `interface.Face` has it, but for its vector."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = (float(number) for number in mesh.box)
    roll, yaw, pitch = mesh.pose()
    rows = slice(max(int(top), 0), max(int(bottom), 1))
    columns = slice(max(int(left), 0), max(int(right), 1))
    inside = pixels[rows, columns]
    quality = picture_quality(inside if inside.size else pixels)
    return {
        "box": {
            "left": left / width,
            "top": top / height,
            "width": (right - left) / width,
            "height": (bottom - top) / height,
        },
        "side_pixels": min(right - left, bottom - top),
        "score": min(max(mesh.score, 0.0), 1.0),
        "landmarks": {name: (mesh.landmark(name) / (width, height)).tolist() for name in LANDMARKS},
        "pose": {"roll": roll, "yaw": yaw, "pitch": pitch},
        "brightness": quality.brightness,
        "sharpness": quality.sharpness,
        "lips_apart": mesh.lips_apart(),
    }


def _with_eyes(told: Mapping[str, Any], eyes: Eyes, pixels: Pixels) -> Mapping[str, Any]:
    """Return a face with what was seen of its eyes."""
    height, width = pixels.shape[:2]
    pupils = {f"{name}_pupil": (at / (width, height)).tolist() for name, (at, _) in eyes.items()}
    lids = min((gap for _, gap in eyes.values()), default=None)
    return {**told, "landmarks": {**told["landmarks"], **pupils}, "lids_apart": lids}


if __name__ == "__main__":
    child.serve(start)
