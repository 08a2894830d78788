"""Words that tell in which register a text speaks.

The lists are short: a text may pass that speaks in the wrong register by its verbs alone.
"""

import regex

from outcrop.engines.translation.interface import Register
from outcrop.engines.translation.languages import base

WORDS: dict[str, dict[Register, str]] = {
    "de": {
        "informal": "du dich dir dein deine deinen deinem deiner deines euch euer eure euren",
        "formal": "Ihnen",
    },
    "es": {
        "informal": "tú ti tuyo tuya contigo vosotros vuestro vuestra os te",
        "formal": "usted ustedes",
    },
    "fr": {
        "informal": "tu te toi ton ta tes t'",
        "formal": "vous votre vos vôtre",
    },
    "it": {
        "informal": "tu tuo tua tuoi tue ti",
        "formal": "Lei Suo Sua Suoi Sue",
    },
    "nl": {
        "informal": "je jij jou jouw jullie",
        "formal": "u uw",
    },
    "pt-PT": {
        "informal": "tu teu tua teus tuas ti contigo",
        "formal": "senhor senhora senhores senhoras",
    },
}
_WITH_CAPITALS = frozenset((("de", "formal"), ("it", "formal")))
"""Where the capital alone makes the difference."""
OPPOSITE: dict[Register, Register] = {"formal": "informal", "informal": "formal"}

LANGUAGES = frozenset(("de", "es", "es-MX", "fr", "fr-CA", "hi", "it", "ja", "ko", "nl", "pt-PT"))
"""Whose registers can be asked for.

Source: https://docs.aws.amazon.com/translate/latest/dg/customizing-translations-formality.html
"""


def breaks(text: str, language: str, register: Register) -> list[str]:
    """Return the words of a text that belong to the other register."""
    known = WORDS.get(language) or WORDS.get(base(language))
    if known is None:
        return []
    words = known[OPPOSITE[register]].split()
    flags = 0 if (base(language), OPPOSITE[register]) in _WITH_CAPITALS else regex.IGNORECASE
    listed = "|".join(
        regex.escape(word) + ("" if word.endswith("'") else r"(?![\p{L}'])") for word in words
    )
    pattern = regex.compile(rf"(?<![\p{{L}}'-])(?:{listed})", flags)
    return pattern.findall(text.replace("’", "'"))
