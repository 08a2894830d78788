"""Personal data in Comprehend's words: what rules find, and the names of persons.

Source: https://docs.aws.amazon.com/comprehend/latest/dg/how-pii.html
"""

from collections.abc import Sequence
from typing import Any

from outcrop.engines.personal_data.interface import Finding
from outcrop.operations import Call
from outcrop.operations.personal_data import TYPES, personal_data_of
from outcrop.services.comprehend.texts import engine_errors


async def personal_entities_of(
    call: Call, texts: Sequence[str], language: str
) -> list[list[dict[str, Any]]]:
    """Return the `PiiEntity` values of each text, in its order; no two of them meet.

    Raises:
        UnsupportedLanguageException: Nothing here knows names of the language.
        InternalServerException: A model or a library is not there, or failed.
    """
    with engine_errors():
        found = await personal_data_of(call.backends.engines, texts, language=language)
    return [[_entity(finding) for finding in findings] for findings in found]


def _entity(finding: Finding) -> dict[str, Any]:
    return {
        "Score": finding.score,
        "Type": TYPES[finding.kind],
        "BeginOffset": finding.begin,
        "EndOffset": finding.end,
    }
