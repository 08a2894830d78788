"""Precision, recall and F1 of personal data in generated texts.

    python -m benchmarks.accuracy.personal_data

Letters and notes in English and French are filled with numbers, names and addresses that are made
by chance and fit their checksums; among them stand numbers that are nobody's. A find is right if
its type and both its ends are. The forms were written by those who wrote the rules: the score shows
that these hold together, not how they fare on texts of another kind.
"""

import itertools
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3

from outcrop import LocalServer
from outcrop.engines.personal_data.checksums import french_nir, iban, luhn

TEXTS = 150
"""In each language."""
Make = Callable[[random.Random], str]


def digits(chance: random.Random, count: int) -> str:
    return "".join(str(chance.randrange(10)) for _ in range(count))


def until(fits: Callable[[str], bool], make: Make) -> Make:
    """Return a maker whose values fit."""

    def made(chance: random.Random) -> str:
        while not fits(value := make(chance)):
            pass
        return value

    return made


def card(chance: random.Random) -> str:
    number = chance.choice(("4", "51", "55"))
    number += digits(chance, 16 - len(number))
    return chance.choice(("", " ", "-")).join(number[at : at + 4] for at in range(0, 16, 4))


def french_iban(chance: random.Random) -> str:
    account = digits(chance, 23)
    check = 98 - int(account + "152700") % 97
    whole = f"FR{check:02}{account}"
    return " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))


def nir(chance: random.Random) -> str:
    born = f"{chance.choice('12')}{chance.randrange(100):02}{chance.randrange(1, 13):02}"
    number = f"{born}{chance.randrange(1, 96):02}{chance.randrange(1, 990):03}{digits(chance, 3)}"
    key = 97 - int(number) % 97
    if chance.random() < 0.5:
        return f"{number}{key:02}"
    cuts = (0, 1, 3, 5, 7, 10, 13)
    spaced = " ".join(number[a:b] for a, b in itertools.pairwise(cuts))
    return f"{spaced} {key:02}"


def one_of(*choices: str) -> Make:
    return lambda chance: chance.choice(choices)


def name(first: Sequence[str], last: Sequence[str]) -> Make:
    return lambda chance: f"{chance.choice(first)} {chance.choice(last)}"


def email(chance: random.Random) -> str:
    user = chance.choice(("anna.smith", "j.martin", "info", "claire_durand", "bob+news"))
    return f"{user}@{chance.choice(('example.com', 'mail.example.org', 'societe.fr'))}"


def address_en(chance: random.Random) -> str:
    street = chance.choice(("Main", "Oak", "Washington", "Park", "Elm", "Lincoln"))
    kind = chance.choice(("Street", "Avenue", "Road", "Lane", "Drive"))
    city = chance.choice(("Springfield, IL 62704", "Austin, TX 78701", "Denver, CO 80202"))
    return f"{chance.randrange(1, 999)} {street} {kind}, {city}"


def address_fr(chance: random.Random) -> str:
    street = chance.choice(
        ("rue de la Paix", "avenue Victor Hugo", "boulevard Voltaire", "place Bellecour")
    )
    city = chance.choice(("75002 Paris", "69001 Lyon", "13006 Marseille", "31000 Toulouse"))
    return f"{chance.randrange(1, 200)} {street}, {city}"


SHARED: Mapping[str, Make] = {
    "CREDIT_DEBIT_NUMBER": until(luhn, card),
    "INTERNATIONAL_BANK_ACCOUNT_NUMBER": until(iban, french_iban),
    "EMAIL": email,
    "URL": one_of("https://example.com/account?id=42", "http://www.example.org/a/b"),
    "IP_ADDRESS": lambda chance: ".".join(str(chance.randrange(1, 255)) for _ in range(4)),
    "AWS_ACCESS_KEY": lambda chance: "AKIA" + "".join(chance.choices("ABCDEFGHJK234567", k=16)),
}
VALUES: Mapping[str, Mapping[str, Make]] = {
    "en": {
        **SHARED,
        "NAME": name(("Anna", "James", "Linda", "Robert"), ("Smith", "Johnson", "Brown", "Davis")),
        "PHONE": lambda chance: f"212-555-{chance.randrange(100, 199):04}",
        "SSN": lambda chance: (
            f"{chance.randrange(100, 600)}-{chance.randrange(10, 99)}-"
            f"{chance.randrange(1000, 9999)}"
        ),
        "ADDRESS": address_en,
        "DATE_TIME": one_of("July 5, 1994", "2024-03-12", "March 3rd", "12/05/2023"),
    },
    "fr": {
        **SHARED,
        "NAME": name(("Marie", "Jean", "Claire", "Paul"), ("Dupont", "Martin", "Durand", "Leroy")),
        "PHONE": lambda chance: "06 " + " ".join(digits(chance, 2) for _ in range(4)),
        "SSN": until(french_nir, nir),
        "ADDRESS": address_fr,
        "DATE_TIME": one_of("5 juillet 1994", "2024-03-12", "1er mars", "12/05/2023"),
    },
}
FORMS: Mapping[str, Sequence[str]] = {
    "en": (
        "Dear {NAME}, your order 48213 was sent to {ADDRESS}.",
        "Please call {NAME} at {PHONE} or write to {EMAIL}.",
        "The card {CREDIT_DEBIT_NUMBER} was charged 129.90 dollars on {DATE_TIME}.",
        "Her social security number is {SSN}.",
        "Transfer the 1,250 euros to {INTERNATIONAL_BANK_ACCOUNT_NUMBER}, thank you.",
        "We saw 37 failed logins from {IP_ADDRESS}; see {URL} for version 10.2 of the report.",
        "Somebody committed the key {AWS_ACCESS_KEY} to the repository.",
        "The factory made 4,500 chairs and 12,000 tables last season.",
        "Reference 8471-2290-5513-7784 is the number of the parcel.",
    ),
    "fr": (
        "Bonjour {NAME}, votre commande 48213 est partie au {ADDRESS}.",
        "Appelez {NAME} au {PHONE} ou écrivez à {EMAIL}.",
        "La carte {CREDIT_DEBIT_NUMBER} a été débitée de 129,90 euros le {DATE_TIME}.",
        "Son numéro de sécurité sociale est le {SSN}.",
        "Virez les 1 250 euros sur {INTERNATIONAL_BANK_ACCOUNT_NUMBER}, merci.",
        "Nous avons vu 37 échecs depuis {IP_ADDRESS} ; voir {URL} pour la version 10.2.",
        "Quelqu'un a publié la clé {AWS_ACCESS_KEY} dans le dépôt.",
        "L'usine a produit 4 500 chaises et 12 000 tables cette saison.",
        "La référence 8471-2290-5513-7784 désigne le colis.",
    ),
}


def generated(language: str, chance: random.Random) -> tuple[str, set[tuple[str, int, int]]]:
    """Return a text of three sentences and what it holds."""
    text, held = "", set[tuple[str, int, int]]()
    for form in chance.sample(FORMS[language], 3):
        for piece in form.replace("{", "\0{").replace("}", "}\0").split("\0"):
            value = piece
            if piece.startswith("{"):
                kind = piece.strip("{}")
                value = VALUES[language][kind](chance)
                held.add((kind, len(text), len(text) + len(value)))
            text += value
        text += " "
    return text, held


def measure(comprehend: Any, language: str) -> None:
    """Print precision, recall, F1, what was missed and found wrongly, and milliseconds a text."""
    chance = random.Random(7)
    right = found = held = 0
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    cases = [generated(language, chance) for _ in range(TEXTS)]
    began = time.monotonic()
    for text, truth in cases:
        answer = comprehend.detect_pii_entities(Text=text, LanguageCode=language)["Entities"]
        told = {(one["Type"], one["BeginOffset"], one["EndOffset"]) for one in answer}
        right += len(told & truth)
        found += len(told)
        held += len(truth)
        wrong.update(kind for kind, _, _ in told - truth)
        missed.update(kind for kind, _, _ in truth - told)
    milliseconds = (time.monotonic() - began) / TEXTS * 1000
    precision, recall = right / found, right / held
    print(
        f"{language}: precision {precision:.3f}, recall {recall:.3f},"
        f" F1 {2 * precision * recall / (precision + recall):.3f} of {held} in {TEXTS} texts,"
        f" {milliseconds:.0f} ms a text; missed {dict(missed)}, wrong {dict(wrong)}"
    )


def run(folder: Path) -> None:
    """Measure both languages on a server of its own."""
    server = LocalServer(folder)
    server.start()
    try:
        make: Any = boto3.client
        comprehend = make(
            "comprehend",
            endpoint_url=server.url,
            region_name="us-east-1",
            aws_access_key_id="111122223333",
            aws_secret_access_key="secret",
        )
        for language in VALUES:
            comprehend.detect_pii_entities(Text="Warm up.", LanguageCode=language)
            measure(comprehend, language)
    finally:
        server.stop()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        run(Path(place))
