"""Credits of films are found, and other writing is not taken for them."""

from collections.abc import Callable
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from outcrop.engines.video_frames.credits import Looks, credits_of
from outcrop.engines.video_frames.interface import BlackLimits, Segment, SegmentKind
from outcrop.engines.video_frames.probing import probe
from outcrop.engines.video_frames.segments import segments_of
from outcrop.engines.video_frames.writing import Writing, writing_of
from tests.credit_films import (
    RATE,
    Frames,
    Style,
    blank,
    card,
    film,
    lights,
    scene,
    scroll,
    ticker,
    written_on,
)

SIZE = 480, 270
LIGHT = Style(height=0.06)
CREDITS = (SegmentKind.OPENING_CREDITS, SegmentKind.END_CREDITS)
CARDS = (("Directed by", "Anna Moreau"), ("Music", "Paul Okafor", "Mei Tanaka"), ("Camera", "Ng"))
ROLL = (("Editor", "Elsa Duval"), ("Sound", "Marco Rossi"), ("Casting", "Olga Petrov")) * 3


def look(frames: Frames, number: int = 6) -> Writing:
    """Return the writing of one frame."""
    return writing_of(gray(list(frames)[number]))


def gray(frame: Image.Image) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.asarray(frame.convert("L"))


def found(folder: Path, *parts: Frames) -> list[Segment]:
    video = folder / "film.mp4"
    video.write_bytes(film(parts))
    info, _ = probe(video)
    told = segments_of(video, info, BlackLimits())
    return [each for each in told if each.kind in CREDITS and each.score >= 0.5]


@pytest.mark.parametrize(
    "style",
    [
        LIGHT,
        Style(height=0.06, face="_ei_____.pfb"),
        Style(height=0.06, color=(130, 130, 130), ground=(14, 14, 18)),
        Style(height=0.06, color=(40, 40, 40), ground=(235, 232, 220)),
        Style(height=0.09, face="VeraBd.ttf", color=(250, 230, 140), ground=(20, 30, 80)),
    ],
)
def test_writing_on_a_plain_ground_is_seen_whatever_its_colours(style: Style):
    told = look(card(CARDS[0], SIZE, 1, style))

    assert (told.lines, told.is_low) == (2, False)
    assert told.score > 0.8


def test_a_line_where_subtitles_stand_is_low():
    told = look(card(["I never saw him again."], SIZE, 1, LIGHT, place=(0.5, 0.88)))

    assert (told.lines, told.is_low) == (1, True)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: scene("motorcycle_left.png", SIZE, 1),
        lambda: scene("page.png", SIZE, 1),
        lambda: lights(SIZE, 1, seed=1),
        lambda: blank(SIZE, 1),
        lambda: written_on(scene("coffee.png", SIZE, 1), [CARDS[0]], LIGHT, place=(0.5, 0.5)),
        lambda: ticker(scene("chelsea.png", SIZE, 1), "BREAKING NEWS AGAIN", LIGHT),
    ],
    ids=["bicycle", "page", "lights", "black", "names over a scene", "ticker"],
)
def test_other_pictures_have_no_writing_on_a_plain_ground(draw: Callable[[], Frames]):
    assert look(draw()).score < 0.5


def test_opening_and_end_credits_are_told_to_half_a_second(tmp_path: Path):
    opening, end = found(
        tmp_path,
        *(card(lines, SIZE, 1.5, LIGHT) for lines in CARDS),
        scene("coffee.png", SIZE, 5),
        scene("chelsea.png", SIZE, 5),
        blank(SIZE, 1),
        scroll(ROLL, SIZE, 5, LIGHT),
        blank(SIZE, 0.5),
    )

    assert (opening.kind, opening.first) == (SegmentKind.OPENING_CREDITS, 0)
    assert opening.last == 4.5 * RATE - 1  # where the scene cuts in
    assert end.kind == SegmentKind.END_CREDITS
    assert end.first == pytest.approx(15.5 * RATE, abs=RATE)  # A line must have risen into sight.
    assert end.last == pytest.approx(20.5 * RATE - 1, abs=RATE / 2)
    assert end.score > opening.score > 0.6  # More cards are surer.


def test_titles_and_what_is_said_are_no_credits(tmp_path: Path):
    said = [["I never saw him again."], ["Wait for me, please!"]]

    assert not found(
        tmp_path,
        card(["THE LONG WAY"], SIZE, 2.5, Style(height=0.12), fade=0.4),
        written_on(scene("coffee.png", SIZE, 4), said, LIGHT, place=(0.5, 0.88)),
        ticker(scene("chelsea.png", SIZE, 4), "BREAKING NEWS AGAIN", LIGHT),
        written_on(blank(SIZE, 4), said, LIGHT, place=(0.5, 0.88)),
        card(["THE END"], SIZE, 2.5, Style(height=0.12), fade=0.4),
    )


def looks(*written: int | None) -> Looks:
    """Return frames by the numbers of the cards that they show."""

    def writing(number: int | None) -> Writing:
        ink = np.zeros((90, 160), np.uint8)
        if number is not None:
            ink[10 + 6 * number : 14 + 6 * number, 40:120] = 255
        lines = 0 if number is None else 2
        return Writing(score=float(lines > 0), lines=lines, is_low=False, letters=20, ink=ink)

    return Looks(step=1, writing=[writing(each) for each in written])


def told(*written: int | None) -> list[tuple[str, int, int]]:
    """Return what is told of a film of two frames a second."""
    shown = looks(*written)
    changes = np.zeros(len(written), np.float32)
    segments = credits_of(shown, changes, 2.0)
    return [(each.kind.value, each.first, each.last) for each in segments if each.score >= 0.5]


THREE_CARDS = (0, 0, 0, 1, 1, 1, 2, 2, 2)


def test_credits_stand_near_the_ends_of_a_film():
    scenes = [None] * 30

    assert told(*THREE_CARDS, *scenes, *THREE_CARDS) == [
        ("opening_credits", 0, 8),
        ("end_credits", 39, 47),
    ]
    assert told(*scenes, *THREE_CARDS, *scenes) == []


def test_a_gap_between_cards_is_part_of_the_credits():
    cards = [0, 0, 0, None, None, 1, 1, 1, None, None, 2, 2, 2]

    assert told(*[None] * 30, *cards) == [("end_credits", 30, 42)]


def test_a_film_that_is_all_writing_has_no_credits():
    slides = [number for number in range(8) for _ in range(6)]
    silent = chain.from_iterable((number, number, *[None] * 7) for number in range(8))

    assert told(*slides) == []
    assert told(*silent, *THREE_CARDS) == []


def test_one_card_is_a_title():
    assert told(*[0] * 8, *[None] * 30) == []
    assert told(*[0] * 4, *[1] * 4, *[None] * 30) == [("opening_credits", 0, 7)]
