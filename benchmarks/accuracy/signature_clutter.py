"""What stands on pages and is no signature: stamps, logos, charts, photographs, pen strokes."""

import math
import random

import cv2
import numpy as np

from benchmarks.accuracy.signature_pens import Points, name, resized, stroked, written
from benchmarks.accuracy.signature_sheet import Sheet


def tick(sheet: Sheet, x: float, y: float) -> None:
    """A checkbox, ticked or not."""
    chance = sheet.chance
    left, top, side = round(x), round(y), chance.randint(14, 26)
    cv2.rectangle(sheet.page.ink, (left, top), (left + side, top + side), 230, 2)
    if chance.random() < 0.5:
        mask = np.zeros((side * 2, side * 2), np.uint8)
        cv2.line(mask, (4, side), (side, side * 2 - 6), 255, 3, cv2.LINE_AA)
        cv2.line(mask, (side, side * 2 - 6), (side * 2 - 4, 4), 255, 3, cv2.LINE_AA)
        sheet.put(mask, x - side / 2, y - side / 2)


def stamp(sheet: Sheet) -> None:
    """A stamp: words in a ring or a frame, turned."""
    chance, side = sheet.chance, sheet.chance.randint(120, 240)
    mask = np.zeros((side, side), np.uint8)
    middle, wide = (side // 2, side // 2), chance.randint(2, 5)
    if chance.random() < 0.5:
        for less in (4, 4 + chance.randint(6, 30)):
            cv2.circle(mask, middle, side // 2 - less, 255, wide, cv2.LINE_AA)
    else:
        cv2.rectangle(mask, (4, side // 4), (side - 4, side * 3 // 4), 255, wide)
    text = chance.choice(("PAID", "APPROVED", "COPY", "REÇU", name(chance), "27 MAR 2024"))
    word = resized(written(text, chance.choice(sheet.faces.print), 50), side // 4, side * 3 // 4)
    top, left = (side - word.shape[0]) // 2, (side - word.shape[1]) // 2
    part = mask[top : top + word.shape[0], left : left + word.shape[1]]
    np.maximum(part, word, out=part)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), chance.gauss(0, 15), 0.95)
    mask = np.asarray(cv2.warpAffine(mask, turn, (side, side)), np.uint8)
    sheet.put(mask, *somewhere(sheet, side), chance.uniform(0.4, 0.9))


def somewhere(sheet: Sheet, side: int) -> tuple[float, float]:
    """Return a place on a page."""
    chance = sheet.chance
    return chance.uniform(0, sheet.width - side), chance.uniform(0, sheet.height - side)


def logo(sheet: Sheet) -> None:
    """A logo: curves and forms that mean nothing, at times with a script letter."""
    chance, side = sheet.chance, sheet.chance.randint(50, 150)
    mask = np.zeros((side, side), np.uint8)
    for _ in range(chance.randint(1, 4)):
        at = [chance.randint(10, side - 10) for _ in range(6)]
        full = chance.choice((-1, 2, 4))
        match chance.randint(0, 3):
            case 0:
                cv2.circle(mask, (at[0], at[1]), 1 + at[2] // 3, 255, full, cv2.LINE_AA)
            case 1:
                cv2.ellipse(
                    mask, (at[0], at[1]), (1 + at[2] // 2, 1 + at[3] // 3), at[4], 0,
                    chance.choice((180, 270, 360)), 255, full, cv2.LINE_AA,
                )  # fmt: skip
            case 2:
                cv2.fillPoly(mask, [np.array(at).reshape(3, 2)], 255, cv2.LINE_AA)
            case _:
                word = written(name(chance)[0], chance.choice(sheet.faces.script), side)
                word = resized(word, side - 4, side - 4)
                np.maximum(
                    mask[: word.shape[0], : word.shape[1]], word,
                    out=mask[: word.shape[0], : word.shape[1]],
                )  # fmt: skip
    x = chance.choice((30, sheet.width - side - 30))
    sheet.put(mask, x, chance.uniform(10, 130), chance.uniform(0.4, 1))


def chart(sheet: Sheet) -> None:
    """A chart with curves, rough or smooth, or bars; in a frame or with axes."""
    chance = sheet.chance
    wide, high = chance.randint(120, 420), chance.randint(70, 260)
    mask = np.zeros((high, wide), np.uint8)
    if chance.random() < 0.5:
        cv2.rectangle(mask, (2, 2), (wide - 3, high - 3), 255, chance.choice((1, 2)))
    else:
        cv2.line(mask, (3, 0), (3, high - 4), 255, 2)
        cv2.line(mask, (3, high - 4), (wide, high - 4), 255, 2)
    if chance.random() < 0.75:
        pen = chance.uniform(1, 3.5)
        for _ in range(chance.randint(1, 3)):
            line = stroked(_curve(chance, wide, high), mask.shape, np.full(120, pen))
            mask = np.maximum(mask, line)
    else:
        for x in range(12, wide - 24, 32):
            cv2.rectangle(mask, (x, chance.randint(5, high - 10)), (x + 18, high - 4), 160, -1)
    sheet.put(mask, *somewhere(sheet, wide))


def _curve(chance: random.Random, wide: int, high: int) -> Points:
    """Return a curve that never turns back: a walk, or a sum of waves."""
    x = np.linspace(5, wide - 5, 120)
    if chance.random() < 0.4:
        knots = np.linspace(5, wide - 5, chance.randint(5, 60))
        y = np.interp(x, knots, np.cumsum([chance.gauss(0, 1) for _ in knots]))
    else:
        y = np.zeros(120)
        for _ in range(chance.randint(1, 3)):
            waves = chance.uniform(0.3, 6) * 2 * math.pi / wide
            y += chance.uniform(0.2, 1) * np.sin(x * waves + chance.uniform(0, 6))
    share = chance.uniform(0.3, 1)
    y = (y - y.min()) / (np.ptp(y) + 1e-6) * (high - 16) * share
    return np.stack((x, y + 8 + (high - 16) * (1 - share) * chance.random()), axis=1)


def photo(sheet: Sheet) -> None:
    """Something of many shades."""
    chance, side = sheet.chance, sheet.chance.randint(120, 320)
    noise = np.random.default_rng(chance.randint(0, 9**9))
    shades = np.zeros((side, side), np.float32)
    for cells in (3, 8, 24):
        rough = noise.uniform(0, 1, (cells, cells)).astype(np.float32)
        shades += cv2.resize(rough, (side, side), interpolation=cv2.INTER_CUBIC) * 3 / cells
    shades = 230 * (shades - shades.min()) / np.ptp(shades)
    sheet.put(np.asarray(shades, np.uint8), *somewhere(sheet, side))


def barcode(sheet: Sheet) -> None:
    """Bars, or squares."""
    chance = sheet.chance
    if chance.random() < 0.5:
        row = np.repeat([chance.choice((0, 255)) for _ in range(70)], 3).astype(np.uint8)
        mask = np.repeat(row[None], 50, axis=0)
    else:
        noise = np.random.default_rng(chance.randint(0, 9**9))
        mask = np.kron(noise.integers(0, 2, (25, 25)), np.full((4, 4), 255)).astype(np.uint8)
    sheet.put(mask, *somewhere(sheet, 220))


def scribble(sheet: Sheet) -> None:
    """What a pen does that signs nothing: rings around words, arrows, underlines, crosses."""
    chance, wide, high = sheet.chance, sheet.chance.randint(60, 300), sheet.chance.randint(20, 90)
    t = np.linspace(0, 1, 60)
    match chance.randint(0, 3):
        case 0:
            turn = t * 2 * math.pi * chance.uniform(0.9, 1.3)
            x, y = wide / 2 * (1 + 0.9 * np.cos(turn)), high / 2 * (1 + 0.9 * np.sin(turn + 0.1))
        case 1:
            x, y = wide * t, high / 2 + 4 * np.sin(t * chance.uniform(2, 12))
        case 2:
            x, y = wide * t, high * t
        case _:
            x = wide * np.abs(2 * t - 1)
            y = high * t + 3 * np.sin(9 * t)
    points = np.stack((x, y), axis=1) + 4
    mask = stroked(points, (high + 12, wide + 12), np.full(60, chance.uniform(1.5, 3.5)))
    sheet.put(mask, *somewhere(sheet, 300), chance.uniform(0.6, 1))
