"""A page while it is drawn for the finder of signatures: print, handwriting, lines, signatures."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from benchmarks.accuracy.signature_pens import (
    Mask,
    by_font,
    by_movement,
    by_oscillation,
    font,
    resized,
    written,
)

HEIGHT = 1320
"""Of a page, in pixels."""
WORDS = (
    *("the", "agreement", "shall", "party", "of", "and", "payment", "within", "days", "notice"),
    *("any", "services", "contract", "date", "client", "under", "this", "terms", "provided", "by"),
    *("le", "présent", "contrat", "est", "conclu", "entre", "les", "parties", "pour", "une"),
    *("durée", "de", "mois", "à", "compter", "du", "montant", "facture", "paiement", "règlement"),
    *("order", "delivery", "invoice", "total", "account", "number", "amount", "1,250.00", "2024"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """Files of fonts by what they are used for."""

    print: Sequence[Path]
    hand: Sequence[Path]
    """Of answers and letters that are written by hand."""
    script: Sequence[Path]
    """Of headings."""
    signature: Sequence[Path]


@dataclass(slots=True)
class Drawn:
    """A page, and what is on it."""

    ink: Mask
    signed: Mask
    """The ink of signatures alone."""
    words: list[tuple[str, tuple[float, float, float, float], str]] = field(
        default_factory=list[tuple[str, tuple[float, float, float, float], str]]
    )
    """Text, place in pixels, and kind: `print`, `hand`, `script` or `signature`."""
    boxes: list[tuple[float, float, float, float]] = field(
        default_factory=list[tuple[float, float, float, float]]
    )
    """Of the signatures, in pixels."""


class Sheet:
    """A page while it is drawn."""

    def __init__(self, chance: random.Random, faces: Faces, *, signs: bool) -> None:
        self.chance, self.faces, self.signs = chance, faces, signs
        self.height = HEIGHT
        self.width = round(HEIGHT * chance.choice((0.707, 0.707, 0.773, 1.3, 1.0)))
        blank = np.zeros((self.height, self.width), np.uint8)
        self.page = Drawn(blank.copy(), blank.copy())
        self.size = chance.choice((15, 17, 19, 21, 24))
        self.face = chance.choice(faces.print)
        self.pen = chance.choice(faces.hand)
        self.margin = chance.randint(40, 110)
        self.top = 0.0

    def put(self, mask: Mask, x: float, y: float, dark: float = 1.0) -> tuple[int, int, int, int]:
        """Add ink and return its place."""
        left, top = max(0, round(x)), max(0, round(y))
        part = self.page.ink[top : top + mask.shape[0], left : left + mask.shape[1]]
        cut = mask[: part.shape[0], : part.shape[1]]
        np.maximum(part, (cut * dark).astype(np.uint8), out=part)
        return left, top, left + cut.shape[1], top + cut.shape[0]

    def text(
        self, text: str, x: float, y: float, *, size: int = 0, path: Path | None = None,
        kind: str = "print", dark: float = 1.0,
    ) -> float:  # fmt: skip
        """Write a line whose top is at y, and return where it ends."""
        size, path = size or self.size, path or self.face
        face = font(path, size)
        for word in text.split():
            mask = written(word, path, size)
            top = face.getbbox(word)[1]
            box = self.put(mask, x, y + top, dark)
            if box[2] > box[0] and box[3] > box[1]:
                self.page.words.append((word, box, kind))
            x += face.getlength(word + " ")
        return x

    def line(self, x: float, y: float, end: float, wide: int = 1) -> None:
        """Draw a level line, whole or dotted."""
        step = self.chance.choice((1, 1, 1, 6))
        for part in range(wide):
            if 0 <= round(y) + part < self.height:
                self.page.ink[round(y) + part, max(0, round(x)) : max(0, round(end)) : step] = 230

    def sentence(self, least: int, most: int) -> str:
        """Return words."""
        count = self.chance.randint(least, most)
        return " ".join(self.chance.choice(WORDS) for _ in range(count)).capitalize()

    def paragraph(self, y: float, lines: int) -> float:
        """Write lines and return where they end."""
        for _ in range(lines):
            if y > self.height - 60:
                break
            words = max(1, int((self.width - 2 * self.margin) / (self.size * 4)))
            self.text(self.sentence(words, words + 1), self.margin, y)
            y += self.size * 1.5
        return y + self.size

    def sign(self, x: float, y: float, room: float) -> None:
        """Sign above a place, if this page is signed."""
        chance = self.chance
        if not self.signs:
            return
        how = chance.random()
        if how < 0.52:
            mask = by_font(chance, self.faces.signature)
        elif how < 0.8:
            mask = by_movement(chance)
        else:
            mask = by_oscillation(chance)
        mask = resized(mask, chance.randint(34, 115), int(max(90, min(room, 420))))
        if chance.random() < 0.3:
            mask = np.asarray(cv2.dilate(mask, np.ones((2, 2), np.uint8)), np.uint8)
        top = y - mask.shape[0] * chance.uniform(0.6, 1.0)
        left = x + chance.uniform(0, max(0.0, room - mask.shape[1]) * 0.7)
        dark = chance.uniform(0.55, 1.0)
        box = self.put(mask, left, top, dark)
        signed = self.page.signed[box[1] : box[3], box[0] : box[2]]
        np.maximum(signed, mask[: box[3] - box[1], : box[2] - box[0]], out=signed)
        self.page.boxes.append(box)
        self.page.words.append(("scrawl", box, "signature"))
