"""Draws what `train_signatures.py` learns from: parts of pages, and where their signatures are.

    python -m tools.draw_signature_crops FONTS TARGET [--pages N] [--first SEED]

FONTS is a folder with the packages `@fontsource/…` of npm that `FAMILIES` names.
"""

import argparse
import random
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.accuracy.signature_pages import draw, spoiled
from benchmarks.accuracy.signature_sheet import Drawn, Faces
from outcrop.engines.document_marks.ink import ReadWord
from outcrop.engines.document_marks.signature_views import view_of

SIDE = 320
"""Of a crop, in pixels."""
CROPS = 4
"""Of a page."""
STEP = 4
"""Pixels of a view to one of what is learnt."""
FAMILIES = {
    "print": "roboto open-sans merriweather lora eb-garamond courier-prime inconsolata oswald"
    " crimson-text libre-baskerville ibm-plex-mono special-elite abril-fatface",
    "hand": "reenie-beanie homemade-apple cedarville-cursive zeyada dawning-of-a-new-day"
    " just-me-again-down-here caveat kalam patrick-hand covered-by-your-grace give-you-glory"
    " nanum-pen-script architects-daughter beth-ellen bad-script gochi-hand kristi la-belle-aurore",
    "script": "allura great-vibes pacifico lobster dancing-script parisienne yellowtail"
    " pinyon-script euphoria-script lovers-quarrel kaushan-script ballet satisfy comforter"
    " gwendolyn fuggles",
    "signature": "mrs-saint-delafield monsieur-la-doulaise mr-bedfort reenie-beanie homemade-apple"
    " cedarville-cursive zeyada meddon sacramento allura bilbo ruthie kristi la-belle-aurore"
    " inspiration kolker-brush babylonica caramel explora estonia hurricane ingrid-darling"
    " mea-culpa puppies-play send-flowers passions-conflict miss-fajardose fuggles whisper"
    " great-vibes dawning-of-a-new-day",
}
"""Of fonts, to learn from; `benchmarks/accuracy/signatures.py` tries others."""
WEIGHTS = ("400-normal", "700-normal", "400-italic")


def faces_of(folder: Path, families: dict[str, str]) -> Faces:
    """Return the fonts of families."""
    found = {
        use: [
            path
            for name in names.split()
            for weight in WEIGHTS
            if (path := folder / name / "files" / f"{name}-latin-{weight}.woff").exists()
        ]
        for use, names in families.items()
    }
    return Faces(**found)


def as_read(page: Drawn, chance: random.Random) -> list[ReadWord]:
    """Return the words of a page as a reader might have read them.

    The shares were taken from what PP-OCRv6 made of such pages; handwriting of people is read less
    surely than that of fonts.
    """
    if chance.random() < 0.04:
        return []
    words: list[ReadWord] = []
    doubt = chance.choice((0.05, 0.05, 0.15, 0.3))
    for text, box, kind in page.words:
        left, top, right, bottom = (round(side) for side in box)
        score = 1 - abs(chance.gauss(0, 0.02))
        if kind == "hand":
            score = 1 - abs(chance.gauss(0, doubt))
        elif kind == "script":
            score = 1 - abs(chance.gauss(0, 0.08))
        elif kind == "signature":
            if chance.random() < 0.37:
                continue
            score = chance.uniform(0.52, 0.95) if chance.random() < 0.8 else chance.uniform(0.9, 1)
            short = chance.uniform(0, 0.4) * (right - left)
            left, right = round(left + short * chance.random()), round(right - short / 2)
            top = round(top + chance.uniform(0, 0.25) * (bottom - top))
        if score < 0.5 or chance.random() < 0.015:
            continue
        words.append(ReadWord(text, (left, top, right, bottom), score))
    return words


def crops_of(seed: int, faces: Faces) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return parts of a page, uint8, (crops, 3, side, side), and of what is signed there."""
    chance = random.Random(seed)
    page = draw(seed, faces)
    seen = view_of(spoiled(page, chance), as_read(page, chance))
    height, width = seen.view.shape[1:]
    signed = cv2.resize(page.signed, (width, height), interpolation=cv2.INTER_AREA)
    signed = np.asarray((signed > 40) * 255, np.uint8)
    signed = cv2.morphologyEx(signed, cv2.MORPH_CLOSE, np.ones((11, 25), np.uint8))
    signed = cv2.dilate(signed, np.ones((5, 5), np.uint8))
    stack = np.concatenate((seen.view, signed[None])).transpose(1, 2, 0)
    views: list[npt.NDArray[np.uint8]] = []
    for number in range(CROPS):
        x, y = chance.uniform(0, width), chance.uniform(0, height)
        if number < 2 and page.boxes:
            box = chance.choice(page.boxes)
            x = (box[0] + box[2]) / 2 * seen.scales[0] + chance.uniform(-130, 130)
            y = (box[1] + box[3]) / 2 * seen.scales[1] + chance.uniform(-130, 130)
        elif number < 3:  # Where the words end: there people sign.
            y = max((box[3] for _, box, _ in page.words), default=0) * seen.scales[1] - 60
        x = min(max(x, SIDE / 2.2), width - SIDE / 2.2)
        y = min(max(y, SIDE / 2.2), height - SIDE / 2.2)
        turn = cv2.getRotationMatrix2D((x, y), chance.gauss(0, 1.5), chance.uniform(0.75, 1.35))
        turn[:, 2] += (SIDE / 2 - x, SIDE / 2 - y)
        views.append(np.asarray(cv2.warpAffine(stack, turn, (SIDE, SIDE)), np.uint8))
    crops = np.stack(views).transpose(0, 3, 1, 2)
    cells = crops[:, 3].reshape(CROPS, SIDE // STEP, STEP, SIDE // STEP, STEP).mean(axis=(2, 4))
    return np.ascontiguousarray(crops[:, :3]), cells.astype(np.uint8)


def main() -> None:
    """Draw and write `TARGET.npz`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fonts", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--pages", type=int, default=1500)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    faces = faces_of(options.fonts, FAMILIES)
    drawn = [crops_of(seed, faces) for seed in range(options.first, options.first + options.pages)]
    np.savez(
        options.target,
        views=np.concatenate([each[0] for each in drawn]),
        signed=np.concatenate([each[1] for each in drawn]),
    )


if __name__ == "__main__":
    main()
