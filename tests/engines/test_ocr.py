"""Readers of pictures, on real weights and pages that the tests draw."""

import contextlib
import io
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest
from PIL import Image

from outcrop.engines.ocr.interface import Line, Polygon
from outcrop.engines.ocr.paddle import PaddleReader
from outcrop.engines.workers.engine import EngineUnavailableError, RefusedInputError
from outcrop.weights import WeightsSettings, WeightStore
from tests.pages import Page, png
from tests.small_weights import small_weights

pytestmark = pytest.mark.anyio

FRENCH = "Où étiez-vous hier, à Besançon ? Il fut achevé à Noël."
ENGLISH = "The board approved a dividend of $1.25 per share."


@contextlib.asynccontextmanager
async def open_reader() -> AsyncGenerator[PaddleReader]:
    reader = PaddleReader(small_weights())
    try:
        yield reader
    finally:
        await reader.close()


async def lines_of(image: Image.Image) -> Sequence[Line]:
    async with open_reader() as reader:
        return (await reader.read(png(image))).lines


def page() -> Page:
    drawn = Page(900, 300)
    drawn.write(FRENCH, 60, 40)
    drawn.write(ENGLISH, 60, 140)
    return drawn


def box(polygon: Polygon) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in polygon], [y for _, y in polygon]
    return min(xs), min(ys), max(xs), max(ys)


async def test_french_and_english_lines_are_read():
    lines = await lines_of(page().image)

    assert [line.text.replace(" ?", "?") for line in lines] == [FRENCH.replace(" ?", "?"), ENGLISH]
    assert all(line.score > 0.9 for line in lines)


async def test_words_lie_where_they_were_drawn():
    drawn = page()

    line = (await lines_of(drawn.image))[1]

    assert [word.text for word in line.words] == ENGLISH.split()
    for word, place in zip(line.words, drawn.places[ENGLISH], strict=True):
        # Three pixels of a 900 x 300 picture.
        assert box(word.polygon) == pytest.approx(place, abs=0.01)


@pytest.mark.parametrize("degrees", [90, 180, 270])
async def test_turned_pages_are_read_from_their_own_top(degrees: int):
    lines = await lines_of(page().image.rotate(-degrees, expand=True))

    assert [line.words[0].text for line in lines] == ["Où", "The"]
    assert all(abs((line.rotation_degrees - degrees + 180) % 360 - 180) < 2 for line in lines)


async def test_a_page_without_text_has_no_lines():
    assert await lines_of(Image.new("RGB", (400, 300), "white")) == ()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04 no picture", "unreadable"),
        (png(page().image)[:2000], "unreadable"),
        (b"", "unreadable"),
    ],
)
async def test_what_is_no_picture_is_refused(content: bytes, kind: str):
    async with open_reader() as reader:
        with pytest.raises(RefusedInputError) as caught:
            await reader.read(content)

    assert caught.value.kind == kind


async def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded():
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")

    async with open_reader() as reader:
        with pytest.raises(RefusedInputError) as caught:
            await reader.read(bomb.getvalue())

    assert caught.value.kind == "too large"


async def test_weights_that_are_missing_are_named_with_the_command_that_gets_them(tmp_path: Path):
    reader = PaddleReader(WeightStore(WeightsSettings(directory=tmp_path)))

    with pytest.raises(EngineUnavailableError, match="outcrop models pull pp-ocrv6-small"):
        await reader.read(b"")
