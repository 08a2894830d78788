"""Clients who ask at once: their texts go to the models together, the answers to each his own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

CLIENTS = 8
TIMES = 2
PEOPLE = (
    ("Claire Martin", "Toulouse", "1999"),
    ("John Smith", "Boston", "2001"),
    ("Maria Garcia", "Madrid", "1987"),
    ("Peter Jones", "London", "1975"),
    ("Anna Keller", "Berlin", "2010"),
    ("David Brown", "Chicago", "1964"),
    ("Laura Rossi", "Rome", "2015"),
    ("Paul Walker", "Denver", "1952"),
)
TEXTS = [
    f"{'So. ' * number}{name} has lived in {city} since {year}; write to {year}@example.com."
    for number, (name, city, year) in enumerate(PEOPLE)
]
WORDS = ("une maison", "eine Katze", "a house", "una casa", "ett hus", "um gato", "een kat", "dom")

Found = Callable[[Any, str], object]


def entities(comprehend: Any, text: str) -> object:
    found = comprehend.detect_entities(Text=text, LanguageCode="en")["Entities"]
    return [(one["Type"], one["Text"], one["BeginOffset"]) for one in found]


def personal_data(comprehend: Any, text: str) -> object:
    found = comprehend.detect_pii_entities(Text=text, LanguageCode="en")["Entities"]
    return [(one["Type"], one["BeginOffset"], one["EndOffset"]) for one in found]


def parts_of_speech(comprehend: Any, text: str) -> object:
    found = comprehend.detect_syntax(Text=text, LanguageCode="en")["SyntaxTokens"]
    return [(one["Text"], one["PartOfSpeech"]["Tag"]) for one in found]


def language(comprehend: Any, text: str) -> object:
    words = WORDS[TEXTS.index(text)]
    return comprehend.detect_dominant_language(Text=words)["Languages"]


@pytest.mark.parametrize("find", [entities, personal_data, parts_of_speech, language])
def test_clients_who_ask_at_once_get_what_each_gets_alone(comprehend: Any, find: Found):
    alone = [find(comprehend, text) for text in TEXTS]

    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(lambda text: find(comprehend, text), TEXTS * TIMES))

    assert answers == alone * TIMES
    assert len({str(one) for one in alone}) == CLIENTS
