"""Personal data in Comprehend's words: what rules find, and the names of persons.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/how-pii.html
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outcrop.engines.personal_data.interface import Finding, Kind
from outcrop.engines.text_analysis.interface import TextAnalysis
from outcrop.operations import Call
from outcrop.services.comprehend.analyses import analyses_of
from outcrop.services.comprehend.texts import engine_errors

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


async def personal_entities_of(
    call: Call, texts: Sequence[str], language: str
) -> list[list[dict[str, Any]]]:
    """Return the `PiiEntity` values of each text, in its order; no two of them meet.

    Raises:
        UnsupportedLanguageException: Nothing here knows names of the language.
        InternalServerException: A model or a library is not there, or failed.
    """
    with engine_errors():
        found, analyses = await asyncio.gather(
            call.backends.engines.personal_data.find(texts, language=language),
            analyses_of(call, texts, language, {"mentions"}),
        )
    return [
        sorted(
            [
                *map(_entity, findings),
                *map(_entity, _names(text, analysis, findings)),
            ],
            key=lambda each: each["BeginOffset"],
        )
        for text, findings, analysis in zip(texts, found, analyses, strict=True)
    ]


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


def _entity(finding: Finding) -> dict[str, Any]:
    return {
        "Score": finding.score,
        "Type": TYPES[finding.kind],
        "BeginOffset": finding.begin,
        "EndOffset": finding.end,
    }
