"""How users write sounds down: in IPA or in X-SAMPA.

Source: https://docs.aws.amazon.com/polly/latest/dg/ref-phoneme-tables-shell.html
"""

from collections.abc import Mapping

X_SAMPA: Mapping[str, str] = {
    "A": "ɑ", "Q": "ɒ", "{": "æ", "@": "ə", "@`": "ɚ", "3": "ɜ", "3`": "ɝ", "E": "ɛ", "I": "ɪ",
    "O": "ɔ", "U": "ʊ", "V": "ʌ", "2": "ø", "9": "œ", "1": "ɨ", "6": "ɐ", "M": "ɯ", "~": "\u0303",
    "D": "ð", "T": "θ", "S": "ʃ", "Z": "ʒ", "N": "ŋ", "J": "ɲ", "H": "ɥ", "R": "ʁ", "r\\": "ɹ",
    "4": "ɾ", "g": "ɡ", "G": "ɣ", "B": "β", "C": "ç", "X": "χ", "L": "ʎ", "j\\": "ʝ", "?": "ʔ",
    "s\\": "ɕ", "v\\": "ʋ", '"': "ˈ", "%": "ˌ", ":": "ː", ".": "", "-": "",
}  # fmt: skip


def ipa_of(text: str, alphabet: str) -> str | None:
    """Return a transcription in IPA; `None`: nobody here reads its alphabet."""
    if alphabet == "ipa":
        return text
    return _of_x_sampa(text) if alphabet == "x-sampa" else None


def _of_x_sampa(text: str) -> str:
    ipa: list[str] = []
    position = 0
    while position < len(text):
        pair = text[position : position + 2]
        size = 2 if len(pair) == 2 and pair in X_SAMPA else 1
        symbol = text[position : position + size]
        ipa.append(X_SAMPA.get(symbol, symbol))
        position += size
    return "".join(ipa)
