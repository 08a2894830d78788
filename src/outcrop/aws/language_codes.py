"""AWS's language codes, and the languages of the models.

Source: https://docs.aws.amazon.com/transcribe/latest/dg/supported-languages.html
"""

from collections.abc import Mapping, Sequence

_FIRST_CODES: Mapping[str, str] = {
    "ar": "ar-SA",
    "cy": "cy-WL",
    "de": "de-DE",
    "en": "en-US",
    "es": "es-US",
    "et": "et-EE",
    "fa": "fa-IR",
    "fr": "fr-FR",
    "pt": "pt-BR",
    "sw": "sw-KE",
    "zh": "zh-CN",
}
"""The code that stands for a language with several, where a request names none of them."""
_CODES = (  # noqa: SIM905 - a table of 70 words, not one a line
    "af-ZA am-ET ar-SA az-AZ ba-RU be-BY bg-BG bn-IN bs-BA ca-ES cs-CZ cy-WL da-DK de-DE el-GR"
    " en-US es-US et-EE eu-ES fa-IR fi-FI fr-FR gl-ES gu-IN ha-NG he-IL hi-IN hr-HR ht-HT hu-HU"
    " hy-AM id-ID is-IS it-IT ja-JP jv-ID ka-GE kk-KZ km-KH kn-IN ko-KR lt-LT lv-LV mi-NZ mk-MK"
    " ml-IN mn-MN mr-IN ms-MY mt-MT my-MM ne-NP nl-NL no-NO pa-IN pl-PL ps-AF pt-BR ro-RO ru-RU"
    " si-LK sk-SK sl-SI so-SO sq-AL sr-RS su-ID sv-SE sw-KE ta-IN te-IN th-TH tl-PH tr-TR tt-RU"
    " uk-UA uz-UZ vi-VN zh-CN"
).split()
_OTHER_NAMES: Mapping[str, str] = {"jv": "jw"}
"""What the models call a language, where that is not its ISO 639-1 code."""


def language_of(code: str) -> str:
    """Return the language of a code: `en` of `en-GB`."""
    language = code.partition("-")[0]
    return _OTHER_NAMES.get(language, language)


_BY_LANGUAGE = {language_of(code): code for code in _CODES}


def code_of(language: str, options: Sequence[str] = ()) -> str | None:
    """Return the code that a language has among some, or of all; `None`: it has none."""
    for option in options:
        if language_of(option) == language:
            return option
    if options:
        return None
    return _FIRST_CODES.get(language, _BY_LANGUAGE.get(language))


def scored(languages: Mapping[str, float], options: Sequence[str]) -> list[tuple[str, float]]:
    """Return codes with their probabilities, the likeliest first.

    Args:
        languages: The probabilities of languages.
        options: The only codes that count; empty: all of AWS's. Their probabilities sum to 1.
    """
    found = [
        (code, likely)
        for language, likely in languages.items()
        if (code := code_of(language, options)) is not None
    ]
    total = sum(likely for _, likely in found) if options else 1.0
    shares = [(code, likely / total if total else 0.0) for code, likely in found]
    return sorted(shares, key=lambda one: one[1], reverse=True)
