"""What every finder of personal data promises.

Offsets count characters (Unicode code points) from the start of the text; `end` is behind the last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal[
    "name",
    "address",
    "age",
    "date",
    "email",
    "phone",
    "url",
    "username",
    "password",
    "pin",
    "card_number",
    "card_expiry",
    "card_code",
    "bank_account",
    "bank_routing",
    "iban",
    "swift_code",
    "ip_address",
    "mac_address",
    "aws_access_key",
    "aws_secret_key",
    "licence_plate",
    "vehicle",
    "passport",
    "driving_licence",
    "french_nir",
    "us_ssn",
    "us_itin",
    "uk_nino",
    "uk_utr",
    "uk_nhs",
    "canadian_sin",
    "canadian_health",
    "indian_pan",
    "indian_aadhaar",
    "indian_voter",
    "indian_nrega",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """A place in a text that holds personal data."""

    begin: int
    end: int
    kind: Kind
    score: float
    """How telling the rule is, from 0.0 to 1.0: see `rules.py`."""


class PersonalDataFinder(Protocol):
    """Finds personal data by its form and its checksums; names in running text it cannot know."""

    async def find(
        self, texts: Sequence[str], *, language: str, is_spoken: bool = False
    ) -> list[list[Finding]]:
        """Return what was found in each text, in its order; no two findings meet.

        Args:
            texts: To look through.
            language: ISO 639-1; it says how telephone numbers without a country are read.
            is_spoken: Whether the texts were dictated, and numbers in them perhaps misheard.

        Raises:
            EngineError: See its subclasses.
        """
        ...
