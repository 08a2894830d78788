"""What everything promises that finds and compares faces."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

Point: TypeAlias = tuple[float, float]
"""From the left and from the top, as parts of the image's width and height."""
Vector: TypeAlias = bytes
"""A face as float32 numbers, little-endian, as many as `FaceFinder.dimensions` says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceBox:
    """As parts of the image's width and height; it may reach beyond the image."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """How a head is turned, in degrees."""

    roll: float
    """Positive: clockwise in the image."""
    yaw: float
    """Positive: towards the image's right."""
    pitch: float
    """Positive: upwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One face in an image."""

    box: FaceBox
    side_pixels: float
    """The shorter side of the box in pixels of the image."""
    score: float
    """Probability that it is one, from 0.0 to 1.0."""
    landmarks: Mapping[str, Point] = field(default_factory=dict[str, Point])
    """By names such as `eye_left`: sides are those of the image, not of the person. Pupils are
    among them if `lids_apart` is told."""
    pose: Pose
    brightness: float
    """See `outcrop.engines.media.picture_quality`, as is sharpness: of the face alone."""
    sharpness: float
    lips_apart: float
    """The gap between the lips as a part of the mouth's width; 0.0 is a closed mouth."""
    lids_apart: float | None = None
    """The gap between the lids of the eye that is less open, as a part of its width; `None` unless
    eyes were asked for, their weights are there, and they are large enough."""
    age_years: float | None = None
    """How old it looks; `None` unless age and gender were asked for and their weights are there."""
    male: float | None = None
    """How likely it looks like a man's, not a woman's, from 0.0 to 1.0; `None` as the age is."""
    vector: Vector = b""
    """Empty unless vectors were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """Faces to search among."""

    key: str
    """Names the gallery in its present state: other faces, another key."""
    load: Callable[[], Awaitable[Sequence[tuple[str, Vector]]]]
    """Returns its faces by their names; called unless they are known already."""


@dataclass(frozen=True, slots=True)
class Match:
    """A face of a gallery that is like another."""

    name: str
    similarity: float
    """From 0.0 to 1.0; see `FaceFinder.compare`."""


class FaceFinder(Protocol):
    """Finds faces and tells how alike they are.

    Errors are those of `outcrop.engines.workers.engine`; images are refused by the kinds of
    `outcrop.engines.media.images`.
    """

    @property
    def model_version(self) -> str:
        """Tells what makes the vectors, as `1.0`: those of another version cannot be compared."""
        ...

    async def find(
        self,
        image: bytes,
        *,
        vectors: bool = False,
        eyes: bool = False,
        age_and_gender: bool = False,
    ) -> list[Face]:
        """Return the faces in an encoded JPEG or PNG file, the largest first.

        Args:
            image: The file.
            vectors: Whether vectors are wanted, which takes longer.
            eyes: Whether eyes are looked at closely, which takes longer, too.
            age_and_gender: Whether these are wanted; the same.
        """
        ...

    async def compare(self, one: Vector, others: Sequence[Vector]) -> list[float]:
        """Return how alike a face is to each of the others, from 0.0 to 1.0.

        More than 0.8 is most likely one person, less than 0.5 most likely two.
        """
        ...

    async def search(
        self, wanted: Vector, gallery: Gallery, *, least_similarity: float, limit: int
    ) -> list[Match]:
        """Return the faces of a gallery that are most like another, the likest first."""
        ...
