"""What a request for a transcription may ask for at once, and what it may not.

Source: https://docs.aws.amazon.com/transcribe/latest/APIReference/API_StartTranscriptionJob.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.services.transcribe import shapes
from outcrop.services.transcribe.toxicity import check_toxicity

NO_LANGUAGE = (
    "The language code is missing. Either add a language code or turn on language identification."
)
SEVERAL_LANGUAGES = (
    "Specify one of LanguageCode, IdentifyLanguage and IdentifyMultipleLanguages, and no other."
)
FILTER = ("VocabularyFilterName", "VocabularyFilterMethod")
PAIRS = (
    ("ShowSpeakerLabels", "MaxSpeakerLabels"),
    ("ShowAlternatives", "MaxAlternatives"),
    FILTER,
)
"""Settings that go together."""
NO_LANGUAGE_MODELS = "Outcrop has no custom language models."


def check(request: Mapping[str, Any]) -> None:
    """Refuse a request that contradicts itself, or wants what no model here can do.

    Raises:
        ServiceError: It does.
    """
    if "ModelSettings" in request:
        raise shapes.BadRequestException(NO_LANGUAGE_MODELS)
    _check_languages(request)
    _check_settings(request.get("Settings", {}))
    check_toxicity(request)
    execution = request.get("JobExecutionSettings", {})
    if execution.get("AllowDeferredExecution") and not execution.get("DataAccessRoleArn"):
        raise shapes.BadRequestException(
            "If you include AllowDeferredExecution, you must also include DataAccessRoleArn."
        )
    if "OutputKey" in request and "OutputBucketName" not in request:
        raise shapes.BadRequestException("OutputKey needs an OutputBucketName.")


def _check_languages(request: Mapping[str, Any]) -> None:
    identifies = [
        bool(request.get(member)) for member in ("IdentifyLanguage", "IdentifyMultipleLanguages")
    ]
    given = sum([*identifies, "LanguageCode" in request])
    if not given:
        raise shapes.BadRequestException(NO_LANGUAGE)
    if given > 1:
        raise shapes.BadRequestException(SEVERAL_LANGUAGES)
    for member in ("LanguageOptions", "LanguageIdSettings"):
        if member in request and "LanguageCode" in request:
            raise shapes.BadRequestException(f"{member} needs language identification.")
    check_language_settings(request)


def check_language_settings(request: Mapping[str, Any]) -> None:
    """Refuse settings of languages that are not among the options.

    Raises:
        ServiceError: There are such.
    """
    for code in request.get("LanguageIdSettings", {}):
        if code not in request.get("LanguageOptions", ()):
            raise shapes.BadRequestException(
                f"LanguageIdSettings has the language {code}, which isn't in LanguageOptions."
            )
    if any("LanguageModelName" in one for one in request.get("LanguageIdSettings", {}).values()):
        raise shapes.BadRequestException(NO_LANGUAGE_MODELS)


def check_filter(settings: Mapping[str, Any]) -> None:
    """Refuse a vocabulary filter without a method, or a method without a filter.

    Raises:
        ServiceError: There is only one of them.
    """
    _check_pairs(settings, FILTER)


def _check_pairs(settings: Mapping[str, Any], *pairs: tuple[str, str]) -> None:
    for one, other in pairs:
        if bool(settings.get(one)) != bool(settings.get(other)):
            raise shapes.BadRequestException(
                f"If you specify {one} or {other}, you must specify both of them."
            )


def _check_settings(settings: Mapping[str, Any]) -> None:
    _check_pairs(settings, *PAIRS)
    if settings.get("ShowSpeakerLabels") and settings.get("ChannelIdentification"):
        raise shapes.BadRequestException(
            "You can't set both ShowSpeakerLabels and ChannelIdentification in the same request."
        )
    if "LanguageModelName" in settings:
        raise shapes.BadRequestException(NO_LANGUAGE_MODELS)
