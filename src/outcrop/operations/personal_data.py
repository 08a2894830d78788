"""Personal data in AWS's words, for the services that read texts and that hear speech.

What rules find is joined by the names of persons, which only a model of the language knows.

Sources: https://docs.aws.amazon.com/comprehend/latest/dg/how-pii.html and
https://docs.aws.amazon.com/transcribe/latest/dg/pii-redaction-batch.html
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from outcrop.engines.personal_data.interface import Finding, Kind
from outcrop.engines.personal_data.spoken import (
    SENTENCE_ENDS,
    SpokenWord,
    Written,
    as_said,
    as_written,
)
from outcrop.engines.text_analysis.interface import TextAnalysis
from outcrop.operations.backends import Engines

TYPES: Mapping[Kind, str] = {
    "name": "NAME",
    "address": "ADDRESS",
    "age": "AGE",
    "date": "DATE_TIME",
    "email": "EMAIL",
    "phone": "PHONE",
    "url": "URL",
    "username": "USERNAME",
    "password": "PASSWORD",
    "pin": "PIN",
    "card_number": "CREDIT_DEBIT_NUMBER",
    "card_expiry": "CREDIT_DEBIT_EXPIRY",
    "card_code": "CREDIT_DEBIT_CVV",
    "bank_account": "BANK_ACCOUNT_NUMBER",
    "bank_routing": "BANK_ROUTING",
    "iban": "INTERNATIONAL_BANK_ACCOUNT_NUMBER",
    "swift_code": "SWIFT_CODE",
    "ip_address": "IP_ADDRESS",
    "mac_address": "MAC_ADDRESS",
    "aws_access_key": "AWS_ACCESS_KEY",
    "aws_secret_key": "AWS_SECRET_KEY",
    "licence_plate": "LICENSE_PLATE",
    "vehicle": "VEHICLE_IDENTIFICATION_NUMBER",
    "passport": "PASSPORT_NUMBER",
    "driving_licence": "DRIVER_ID",
    "french_nir": "SSN",
    "us_ssn": "SSN",
    "us_itin": "US_INDIVIDUAL_TAX_IDENTIFICATION_NUMBER",
    "uk_nino": "UK_NATIONAL_INSURANCE_NUMBER",
    "uk_utr": "UK_UNIQUE_TAXPAYER_REFERENCE_NUMBER",
    "uk_nhs": "UK_NATIONAL_HEALTH_SERVICE_NUMBER",
    "canadian_sin": "CA_SOCIAL_INSURANCE_NUMBER",
    "canadian_health": "CA_HEALTH_NUMBER",
    "indian_pan": "IN_PERMANENT_ACCOUNT_NUMBER",
    "indian_aadhaar": "IN_AADHAAR",
    "indian_voter": "IN_VOTER_NUMBER",
    "indian_nrega": "IN_NREGA",
}
"""What AWS calls each kind. Its services' lists differ; those of Comprehend are the longest."""
MOST_WORDS = 1000
"""Of a transcript that are read at once."""


@dataclass(frozen=True, slots=True)
class SpokenData:
    """Personal data in a transcript."""

    words: range
    """The numbers of the words that have a part of it."""
    type: str
    """AWS's name: see `TYPES`."""
    score: float


async def personal_data_of(
    engines: Engines, texts: Sequence[str], *, language: str, is_spoken: bool = False
) -> list[list[Finding]]:
    """Return what was found in each text, in its order; no two findings meet.

    Args:
        engines: That look.
        texts: To look through.
        language: ISO 639-1.
        is_spoken: Whether the texts were dictated.

    Raises:
        UnknownLanguageError: No model here knows names of the language.
        EngineError: A model or a library is not there, or failed.
    """
    found, analyses = await asyncio.gather(
        engines.personal_data.find(texts, language=language, is_spoken=is_spoken),
        engines.text_analysis.analyze(texts, language=language, want={"mentions"}),
    )
    return [
        sorted([*findings, *_names(text, analysis, findings)], key=lambda each: each.begin)
        for text, findings, analysis in zip(texts, found, analyses, strict=True)
    ]


async def spoken_data_of(
    engines: Engines, words: Sequence[SpokenWord], *, language: str
) -> list[SpokenData]:
    """Return the personal data in a transcript, in its order; no two of them share a word.

    Args:
        engines: That look.
        words: What was said.
        language: ISO 639-1.

    Raises:
        UnknownLanguageError: See `personal_data_of`.
        EngineError: See there.
    """
    parts = _parts(words)
    readings = [
        (begin, reading)
        for begin, part in parts
        for reading in (as_said(part), as_written(part, language=language))
    ]
    texts = [reading.text for _, reading in readings]
    found = await personal_data_of(engines, texts, language=language, is_spoken=True)
    every = [
        _placed(begin, reading, finding)
        for (begin, reading), findings in zip(readings, found, strict=True)
        for finding in findings
    ]
    return _apart(every)


def _parts(words: Sequence[SpokenWord]) -> list[tuple[int, Sequence[SpokenWord]]]:
    """Return words in parts of a bearable length that end with sentences, where those end."""
    parts: list[tuple[int, Sequence[SpokenWord]]] = []
    begin = 0
    while begin < len(words):
        end = min(begin + MOST_WORDS, len(words))
        if end < len(words):
            ends = (at for at in range(end, begin, -1) if _ends_sentence(words[at - 1]))
            end = next(ends, end)
        parts.append((begin, words[begin:end]))
        begin = end
    return parts


def _ends_sentence(word: SpokenWord) -> bool:
    return word.mark != "" and word.mark in SENTENCE_ENDS


def _placed(begin: int, reading: Written, finding: Finding) -> SpokenData:
    inside = reading.words_of(finding)
    words = range(begin + inside.start, begin + inside.stop)
    return SpokenData(words, TYPES[finding.kind], finding.score)


def _apart(every: Sequence[SpokenData]) -> list[SpokenData]:
    """Return findings of which none meet and no word is lost.

    The longest keeps all its words, then the surest; of the others, what is left.
    """
    owners: dict[int, SpokenData] = {}
    for data in sorted(every, key=lambda one: (len(one.words), one.score), reverse=True):
        for at in data.words:
            owners.setdefault(at, data)
    kept: list[SpokenData] = []
    for at in sorted(owners):
        data = owners[at]
        if kept and kept[-1].words.stop == at and owners[at - 1] is data:
            kept[-1] = replace(kept[-1], words=range(kept[-1].words.start, at + 1))
        else:
            kept.append(replace(data, words=range(at, at + 1)))
    return kept


def _names(text: str, analysis: TextAnalysis, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Give the persons of a text who are no part of anything else that was found."""
    taken = {at for each in findings for at in range(each.begin, each.end)}
    for mention in analysis.mentions:
        name = text[mention.begin : mention.end]
        if (
            mention.kind == "person"
            and name[:1].isupper()
            and not any(letter.isdigit() or letter in "@/:" for letter in name)
            and taken.isdisjoint(range(mention.begin, mention.end))
        ):
            yield Finding(mention.begin, mention.end, "name", mention.score)
