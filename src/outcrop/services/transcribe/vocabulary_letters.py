"""The characters that phrases of custom vocabularies may have, by language.

Source: https://docs.aws.amazon.com/transcribe/latest/dg/charsets.html
"""

from collections.abc import Mapping

_LATIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ENGLISH = _LATIN + "'-."
_ARABIC = "ءآأؤئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي" + "\u0625"  # إ


def _between(first: str, last: str, *, without: str = "") -> str:
    """Return the characters from one to another, in Unicode's order."""
    every = map(chr, range(ord(first), ord(last) + 1))
    return "".join(one for one in every if one not in without)


LETTERS: Mapping[str, frozenset[str]] = {
    language: frozenset(characters)
    for language, characters in {
        "af": _LATIN + "-." + "áèéêëíîïóôöúûü",
        "ar": _ARABIC + "-",
        "da": _LATIN + "-." + "ÅÆØåæéø",
        "de": _LATIN + "'-." + "äöüßÄÖÜ",
        "en": _ENGLISH,
        "es": _ENGLISH + "ÁÉÍÓÚÑÜáéíóúñü",
        "fr": _ENGLISH + "ÀÂÇÈÉÊËÎÏÔÖÙÛÜàâçèéêëîïôöùûü",
        "he": "-" + _between("א", "ת"),
        "id": _ENGLISH,
        "it": _ENGLISH + "ÀÄÇÈÉÊËÌÒÙÜàäçèéêëìòùü",
        "ko": "-." + _between("가", "힣"),
        "ms": _ENGLISH,
        "nl": _ENGLISH + "àáâäçèéêëìíîïñòóôöùúûü",
        "pt": _ENGLISH + "ÀÁÂÃÄÇÈÉÊËÍÑÓÔÕÖÚÜàáâãäçèéêëíñóôõöúü",
        "ru": "'-." + _between("\u0410", "я") + "ёЁ",
        "th": "-." + _between("ก", "ฺ", without="ำ") + _between("เ", "ํ"),
        "tr": _ENGLISH + "ÇÖÜâäçèéêíîóöûüĞğİıŞşšž",
    }.items()
}
"""By ISO 639-1. AWS's tables, with capitals where they only have small letters, and the marks that
join words where they have none; languages whose tables are not here take any character."""


def unfit_letters(phrase: str, code: str) -> str:
    """Return the characters of a phrase that its language, `fr-FR`, does not have."""
    letters = LETTERS.get(code.partition("-")[0])
    return "".join(one for one in phrase if one not in letters) if letters else ""
