"""The words of texts that tell what they are about."""

import re
from collections.abc import Sequence

from outcrop.operations import Call
from outcrop.services.comprehend.analyses import analyses_of
from outcrop.services.comprehend.texts import engine_errors

TELLING = frozenset(("NOUN", "PROPN", "ADJ"))
SHORTEST = 3
LONG_WORD = re.compile(r"[^\W\d_]{5,}")
"""In languages whose parts of speech no model here tells."""


async def telling_words(call: Call, texts: Sequence[str]) -> list[list[str]]:
    """Return the nouns, names and adjectives of each text in its own language, in small letters.

    Raises:
        InternalServerException: A model is not there, or failed.
    """
    if not texts:
        return []
    engines = call.backends.engines
    with engine_errors():
        guesses = await engines.language_identification.identify(texts)
    found = [[word.lower() for word in LONG_WORD.findall(text)] for text in texts]
    for language in sorted(engines.text_analysis.languages):
        own = [at for at, guess in enumerate(guesses) if guess[0].language == language]
        analyses = await analyses_of(call, [texts[at] for at in own], language, {"words"})
        for at, analysis in zip(own, analyses, strict=True):
            found[at] = [
                texts[at][word.begin : word.end].lower()
                for word in analysis.words
                if word.part_of_speech in TELLING and word.end - word.begin >= SHORTEST
            ]
    return found
