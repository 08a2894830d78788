"""What SynthesizeSpeech and the tasks have in common: a request, checked and ready to be spoken.

Source: https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from outcrop.engines.text_to_speech.interface import Encoding, Script
from outcrop.operations import Call
from outcrop.services.polly import shapes
from outcrop.services.polly.formats import encoding_of
from outcrop.services.polly.lexicons import pronunciations_of
from outcrop.services.polly.scripts import Manuscript, plain
from outcrop.services.polly.ssml import read_ssml
from outcrop.services.polly.voices import DEFAULT_ENGINE, PollyVoice, voice_for

TASK_CHARACTERS = 100_000
CHARACTERS = 3_000
"""Billed ones; tags and all may be twice as many."""
OF_WORDS = frozenset(("word", "viseme"))
"""Speech marks that take a speaker which tells the times of words and phonemes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Something to say."""

    manuscript: Manuscript
    script: Script
    encoding: Encoding
    marks: Sequence[str]
    """The kinds of speech marks that are answered instead of sound; empty: none."""
    output_format: str


async def speech_of(call: Call, request: Mapping[str, Any], *, limit: int = CHARACTERS) -> Speech:
    """Check a request.

    Args:
        call: Whose lexicons are meant.
        request: Of SynthesizeSpeech or StartSpeechSynthesisTask.
        limit: Of billed characters.

    Raises:
        ServiceError: Of those that the two operations have.
    """
    engine = request.get("Engine", DEFAULT_ENGINE)
    voice = voice_for(call, request["VoiceId"], engine)
    if request.get("LanguageCode", voice.language) != voice.language:
        raise shapes.LanguageNotSupportedException(
            f"The voice {voice.id} does not speak {request['LanguageCode']}."
        )
    encoding = encoding_of(request["OutputFormat"], request.get("SampleRate"), engine)
    _check_marks(request)
    _check_times(call, voice, request.get("SpeechMarkTypes", []))
    _check_length(len(request["Text"]), 2 * limit)
    if request.get("TextType") == "ssml":
        manuscript = read_ssml(request["Text"], voice=voice, engine=engine)
    else:
        manuscript = plain(request["Text"], voice=voice.speaker, language=voice.language)
    _check_length(manuscript.characters, limit)
    lexicon = await pronunciations_of(call, request.get("LexiconNames", []), voice.language)
    return Speech(
        manuscript=manuscript,
        script=Script(parts=manuscript.parts, lexicon=lexicon),
        encoding=encoding,
        marks=request.get("SpeechMarkTypes", []) if request["OutputFormat"] == "json" else [],
        output_format=request["OutputFormat"],
    )


def _check_length(characters: int, limit: int) -> None:
    if characters > limit:
        raise shapes.TextLengthExceededException(
            f"Maximum text length has been exceeded: it has {characters} characters,"
            f" {limit} are accepted."
        )


def _check_times(call: Call, voice: PollyVoice, marks: Sequence[str]) -> None:
    traits = call.backends.engines.synthesizer.traits(voice.speaker)
    untold = sorted(set(marks) & OF_WORDS)
    if untold and not (traits and traits.times_words):
        raise shapes.EngineNotSupportedException(
            f"Nobody here tells when {voice.id} says each {' and '.join(untold)}:"
            " its speaker, espeak-ng, tells of sentences and ssml marks."
        )


def _check_marks(request: Mapping[str, Any]) -> None:
    marks = request.get("SpeechMarkTypes", [])
    if request["OutputFormat"] != "json":
        if marks:
            raise shapes.MarksNotSupportedForFormatException(
                "Speech marks are not supported for the OutputFormat selected."
                " Speech marks are only available for content in json format."
            )
        return
    if not marks:
        raise shapes.MarksNotSupportedForFormatException(
            "Speech marks types are required for the json output format."
        )
    if "ssml" in marks and request.get("TextType", "text") != "ssml":
        raise shapes.SsmlMarksNotSupportedForTextTypeException(
            "SSML speech marks are not supported for plain text-type input."
        )
