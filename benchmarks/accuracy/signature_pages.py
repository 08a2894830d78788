"""Draws pages with and without signatures, for `tools/train_signatures.py` to learn from.

Letters, forms, contracts and invoices in many faces, handwritten answers and letters, script
headings, stamps, logos, tables, charts, photographs, and lines that nobody has signed.
"""

import random

import cv2
import numpy as np

from benchmarks.accuracy.signature_clutter import (
    barcode,
    chart,
    logo,
    photo,
    scribble,
    stamp,
    tick,
)
from benchmarks.accuracy.signature_pens import Mask, name
from benchmarks.accuracy.signature_sheet import Drawn, Faces, Sheet

LABELS = (
    *("Name:", "First name", "Address:", "City", "Date of birth:", "Phone", "E-mail:", "Nom :"),
    *("Prénom", "Adresse :", "Ville", "Profession", "Employer:", "Account no.", "Amount:", "Title"),
    *("Position:", "Reference", "Remarks:", "Commentaires", "Company", "Print name:", "Date:"),
)
SIGN_LABELS = (
    *("Signature:", "Signature", "Signed:", "Sign here", "Authorized signature", "Signé", "X"),
    *("Signature du client", "Signature of applicant", "Signature :", "Lu et approuvé", "By:"),
    *("Customer signature", "Le vendeur", "L'acheteur", "For the Company", "Director", "Borrower"),
)
CLOSINGS = ("Sincerely,", "Yours faithfully,", "Best regards,", "Cordialement,", "Fait à Lyon")


def draw(seed: int, faces: Faces) -> Drawn:
    """Return a page; about two of three are signed."""
    chance = random.Random(seed)
    sheet = Sheet(chance, faces, signs=chance.random() < 0.66)
    sheet.top = heading(sheet)
    bottom = chance.choice((letter, form, form, contract, invoice, notes))(sheet)
    for _ in range(chance.choice((0, 1, 1, 2, 2, 3))):
        chance.choice((stamp, stamp, logo, chart, chart, photo, scribble, barcode))(sheet)
    if chance.random() < 0.2 and bottom < sheet.height - 150:
        signing(sheet, bottom + 80)
    return sheet.page


def heading(sheet: Sheet) -> float:
    """Write a heading, in some script at times, and return where it ends."""
    chance, y = sheet.chance, float(sheet.chance.randint(30, 90))
    if chance.random() < 0.8:
        script = chance.random() < 0.6
        path = chance.choice(sheet.faces.script if script else sheet.faces.print)
        size = chance.randint(26, 70)
        text = chance.choice((name(chance), sheet.sentence(1, 3).title()))
        x = chance.choice((sheet.margin, sheet.width / 3))
        sheet.text(text, x, y, size=size, path=path, kind="script" if script else "print")
        y += size * 1.5
    for _ in range(chance.choice((0, 2, 4))):
        sheet.text(sheet.sentence(2, 4), chance.choice((sheet.margin, sheet.width * 0.6)), y)
        y += sheet.size * 1.4
    return y + sheet.size


def letter(sheet: Sheet) -> float:
    """A printed letter, closed and signed."""
    chance, y = sheet.chance, sheet.top
    for _ in range(chance.randint(1, 4)):
        y = sheet.paragraph(y, chance.randint(1, 6))
    x = chance.choice((sheet.margin, sheet.width * 0.55))
    sheet.text(chance.choice(CLOSINGS), x, y)
    y += chance.randint(80, 140)
    sheet.sign(x, y, 380)
    sheet.text(name(chance), x, y + chance.randint(0, 15))
    return y + 50


def form(sheet: Sheet) -> float:
    """Labels with answers, many by hand, and where to sign."""
    chance, y = sheet.chance, sheet.top
    hand, columns = chance.random() < 0.75, chance.choice((1, 1, 2))
    size = chance.randint(20, 40)
    step = chance.randint(max(34, size), 70)
    for _ in range(chance.randint(3, 11)):
        for column in range(columns):
            x = sheet.margin + column * (sheet.width - sheet.margin) / 2
            after = sheet.text(chance.choice(LABELS), x, y) + 10
            end = x + (sheet.width - 2 * sheet.margin) / columns - 20
            if chance.random() < 0.7:
                sheet.line(after, y + sheet.size * 1.15, end)
            if chance.random() < 0.8:
                answer(sheet, after, y, size, hand=hand)
        y += step
        if y > sheet.height * 0.75:
            break
    if chance.random() < 0.4:
        for number in range(chance.randint(1, 4)):
            tick(sheet, sheet.margin, y + number * 34)
            sheet.text(sheet.sentence(1, 3), sheet.margin + 34, y + number * 34)
        y += 150
    return signing(sheet, y + chance.randint(50, 110))


def answer(sheet: Sheet, x: float, y: float, size: int, *, hand: bool) -> None:
    """Write what somebody filled in."""
    chance = sheet.chance
    figures = f"{chance.randint(1, 28)}/{chance.randint(1, 12)}/{chance.randint(1950, 2025)}"
    number = str(chance.randint(10, 9**7))
    text = chance.choice((name(chance), sheet.sentence(1, 3), figures, number))
    if not hand:
        sheet.text(text, x, y)
        return
    dark = chance.uniform(0.6, 1)
    up = y + sheet.size - size * chance.uniform(0.85, 1.1)
    sheet.text(text, x, up, size=size, path=sheet.pen, kind="hand", dark=dark)


def signing(sheet: Sheet, y: float) -> float:
    """Places to sign, side by side, with or without signatures."""
    chance, places = sheet.chance, sheet.chance.choice((1, 1, 2, 2, 3))
    room = (sheet.width - 2 * sheet.margin) / places
    how = chance.choice(("below", "above", "before", "box", "none"))
    for number in range(places):
        x = sheet.margin + number * room
        label = chance.choice(SIGN_LABELS)
        line_end, start, base = x + room * 0.85, x, y + 60
        if how == "before":
            start = sheet.text(label, x, base - sheet.size) + 8
        if how in ("below", "before", "above"):
            sheet.line(start, base, line_end, chance.choice((1, 1, 2)))
        if how == "below":
            sheet.text(label, x, base + 8)
        if how in ("above", "box"):
            sheet.text(label, x + 6, base - 90)
        if how == "box":
            corner, other = (round(x), round(base - 95)), (round(line_end), round(base + 20))
            cv2.rectangle(sheet.page.ink, corner, other, 220, 2)
        if chance.random() < 0.85:
            sheet.sign(start + 5, base + chance.randint(-5, 14), line_end - start)
        beside_signature(sheet, x, base)
    return y + 140


def beside_signature(sheet: Sheet, x: float, base: float) -> None:
    """Write a date or a name below a place to sign, or nothing."""
    chance = sheet.chance
    if chance.random() < 0.3:
        sheet.text("Date", x, base + 40)
        if chance.random() < 0.7:
            answer(sheet, x + 60, base + 40, chance.randint(20, 34), hand=True)
    elif chance.random() < 0.3:
        path = chance.choice((sheet.face, sheet.pen))
        kind = "hand" if path == sheet.pen else "print"
        size = chance.randint(20, 34) if kind == "hand" else sheet.size
        sheet.text(name(chance), x, base + 36, path=path, kind=kind, size=size)


def contract(sheet: Sheet) -> float:
    """Small print, numbered, then where to sign."""
    chance, y = sheet.chance, sheet.top
    sheet.size = min(sheet.size, 19)
    for number in range(1, chance.randint(3, 8)):
        if y > sheet.height - 380:
            break
        sheet.text(f"{number}. {sheet.sentence(1, 3)}", sheet.margin, y)
        y = sheet.paragraph(y + sheet.size * 1.6, chance.randint(1, 5))
    if sheet.signs and chance.random() < 0.15:  # Initials at the foot.
        sheet.sign(sheet.width - 200, sheet.height - 30, 120)
    return signing(sheet, y + chance.randint(50, 110))


def invoice(sheet: Sheet) -> float:
    """A table with numbers."""
    chance, y = sheet.chance, sheet.top
    columns, rows = chance.randint(2, 6), chance.randint(3, 12)
    high, wide = chance.randint(30, 50), (sheet.width - 2 * sheet.margin) / columns
    hand = chance.random() < 0.3
    for row in range(rows + 1):
        sheet.line(sheet.margin, y + row * high, sheet.width - sheet.margin)
        for column in range(columns if row < rows else 0):
            text = sheet.sentence(1, 1) if column == 0 else f"{chance.uniform(1, 999):.2f}"
            place = (sheet.margin + column * wide + 8, y + row * high + 8)
            if hand and row:
                sheet.text(text, *place, path=sheet.pen, kind="hand", size=round(high * 0.7))
            else:
                sheet.text(text, *place)
    if chance.random() < 0.6:
        for column in range(columns + 1):
            x = round(sheet.margin + column * wide)
            sheet.page.ink[round(y) : round(y + rows * high), x : x + 1] = 230
    y += rows * high + 30
    y = sheet.paragraph(y, chance.randint(0, 3))
    return signing(sheet, y + 60) if chance.random() < 0.6 else y


def notes(sheet: Sheet) -> float:
    """A letter by hand, signed or not; on ruled paper at times."""
    chance, y = sheet.chance, sheet.top
    size = chance.randint(24, 46)
    ruled = chance.random() < 0.4
    for _ in range(chance.randint(2, 10)):
        if y > sheet.height - 300:
            break
        text = sheet.sentence(3, max(4, round(sheet.width / size / 4)))
        sheet.text(text, sheet.margin, y, size=size, path=sheet.pen, kind="hand")
        if ruled:
            sheet.line(0, y + size * 1.1, sheet.width)
        y += size * 1.5
    y += chance.randint(60, 130)
    sheet.sign(chance.choice((sheet.margin, sheet.width * 0.5)), y, 400)
    return y + 40


def spoiled(page: Drawn, chance: random.Random) -> Mask:
    """Return a page as a scanner or a camera gives it: uint8, (height, width), 255 is white."""
    noise = np.random.default_rng(chance.randint(0, 9**9))
    paper, dark = chance.uniform(0.75, 1.0), chance.uniform(0.7, 1.0)
    grey = 255 * paper * (1 - dark * page.ink.astype(np.float32) / 255)
    if chance.random() < 0.6:
        grey = cv2.GaussianBlur(grey, (0, 0), chance.uniform(0.3, 1.6))
    if chance.random() < 0.4:
        slope = np.linspace(1, chance.uniform(0.7, 1), grey.shape[1], dtype=np.float32)
        grey = grey * slope[None]
    if chance.random() < 0.6:
        grey = grey + noise.normal(0, chance.uniform(1, 18), grey.shape)
    clipped = np.asarray(np.clip(grey, 0, 255), np.uint8)
    if chance.random() < 0.5:
        quality = [int(cv2.IMWRITE_JPEG_QUALITY), chance.randint(25, 85)]
        stored = cv2.imencode(".jpg", clipped, quality)[1]
        clipped = np.asarray(cv2.imdecode(stored, cv2.IMREAD_GRAYSCALE), np.uint8)
    return clipped
