"""The alphabet that Kokoro's model reads: the IPA, with single letters for English diphthongs.

Source: https://huggingface.co/hexgrad/Kokoro-82M/blob/main/config.json
"""

import unicodedata
from collections.abc import Iterable, Mapping

SYMBOLS: Mapping[str, int] = {
    ";": 1, ":": 2, ",": 3, ".": 4, "!": 5, "?": 6, "—": 9, "…": 10, '"': 11, "(": 12, ")": 13,
    "“": 14, "”": 15, " ": 16, "\u0303": 17, "ʣ": 18, "ʥ": 19, "ʦ": 20, "ʨ": 21, "ᵝ": 22,
    "ꭧ": 23, "A": 24, "I": 25, "O": 31, "Q": 33, "S": 35, "T": 36, "W": 39, "Y": 41, "ᵊ": 42,
    "a": 43, "b": 44, "c": 45, "d": 46, "e": 47, "f": 48, "h": 50, "i": 51, "j": 52, "k": 53,
    "l": 54, "m": 55, "n": 56, "o": 57, "p": 58, "q": 59, "r": 60, "s": 61, "t": 62, "u": 63,
    "v": 64, "w": 65, "x": 66, "y": 67, "z": 68, "ɑ": 69, "ɐ": 70, "ɒ": 71, "æ": 72, "β": 75,
    "ɔ": 76, "ɕ": 77, "ç": 78, "ɖ": 80, "ð": 81, "ʤ": 82, "ə": 83, "ɚ": 85, "ɛ": 86, "ɜ": 87,
    "ɟ": 90, "ɡ": 92, "ɥ": 99, "ɨ": 101, "ɪ": 102, "ʝ": 103, "ɯ": 110, "ɰ": 111, "ŋ": 112,
    "ɳ": 113, "ɲ": 114, "ɴ": 115, "ø": 116, "ɸ": 118, "θ": 119, "œ": 120, "ɹ": 123, "ɾ": 125,
    "ɻ": 126, "ʁ": 128, "ɽ": 129, "ʂ": 130, "ʃ": 131, "ʈ": 132, "ʧ": 133, "ʊ": 135, "ʋ": 136,
    "ʌ": 138, "ɣ": 139, "ɤ": 140, "χ": 142, "ʎ": 143, "ʒ": 147, "ʔ": 148, "ˈ": 156, "ˌ": 157,
    "ː": 158, "ʰ": 162, "ʲ": 164, "↓": 169, "→": 171, "↗": 172, "↘": 173, "ᵻ": 177,
}  # fmt: skip
"""What the model knows each symbol as."""
BOUNDARY = 0
"""What stands before the first symbol and behind the last."""
STRESSES = "ˈˌ"
NASAL = "\u0303"
VOWELS = frozenset("AIOQWYaeiouyæɐɑɒɔəɚɛɜɨɪøœʊʌᵊᵻ")

ENGLISH = (
    ("d͡ʒ", "ʤ"), ("t͡ʃ", "ʧ"), ("dʒ", "ʤ"), ("tʃ", "ʧ"), ("eɪ", "A"), ("aɪ", "I"), ("aʊ", "W"),
    ("ɔɪ", "Y"), ("g", "ɡ"),
)  # fmt: skip
AMERICAN = (
    *ENGLISH, ("oʊ", "O"), ("əʊ", "O"), ("ɜː", "ɜɹ"), ("ɝ", "ɜɹ"), ("ɚ", "əɹ"), ("ɹɹ", "ɹ"),
    ("r", "ɹ"), ("ː", ""), ("ɾ", "T"), ("ʔ", "t"), ("e", "ɛ"), ("o", "O"), ("ɐ", "ə"),
    ("ɒ", "ɑ"),
)  # fmt: skip
BRITISH = (
    *ENGLISH, ("oʊ", "Q"), ("əʊ", "Q"), ("ɝ", "ɜː"), ("ɚ", "ə"), ("r", "ɹ"), ("e", "ɛ"), ("o", "Q"),
    ("æ", "a"),
)  # fmt: skip
ELSEWHERE = (
    ("d͡ʒ", "ʤ"), ("t͡ʃ", "ʧ"), ("dʒ", "ʤ"), ("tʃ", "ʧ"), ("t͡s", "ʦ"), ("d͡z", "ʣ"), ("g", "ɡ"),
    ("ɝ", "ɜ"),
)  # fmt: skip
NEAREST = (
    (":", "ː"), ("'", "ˈ"), ("Θ", "θ"), ("ʀ", "ʁ"), ("ʉ", "u"), ("ɫ", "l"),
    ("l\u0329", "ᵊl"), ("m\u0329", "ᵊm"), ("n\u0329", "ᵊn"),
    (".", ""), ("-", ""), ("‿", ""), ("/", ""), ("[", ""), ("]", ""), ("\u032f", ""),
)  # fmt: skip
"""How others write what the model knows, or has no symbol for and a near one."""


def from_ipa(text: str, language: str) -> str:
    """Return a transcription in the model's alphabet; what it does not know is left out."""
    text = unicodedata.normalize("NFD", text.strip("/[] "))
    text = text.replace("c\u0327", "ç")
    pairs = {"en-US": AMERICAN, "en-GB": BRITISH}.get(language, ELSEWHERE)
    for before, after in (*NEAREST, *pairs):
        text = text.replace(unicodedata.normalize("NFD", before), after)
    return "".join(symbol for symbol in text if symbol in SYMBOLS)


def is_vowel(symbols: Iterable[str]) -> bool:
    """Tell whether what is said begins with a vowel."""
    return next((s in VOWELS for s in symbols if s not in STRESSES and s != " "), False)
