"""Three papers: an invoice, a form and a page of two columns."""

from collections.abc import Sequence

from tests.pages import Page

WIDTH, HEIGHT = 1240, 1754
"""In pixels: A4 at 150 dots an inch."""
ITEMS = [
    ["Description", "Quantity", "Unit price", "Amount"],
    ["Mechanical keyboard", "3", "49.90", "149.70"],
    ["Wireless mouse", "2", "19.50", "39.00"],
    ["Monitor 27 inches", "1", "189.00", "189.00"],
]
FIELDS = {
    "First name:": "Camille",
    "Last name:": "Durand-Lefèvre",
    "Date of birth:": "14/03/1985",
    "Address:": "12 rue des Écoles",
    "City:": "Besançon",
}
LEFT = (
    "The river rose in the night and by dawn it had covered the lower fields. Nobody was hurt."
    " The mayor opened the school to the families whose houses were wet."
)
RIGHT = (
    "Engineers came from the capital in the afternoon. They measured the walls and said that"
    " the bridge would stand. Trains will run again on Monday."
)


def invoice() -> Page:
    """Return an invoice: its number and dates, a ruled table of items, totals."""
    page = Page(WIDTH, HEIGHT)
    page.write("Atelier Numérique SARL", 100, 90, size=30, is_bold=True)
    page.write("5 quai de la Gare, 31000 Toulouse", 100, 140, size=24)
    page.write("INVOICE", 860, 90, size=44, is_bold=True)
    page.write("Invoice number: INV-2024-0117", 100, 260, size=26)
    page.write("Invoice date: 2024-03-14", 100, 310, size=26)
    page.write("Due date: 2024-04-13", 100, 360, size=26)
    draw_table(page, ITEMS, left=100, top=480, widths=(440, 180, 210, 210), height=66)
    page.write("Subtotal: 377.70", 800, 800, size=26)
    page.write("Tax: 75.54", 800, 850, size=26)
    page.write("Total: 453.24 EUR", 800, 900, size=26, is_bold=True)
    return page


def form() -> Page:
    """Return a form that somebody has filled in."""
    page = Page(WIDTH, HEIGHT)
    page.write("Membership application", 380, 110, size=40, is_bold=True)
    for row, (label, value) in enumerate(FIELDS.items()):
        page.write(label, 140, 300 + row * 110, size=28)
        page.write(value, 480, 300 + row * 110, size=28)
    return page


def two_columns() -> Page:
    """Return a page with a title and two columns of text."""
    page = Page(WIDTH, HEIGHT)
    page.write("The night of the flood", 330, 110, size=44, is_bold=True)
    for x, text in ((110, LEFT), (660, RIGHT)):
        for row, line in enumerate(wrapped(text, 32)):
            page.write(line, x, 260 + row * 44, size=26)
    return page


def wrapped(text: str, width: int) -> list[str]:
    """Part a text into lines of at most so many characters."""
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def draw_table(
    page: Page,
    rows: Sequence[Sequence[str]],
    *,
    left: float,
    top: float,
    widths: Sequence[float],
    height: float,
) -> None:
    """Draw a ruled table; the first row is bold."""
    for number, row in enumerate(rows):
        x = left
        y = top + number * height
        for text, width in zip(row, widths, strict=True):
            page.box(x, y, x + width, y + height)
            page.write(text, x + 14, y + height * 0.28, size=26, is_bold=number == 0)
            x += width


RECEIPT = {"SOUS-TOTAL": "10,00 €", "TVA 20%": "2,00 €", "TOTAL TTC": "12,00 €"}
PASSPORT_ZONE = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
"""The specimen of ICAO's Doc 9303."""


def receipt() -> Page:
    """Return a French receipt, whose labels have no colons."""
    page = Page(700, 620)
    page.write("Boulangerie du Port", 180, 40, size=30, is_bold=True)
    page.write("Facture n° : 2024-881", 60, 130)
    for row, (label, amount) in enumerate(RECEIPT.items()):
        page.write(label, 60, 260 + 80 * row)
        page.write(amount, 480, 260 + 80 * row)
    return page


WAGES = {"Employee:": "Camille Durand", "Wages:": "48,500.00"}


def wage_statement() -> Page:
    """Return a form whose name stands on it, with a box that is ticked; it is page 3."""
    page = Page(1240, 700)
    page.write("Form W-2 Wage and Tax Statement", 300, 60, size=34, is_bold=True)
    for row, (label, value) in enumerate(WAGES.items()):
        page.write(label, 100, 200 + 80 * row)
        page.write(value, 500, 200 + 80 * row)
    draw_checkbox(page, 100, 400, is_ticked=True)
    page.write("Retirement plan", 146, 400)
    page.write("Page 3 of 4", 540, 650, size=24)
    return page


def passport() -> Page:
    """Return the page of a passport."""
    page = Page(1240, 700)
    page.write("UTOPIA", 80, 50, size=34, is_bold=True)
    page.write("Place of birth: ZENITH", 80, 200)
    page.write("Date of issue: 2002-04-16", 80, 270)
    for row, line in enumerate(PASSPORT_ZONE):
        page.write(line, 60, 520 + 70 * row, size=32)
    return page


def licence() -> Page:
    """Return a driver's licence."""
    page = Page(1000, 560)
    page.write("DRIVER LICENSE", 300, 40, size=36, is_bold=True)
    page.write("DL D1234567", 80, 150)
    page.write("EXP 08/31/2029", 80, 220)
    page.write("LN GARCIA", 80, 290)
    page.write("FN MARIA", 80, 360)
    page.write("DOB 03/18/1990", 80, 430)
    return page


FRENCH_ITEMS = [
    ["Désignation", "Quantité", "Prix unitaire", "Montant"],
    ["Clavier mécanique", "3", "49,90", "149,70"],
    ["Souris sans fil", "2", "19,50", "39,00"],
    ["Écran 27 pouces", "1", "189,00", "189,00"],
]
FRENCH_TOTALS = {
    "Numéro de facture :": "FA-2024-0117",
    "Date de facture :": "14/03/2024",
    "Date d'échéance :": "13/04/2024",
    "Total HT :": "377,70",
    "TVA :": "75,54",
    "Total TTC :": "453,24 EUR",
}
FRENCH_FIELDS = {
    "Nom :": "Durand-Lefèvre",
    "Prénom :": "Camille",
    "Né(e) le :": "14/03/1985",
    "Ville :": "Besançon",
}
FRENCH_CHOICES = {
    "Célibataire": True,
    "Marié(e)": False,
    "J'accepte le règlement intérieur": True,
    "Recevoir la lettre": False,
}
RATINGS = [["", "Agree", "Disagree"], ["Good service", True, False], ["Fair price", False, True]]


def french_invoice() -> Page:
    """Return an invoice in French, laid out as `invoice`."""
    page = Page(WIDTH, HEIGHT)
    page.write("Atelier Numérique SARL", 100, 90, size=30, is_bold=True)
    page.write("FACTURE", 860, 90, size=44, is_bold=True)
    (*heads, net, tax, total) = FRENCH_TOTALS.items()
    for row, field in enumerate(heads):
        page.write(" ".join(field), 100, 260 + 50 * row, size=26)
    draw_table(page, FRENCH_ITEMS, left=100, top=480, widths=(440, 180, 210, 210), height=66)
    for row, field in enumerate((net, tax, total)):
        page.write(" ".join(field), 760, 800 + 50 * row, size=26)
    return page


def french_form() -> Page:
    """Return a form in French that somebody has filled in, with boxes that are ticked or not."""
    page = Page(WIDTH, HEIGHT)
    page.write("Demande d'adhésion", 420, 110, size=40, is_bold=True)
    for row, (label, value) in enumerate(FRENCH_FIELDS.items()):
        page.write(label, 140, 300 + row * 110, size=28)
        page.write(value, 480, 300 + row * 110, size=28)
    (single, married, rules, letter) = FRENCH_CHOICES
    for text, x, y in (
        (single, 140, 780),
        (married, 520, 780),
        (rules, 140, 880),
        (letter, 140, 960),
    ):
        draw_checkbox(page, x, y, is_ticked=FRENCH_CHOICES[text])
        page.write(text, x + 46, y, size=28)
    return page


def survey() -> Page:
    """Return a table with checkboxes in its fields."""
    page = Page(WIDTH, 700)
    page.write("Customer survey", 420, 60, size=40, is_bold=True)
    texts = [[each if isinstance(each, str) else "" for each in row] for row in RATINGS]
    draw_table(page, texts, left=150, top=200, widths=(400, 260, 260), height=90)
    for row, ratings in enumerate(RATINGS):
        for column, rating in enumerate(ratings):
            if isinstance(rating, bool):
                x = 150 + 400 + 260 * (column - 1) + 110
                draw_checkbox(page, x, 200 + 90 * row + 28, is_ticked=rating)
    return page


def draw_checkbox(page: Page, x: float, y: float, *, is_ticked: bool, side: float = 30) -> None:
    """Draw a square, and a cross in it if it is ticked."""
    page.box(x, y, x + side, y + side)
    if is_ticked:
        for start, end in ((x + 6, x + side - 6), (x + side - 6, x + 6)):
            page.draw.line((start, y + 6, end, y + side - 6), fill="black", width=4)
