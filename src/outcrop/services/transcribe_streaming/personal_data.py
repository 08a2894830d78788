"""Personal data in what is finally told of a stream.

Source: https://docs.aws.amazon.com/transcribe/latest/dg/pii-redaction-stream.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from outcrop.aws.language_codes import language_of
from outcrop.engines.personal_data.spoken import SpokenWord
from outcrop.engines.speech_to_text.interface import Word
from outcrop.operations.backends import Engines
from outcrop.operations.personal_data import SpokenData, spoken_data_of
from outcrop.services.transcribe_streaming import shapes

ALL = "ALL"
TYPES = frozenset(
    (
        "ADDRESS",
        "AGE",
        "BANK_ACCOUNT_NUMBER",
        "BANK_ROUTING",
        "CREDIT_DEBIT_CVV",
        "CREDIT_DEBIT_EXPIRY",
        "CREDIT_DEBIT_NUMBER",
        "DATE_TIME",
        "EMAIL",
        "LICENSE_PLATE",
        "NAME",
        "PASSPORT_NUMBER",
        "PASSWORD",
        "PHONE",
        "PIN",
        "SSN",
        "USERNAME",
        "VEHICLE_IDENTIFICATION_NUMBER",
        ALL,
    )
)
"""That a request may name."""


class PersonalData:
    """Finds personal data in what is said on one channel, result by result."""

    def __init__(self, engines: Engines, code: str, types: Sequence[str]) -> None:
        """Begin.

        Args:
            engines: That look.
            code: The language code.
            types: What is looked for.
        """
        self._engines = engines
        self._language = language_of(code)
        self._types = types
        self._before: list[SpokenWord] = []

    async def find(self, words: Sequence[Word]) -> list[SpokenData]:
        """Return what is found in a result; the one before may tell what a number is.

        Raises:
            EngineError: A model or a library is not there, or failed.
        """
        own = [SpokenWord(word.text, word.mark[:1]) for word in words]
        before, self._before = self._before, own
        found = await spoken_data_of(self._engines, [*before, *own], language=self._language)
        return [
            replace(data, words=range(max(0, begin), data.words.stop - len(before)))
            for data in found
            if (begin := data.words.start - len(before)) + len(data.words) > 0
            and (ALL in self._types or data.type in self._types)
        ]


def types_of(request: Mapping[str, Any]) -> list[str]:
    """Return what a request wants to be found; empty: nothing.

    Raises:
        ServiceError: It contradicts itself, or names what there is not.
    """
    wants = [request.get(f"Content{what}Type") for what in ("Identification", "Redaction")]
    if all(wants):
        raise shapes.BadRequestException(
            "You can't set both ContentIdentificationType and ContentRedactionType in the same"
            " request."
        )
    given: str = request.get("PiiEntityTypes", "")
    if given and not any(wants):
        raise shapes.BadRequestException(
            "PiiEntityTypes needs a ContentIdentificationType or a ContentRedactionType."
        )
    types = [name.strip() for name in given.split(",") if name.strip()]
    if unknown := set(types) - TYPES:
        raise shapes.BadRequestException(f"{min(unknown)} is none of the PiiEntityTypes.")
    return (types or [ALL]) if any(wants) else []


def check_language(engines: Engines, code: str) -> None:
    """Refuse a language in which nobody here knows names.

    Args:
        engines: That would look.
        code: Empty: the language is to be identified.

    Raises:
        ServiceError: It is such.
    """
    if not code:
        raise shapes.BadRequestException(
            "You can't identify or redact personal data with language identification. Specify a"
            " LanguageCode and try your request again."
        )
    languages = engines.text_analysis.languages
    if language_of(code) not in languages:
        raise shapes.BadRequestException(
            f"Personal data can't be identified in {code}: the models on this server know names in"
            f" {' and '.join(sorted(languages))}."
        )
