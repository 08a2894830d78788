"""Tells which faces of a film's frames are one person's, by their vectors and their places."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from outcrop.engines.faces.interface import Face, FaceBox, FaceFinder, Vector
from outcrop.engines.media.places import share_of_union

SAME = 0.8
"""The similarity from which on two faces are one person's wherever they are."""
SAME_IN_PLACE = 0.5
"""The same of a face that is where the person's was in the frame before."""
IN_PLACE = 0.3
"""How much of two boxes' union they share that are in one place."""
NEW_LOOK = 0.95
"""A face that is less like all that are known of its person is kept beside them."""
MOST_LOOKS = 10
"""Of one person."""


@dataclass(slots=True)
class _Person:
    box: FaceBox
    seen_in: int
    """The number of the frame."""
    looks: list[Vector] = field(default_factory=list[Vector])


class Persons:
    """The persons of one film, numbered from 0 on as they come."""

    def __init__(self, finder: FaceFinder) -> None:
        self._finder = finder
        self._persons: list[_Person] = []
        self._frame = -1

    async def numbers(self, faces: Sequence[Face]) -> list[int]:
        """Return whose the faces of the next frame are.

        Args:
            faces: With their vectors. No two of one frame are one person's.
        """
        self._frame += 1
        likeness = [await self._likeness(face) for face in faces]
        pairs = sorted(
            (
                (alike, place, number)
                for place, row in enumerate(likeness)
                for number, alike in enumerate(row)
                if self._may_be(faces[place], number, alike)
            ),
            key=lambda pair: (-pair[0], *pair[1:]),
        )
        known: dict[int, int] = {}
        for _, place, number in pairs:
            if place not in known and number not in known.values():
                known[place] = number
        return [
            self._again(face, known[place], likeness[place]) if place in known else self._new(face)
            for place, face in enumerate(faces)
        ]

    async def _likeness(self, face: Face) -> list[float]:
        """Return how alike a face is to each person, as likely as to the likest of their looks."""
        looks = [look for person in self._persons for look in person.looks]
        alike = iter(await self._finder.compare(face.vector, looks))
        return [max(next(alike) for _ in person.looks) for person in self._persons]

    def _may_be(self, face: Face, number: int, alike: float) -> bool:
        person = self._persons[number]
        is_in_place = person.seen_in == self._frame - 1 and shared(face.box, person.box) >= IN_PLACE
        return alike >= (SAME_IN_PLACE if is_in_place else SAME)

    def _again(self, face: Face, number: int, likeness: Sequence[float]) -> int:
        person = self._persons[number]
        person.box, person.seen_in = face.box, self._frame
        if likeness[number] < NEW_LOOK and len(person.looks) < MOST_LOOKS:
            person.looks.append(face.vector)
        return number

    def _new(self, face: Face) -> int:
        self._persons.append(_Person(face.box, self._frame, [face.vector]))
        return len(self._persons) - 1


def shared(one: FaceBox, other: FaceBox) -> float:
    """Return which part of two boxes' union is in both, from 0.0 to 1.0."""
    return share_of_union(
        *((box.left, box.top, box.left + box.width, box.top + box.height) for box in (one, other))
    )
