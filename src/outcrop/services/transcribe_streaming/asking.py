"""What a request for a stream asks for, checked.

Source: https://docs.aws.amazon.com/transcribe/latest/APIReference/API_streaming_StartStreamTranscription.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop.aws.language_codes import code_of, language_of
from outcrop.engines.media.streams import INPUTS
from outcrop.engines.speech_to_text.interface import Hearing
from outcrop.engines.speech_to_text.live import LiveSettings
from outcrop.operations import Call
from outcrop.operations.speech_words import VOCABULARY, VOCABULARY_FILTER, speech_words
from outcrop.services.transcribe_streaming import shapes
from outcrop.services.transcribe_streaming.personal_data import check_language, types_of

PCM = "pcm"
ENCODINGS = (PCM, *INPUTS)
MOST_CHANNELS = 2
HEARINGS_TO_SETTLE: Mapping[str, int] = {"high": 2, "medium": 3, "low": 4}
"""How many hearings in a row must agree on a word, by the stability that is asked for: with a high
one, words are told to be stable soon, and more of them are wrong."""
UNAVAILABLE = (
    "LanguageModelName",
    "SessionResumeWindow",
)
"""What no model here does in a stream."""
SPOKEN = "spoken"
"""The `TranscriptFormat` of numbers in words."""
MOST_SPEAKERS = 30
"""That are told apart.

Source: https://docs.aws.amazon.com/transcribe/latest/dg/diarization.html
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, understood."""

    hearing: Hearing
    encoding: str
    sample_rate_hz: int
    channels: int
    """How many are heard apart; 1: they are not."""
    options: Sequence[str]
    """The codes that may be spoken, where the language is to be identified."""
    code: str
    """The language code; empty: it is to be identified."""
    is_multilingual: bool
    is_stabilized: bool
    hearings_to_settle: int
    filtered: Sequence[str]
    method: str
    """What is done with filtered words: `mask`, `remove` or `tag`."""
    personal_types: Sequence[str] = ()
    """Which kinds of personal data are looked for; empty: none."""
    is_redacted: bool = False
    """Whether they are taken out."""
    tells_speakers: bool = False
    """Whether those who speak on one channel are told apart."""

    def settings(self, channel: int | None) -> LiveSettings:
        """Return how one channel, or all of them together, is listened to."""
        return LiveSettings(
            hearing=self.hearing,
            sample_rate_hz=self.sample_rate_hz,
            channels=self.channels,
            channel=channel,
            hearings_to_settle=self.hearings_to_settle,
            keeps_settled=self.is_stabilized,
            keeps_language=not self.is_multilingual,
            most_speakers=MOST_SPEAKERS if self.tells_speakers else 0,
        )

    def code_of(self, language: str) -> str:
        """Return the language code of what was said."""
        return self.code or code_of(language, self.options) or language


async def understood(call: Call, request: Mapping[str, Any]) -> Asked:
    """Return what a request asks for.

    Raises:
        ServiceError: It contradicts itself, or asks for what is not there.
    """
    _check(request)
    types = types_of(request)
    if types:
        check_language(call.backends.engines, request.get("LanguageCode", ""))
    code: str = request.get("LanguageCode", "")
    options = _options(request)
    identifies = not code
    phrases = await _words(call, VOCABULARY, _names(request, "Vocabulary"), [code, *options])
    filtered = await _words(
        call, VOCABULARY_FILTER, _names(request, "VocabularyFilter"), [code, *options]
    )
    return Asked(
        hearing=Hearing(
            language=language_of(code) if code else None,
            languages=[language_of(option) for option in options],
            preferred_language=language_of(request.get("PreferredLanguage", "")),
            phrases=phrases,
        ),
        encoding=request["MediaEncoding"],
        sample_rate_hz=request["MediaSampleRateHertz"],
        channels=_channels(request),
        options=options if identifies else (),
        code=code,
        is_multilingual=bool(request.get("IdentifyMultipleLanguages")),
        is_stabilized=bool(request.get("EnablePartialResultsStabilization")),
        hearings_to_settle=HEARINGS_TO_SETTLE[request.get("PartialResultsStability", "high")],
        filtered=filtered,
        method=request.get("VocabularyFilterMethod", "mask"),
        personal_types=types,
        is_redacted="ContentRedactionType" in request,
        tells_speakers=bool(request.get("ShowSpeakerLabel")),
    )


def _check(request: Mapping[str, Any]) -> None:
    for member in UNAVAILABLE:
        if request.get(member):
            raise shapes.BadRequestException(f"Outcrop's streams have no {member}: leave it out.")
    encoding = request["MediaEncoding"]
    if encoding not in ENCODINGS:
        raise shapes.BadRequestException(
            f"Outcrop's streams take the media encoding {' or '.join(ENCODINGS)}, not {encoding}."
        )
    identifies = [request.get(name) for name in ("IdentifyLanguage", "IdentifyMultipleLanguages")]
    if sum(map(bool, [*identifies, request.get("LanguageCode")])) != 1:
        raise shapes.BadRequestException(
            "Specify one of LanguageCode, IdentifyLanguage and IdentifyMultipleLanguages, and no"
            " other."
        )
    _check_options(request, is_asked=any(identifies))
    if request.get("TranscriptFormat") == SPOKEN:
        raise shapes.BadRequestException(
            "Outcrop's streams tell numbers and dates as they are written: leave TranscriptFormat"
            " out, or set it to written."
        )
    if "PartialResultsStability" in request and not request.get(
        "EnablePartialResultsStabilization"
    ):
        raise shapes.BadRequestException(
            "PartialResultsStability needs EnablePartialResultsStabilization."
        )


def _check_options(request: Mapping[str, Any], *, is_asked: bool) -> None:
    """Refuse languages that identification cannot choose between."""
    options = _options(request)
    if not is_asked:
        for member in ("LanguageOptions", "PreferredLanguage"):
            if member in request:
                raise shapes.BadRequestException(f"{member} needs language identification.")
        return
    if len(options) < 2:
        raise shapes.BadRequestException(
            "Language identification needs at least two language codes in LanguageOptions."
        )
    if len({language_of(option) for option in options}) < len(options):
        raise shapes.BadRequestException(
            "LanguageOptions can have only one dialect of each language."
        )
    if request.get("PreferredLanguage", options[0]) not in options:
        raise shapes.BadRequestException("PreferredLanguage must be one of the LanguageOptions.")


def _options(request: Mapping[str, Any]) -> list[str]:
    return [code.strip() for code in request.get("LanguageOptions", "").split(",") if code.strip()]


def _channels(request: Mapping[str, Any]) -> int:
    is_apart = bool(request.get("EnableChannelIdentification"))
    channels = request.get("NumberOfChannels")
    if is_apart != (channels is not None):
        raise shapes.BadRequestException(
            "If you specify EnableChannelIdentification or NumberOfChannels, you must specify both"
            " of them."
        )
    if channels is not None and channels > MOST_CHANNELS:
        raise shapes.BadRequestException(f"A stream has at most {MOST_CHANNELS} channels.")
    return channels or 1


def _names(request: Mapping[str, Any], kind: str) -> list[str]:
    """Return the names of vocabularies or filters that a request has."""
    one, several = request.get(f"{kind}Name"), request.get(f"{kind}Names", "")
    return [one] if one else [name.strip() for name in several.split(",") if name.strip()]


async def _words(
    call: Call, kind: str, names: Sequence[str], codes: Sequence[str]
) -> Sequence[str]:
    """Return the words of vocabularies or filters that are of one of the languages."""
    words: list[str] = []
    for name in names:
        found = await speech_words(call, kind, name)
        if found is None or not found.is_ready:
            raise shapes.BadRequestException(
                f"The {kind.replace('-', ' ')} {name} couldn't be found, or isn't ready. Check its"
                " name and try your request again."
            )
        words += found.words if found.code in codes else []
    return words
