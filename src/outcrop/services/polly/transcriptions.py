"""How users write sounds down: in IPA or in X-SAMPA.

Source: https://docs.aws.amazon.com/polly/latest/dg/ref-phoneme-tables-shell.html
"""

from collections.abc import Mapping

X_SAMPA: Mapping[str, str] = {
    "A": "ɑ", "Q": "ɒ", "{": "æ", "@": "ə", "@`": "ɚ", "3": "ɜ", "3`": "ɝ", "E": "ɛ", "I": "ɪ",
    "O": "ɔ", "U": "ʊ", "V": "ʌ", "2": "ø", "9": "œ", "1": "ɨ", "6": "ɐ", "M": "ɯ", "~": "\u0303",
    "D": "ð", "T": "θ", "S": "ʃ", "Z": "ʒ", "N": "ŋ", "J": "ɲ", "H": "ɥ", "R": "ʁ", "r\\": "ɹ",
    "4": "ɾ", "g": "ɡ", "G": "ɣ", "B": "β", "C": "ç", "X": "χ", "L": "ʎ", "j\\": "ʝ", "?": "ʔ",
    "s\\": "ɕ", "v\\": "ʋ", '"': "ˈ", "%": "ˌ", ":": "ː", ".": "", "-": "", " ": " ",
    "R\\": "ʀ", "=": "\u0329", "}": "ʉ", "5": "ɫ", "'": "ʲ",
    "@'": "ɚ", "3'": "ɝ",  # So AWS's tables have them, for "@`" and "3`".
}  # fmt: skip
SMALL_LETTERS = "abcdefghijklmnopqrstuvwxyz"
"""Which stand for the same sounds in both alphabets."""
SIGNS = frozenset(
    SMALL_LETTERS
    + "ɑɐɒæβɔɕçɖðʤəɚɛɜɝɟɡɥɨɪʝɯɰŋɳɲɴøɸθΘœɹɾɻʁʀɽʂʃʈʧʊʋʌɣɤχʎʒʔʣʥʦʨʉɫᵊᵻ"
    + "ˈˌːʰʲ:'.-‿ /[]"
    + "\u0303\u0327\u0329\u032f\u0361\u035c"  # nasal, of ç, syllabic or not, joined
)
"""Of IPA: those of AWS's tables for `SPOKEN`, and others that their voices can say.

AWS's own example departs from its table: `pɪˈkɑːn`, where the American ɑ has no length.
"""
SPOKEN = frozenset(("en-US", "en-GB", "fr-FR"))
"""Languages in which transcriptions are heard."""


def ipa_of(text: str, alphabet: str) -> str | None:
    """Return a transcription in IPA; `None`: nobody here reads its alphabet."""
    if alphabet == "ipa":
        return text
    return _of_x_sampa(text) if alphabet == "x-sampa" else None


def unknown_signs(ipa: str, language: str) -> str:
    """Return the signs of a transcription in IPA that no voice of a language can say.

    Of languages in which no transcription is heard, none is unknown.
    """
    return "".join(sign for sign in ipa if sign not in SIGNS) if language in SPOKEN else ""


def _of_x_sampa(text: str) -> str:
    """Return what X-SAMPA's symbols are in IPA; what is none of them stays as it is."""
    ipa: list[str] = []
    position = 0
    while position < len(text):
        pair = text[position : position + 2]
        size = 2 if len(pair) == 2 and pair in X_SAMPA else 1
        symbol = text[position : position + size]
        ipa.append(X_SAMPA.get(symbol, symbol))
        position += size
    return "".join(ipa)
