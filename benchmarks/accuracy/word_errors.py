"""Word errors between two texts, after both have been read aloud: figures count as words.

That goes for English and French; texts in other languages must have no figures.
"""

import re
import unicodedata

from outcrop.engines.text_to_speech.words import english, french

READ = {"en": english.read, "fr": french.read}


def spoken_words(text: str, language: str) -> list[str]:
    """Return the words of a text as they are said, in small letters, without marks."""
    read = READ.get(language)
    if read is None:  # Such texts have no figures.
        said = re.findall(r"\w+", text)
    else:
        said = [word for token in read(text) for word in token.words if word != ","]
    parts = " ".join(said).lower().replace("-", " ").replace("'", " ").split()
    return [unicodedata.normalize("NFC", part) for part in parts]


def word_errors(expected: str, heard: str, language: str) -> tuple[int, int]:
    """Return how many words differ (put in, left out, changed), and of how many."""
    heard = re.sub(r"\b(\d\d?)\.(\d\d)\b", r"\1:\2", heard)  # How Whisper writes the time.
    said, understood = spoken_words(expected, language), spoken_words(heard, language)
    row = list(range(len(understood) + 1))
    for place, word in enumerate(said, 1):
        before, row[0] = row[0], place
        for other, candidate in enumerate(understood, 1):
            changed = before + (word != candidate)
            before = row[other]
            row[other] = min(changed, row[other] + 1, row[other - 1] + 1)
    return row[-1], len(said)
