"""What finds faces keeps its promises."""

import contextlib
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from outcrop.engines.faces.interface import FaceBox, Gallery
from outcrop.engines.faces.onnx import OnnxFaceFinder
from outcrop.engines.faces.persons import Persons, shared
from outcrop.engines.workers.engine import EngineUnavailableError, RefusedInputError
from outcrop.weights import WeightsSettings, WeightStore
from tests.photographs import photograph
from tests.services.rekognition.portraits import (
    ADMIRAL,
    ASTRONAUT,
    jpeg,
    picture,
    together,
    variant,
)
from tests.vision_weights import vision_weights

pytestmark = pytest.mark.anyio


@contextlib.asynccontextmanager
async def open_finder() -> AsyncGenerator[OnnxFaceFinder]:
    finder = OnnxFaceFinder(vision_weights())
    try:
        yield finder
    finally:
        await finder.close()


async def test_vectors_come_only_when_they_are_asked_for():
    async with open_finder() as finder:
        (plain,) = await finder.find(photograph(ASTRONAUT))
        (known,) = await finder.find(photograph(ASTRONAUT), vectors=True)

    assert plain.vector == b""
    assert len(known.vector) == 4 * 128
    assert plain.box == known.box


async def test_a_face_is_like_itself_and_unlike_another():
    async with open_finder() as finder:
        (one,) = await finder.find(photograph(ASTRONAUT), vectors=True)
        (again,) = await finder.find(variant(ASTRONAUT, "mirrored"), vectors=True)
        (other,) = await finder.find(photograph(ADMIRAL), vectors=True)

        itself, likely, unlikely = await finder.compare(
            one.vector, [one.vector, again.vector, other.vector]
        )
        none = await finder.compare(one.vector, [])

    assert itself > 0.999
    assert likely > 0.9
    assert unlikely < 0.3
    assert none == []


async def test_a_gallery_is_loaded_once_for_each_of_its_states():
    loaded: list[str] = []
    async with open_finder() as finder:
        faces = await finder.find(together(ASTRONAUT, ADMIRAL), vectors=True)
        wanted = faces[0].vector

        def gallery(key: str) -> Gallery:
            async def load() -> list[tuple[str, bytes]]:
                loaded.append(key)
                return [(str(place), face.vector) for place, face in enumerate(faces)]

            return Gallery(key=key, load=load)

        async def search(key: str, *, least: float, limit: int) -> list[str]:
            found = await finder.search(wanted, gallery(key), least_similarity=least, limit=limit)
            return [match.name for match in found]

        assert await search("a", least=0.8, limit=10) == ["0"]
        assert await search("a", least=0.0, limit=10) == ["0", "1"]
        assert await search("a", least=0.0, limit=1) == ["0"]
        assert await search("b", least=0.8, limit=10) == ["0"]

    assert loaded == ["a", "b"]


async def test_persons_are_numbered_as_they_come():
    async with open_finder() as finder:
        (astronaut,) = await finder.find(photograph(ASTRONAUT), vectors=True)
        (mirrored,) = await finder.find(variant(ASTRONAUT, "mirrored"), vectors=True)
        (admiral,) = await finder.find(photograph(ADMIRAL), vectors=True)
        persons = Persons(finder)

        frames = [[astronaut], [], [admiral, mirrored], [astronaut, astronaut]]
        numbers = [await persons.numbers(faces) for faces in frames]

    assert numbers[:3] == [[0], [], [1, 0]]
    assert set(numbers[3]) == {0, 2}  # No two faces of a frame are one person's.


def test_what_boxes_share_is_a_part_of_their_union():
    one = FaceBox(left=0.0, top=0.0, width=0.2, height=0.2)

    assert shared(one, one) == pytest.approx(1.0)
    assert shared(one, FaceBox(left=0.1, top=0.0, width=0.2, height=0.2)) == pytest.approx(1 / 3)
    assert shared(one, FaceBox(left=0.3, top=0.0, width=0.2, height=0.2)) == 0.0


async def test_eyes_are_looked_at_when_they_are_asked_for_and_large_enough():
    astronaut = picture(ASTRONAUT)
    small = astronaut.resize((astronaut.width // 6, astronaut.height // 6))
    async with open_finder() as finder:
        (plain,) = await finder.find(photograph(ASTRONAUT))
        (seen,) = await finder.find(photograph(ASTRONAUT), eyes=True)
        (tiny,) = await finder.find(jpeg(small), eyes=True)

    assert plain.lids_apart is None
    assert "left_pupil" not in plain.landmarks
    assert seen.lids_apart is not None
    assert 0.2 < seen.lids_apart < 0.5
    assert seen.landmarks.keys() - plain.landmarks.keys() == {"left_pupil", "right_pupil"}
    assert tiny.lids_apart is None


async def test_ages_and_genders_are_told_when_they_are_asked_for():
    async with open_finder() as finder:
        (plain,) = await finder.find(photograph(ASTRONAUT))
        (seen,) = await finder.find(photograph(ASTRONAUT), age_and_gender=True)

    assert (plain.age_years, plain.male) == (None, None)
    assert seen.age_years == pytest.approx(32.5, abs=1.0)
    assert seen.male == pytest.approx(0.0, abs=0.05)


async def test_what_needs_weights_of_its_own_is_not_told_without_them(tmp_path: Path):
    there = vision_weights()
    for name in ("blazeface", "facemesh", "dlib-face-recognition"):
        shutil.copytree(there.path(name).parent, tmp_path / name)
    finder = OnnxFaceFinder(WeightStore(WeightsSettings(directory=tmp_path)))

    (face,) = await finder.find(photograph(ASTRONAUT), eyes=True, age_and_gender=True)
    await finder.close()

    assert (face.lids_apart, "left_pupil" in face.landmarks) == (None, False)
    assert (face.age_years, face.male) == (None, None)


async def test_what_is_no_picture_is_refused():
    async with open_finder() as finder:
        with pytest.raises(RefusedInputError) as caught:
            await finder.find(b"hello")

    assert caught.value.kind == "unreadable"


async def test_missing_weights_are_named(tmp_path):
    finder = OnnxFaceFinder(WeightStore(WeightsSettings(directory=tmp_path)))

    with pytest.raises(EngineUnavailableError, match="outcrop models pull blazeface"):
        await finder.find(b"")
