"""Readers of pictures, on real weights and pages that the tests draw."""

import contextlib
import io
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from outcrop.engines.ocr.interface import Line, Polygon
from outcrop.engines.ocr.paddle import PaddleReader
from outcrop.engines.ocr.recognition import HEIGHT, TextRecognizer
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


async def test_french_and_english_are_read_where_they_were_drawn():
    drawn = page()

    lines = await lines_of(drawn.image)

    assert [line.text.replace(" ?", "?") for line in lines] == [FRENCH.replace(" ?", "?"), ENGLISH]
    assert all(line.score > 0.9 for line in lines)
    assert [word.text for word in lines[1].words] == ENGLISH.split()
    for word, place in zip(lines[1].words, drawn.places[ENGLISH], strict=True):
        # Three pixels of a 900 x 300 picture.
        assert box(word.polygon) == pytest.approx(place, abs=0.01)


async def test_turned_pages_are_read_from_their_own_top():
    image = page().image
    async with open_reader() as reader:
        for degrees in (90, 180, 270):
            lines = (await reader.read(png(image.rotate(-degrees, expand=True)))).lines

            assert [line.words[0].text for line in lines] == ["Où", "The"]
            turns = [(line.rotation_degrees - degrees + 180) % 360 - 180 for line in lines]
            assert all(abs(turn) < 2 for turn in turns)


async def test_what_is_no_picture_is_refused_and_the_next_one_is_read():
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    kinds: list[str] = []

    async with open_reader() as reader:
        whole = png(Image.new("RGB", (400, 300), "white"))
        for content in (b"PK\x03\x04 no picture", whole[:200], b"", bomb.getvalue()):
            with pytest.raises(RefusedInputError) as caught:
                await reader.read(content)
            kinds.append(caught.value.kind)

        assert (await reader.read(whole)).lines == ()
    assert kinds == ["unreadable", "unreadable", "unreadable", "too large"]


async def test_weights_that_are_missing_are_named_with_the_command_that_gets_them(tmp_path: Path):
    reader = PaddleReader(WeightStore(WeightsSettings(directory=tmp_path)))

    with pytest.raises(EngineUnavailableError, match="outcrop models pull pp-ocrv6-small"):
        await reader.read(b"")


async def test_spaces_are_seen_in_a_poor_picture():
    drawn = Page(900, 500)
    texts = ["Subtotal: 377.70", "Total: 453.24 EUR", "il illumine 1911 fois", "A B C D E"]
    for row, text in enumerate(texts):
        drawn.write(text, 60, 40 + 110 * row, size=30)
    file = io.BytesIO()
    drawn.image.save(file, "JPEG", quality=75)

    lines = await lines_of(Image.open(file))

    assert [line.text for line in lines] == texts


async def test_characters_lie_in_their_crop_however_narrow_it_is():
    drawn = Page(60, 60)
    drawn.write("i,", 6, 12, size=34)
    pixels = np.asarray(drawn.image.convert("RGB"))
    rows, columns = np.nonzero(pixels.min(axis=2) < 200)
    tight = drawn.image.crop(
        (int(columns.min()) - 3, int(rows.min()) - 3, int(columns.max()) + 4, int(rows.max()) + 4)
    )
    width = round(tight.width * HEIGHT / tight.height)
    crop = np.asarray(tight.convert("RGB").resize((width, HEIGHT)))
    model = small_weights().path("pp-ocrv6-small", "rec.onnx")

    (characters,) = TextRecognizer(model).read([crop])

    assert len(characters) == 2
    assert all(0 <= each.place <= 1 for each in characters)
