"""What every transcriber promises."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeAlias

SAMPLE_RATE_HZ = 16000
"""Of what the models hear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A file with sound in it."""

    path: Path
    media_format: str
    """`wav`, `mp3`, …: as `engines.media.ffmpeg.DEMUXERS` names them."""
    channel: int | None = None
    """Only this one, counted from 0; `None`: all together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Sound as it is."""

    content: bytes
    """samples: int16 PCM, little-endian, of all channels in turn."""
    sample_rate_hz: int
    channels: int = 1
    channel: int | None = None
    """Only this one, counted from 0; `None`: all together."""


Sound: TypeAlias = Recording | Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundFormat:
    """What a recording is made of."""

    sample_rate_hz: int
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word as it was heard."""

    text: str
    """Without the punctuation around it."""
    start_seconds: float
    """From the beginning of the recording."""
    end_seconds: float
    score: float
    """How sure the model is, from 0.0 to 1.0."""
    mark: str = ""
    """The punctuation mark that follows, if one does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Speech between two silences, or the part of it that is heard at once."""

    start_seconds: float
    end_seconds: float
    language: str
    """ISO 639-1: `en`, `fr`."""
    alternatives: Sequence[Sequence[Word]]
    """What may have been said, the likeliest first; at least one, none of them empty."""
    languages: Mapping[str, float] = field(default_factory=dict[str, float])
    """How likely each language is, the likeliest first; empty: nobody asked which one it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """How to listen."""

    language: str | None = None
    """ISO 639-1; `None`: the one that is spoken, passage by passage."""
    languages: Sequence[str] = ()
    """Those that may be spoken, where none is given; empty: all that the model knows."""
    preferred_language: str = ""
    """Counts where less than a second is said, which does not tell its language; empty: none."""
    phrases: Sequence[str] = ()
    """Words to expect, the most important first, as they shall be written."""
    most_alternatives: int = 1
    """With more than one, and where no language is given, a passage ends at every pause."""
    is_hasty: bool = False
    """Take the likeliest word each time, rather than look for the likeliest sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechTimes:
    """When somebody speaks."""

    duration_seconds: float
    """Of the whole sound."""
    times: Sequence[tuple[float, float]]
    """Start and end in seconds, in order."""


class Transcriber(Protocol):
    """Writes down what is said.

    All methods raise `EngineError`s, of which `RefusedInputError` says that the sound is
    `"unreadable"` or `"too large"`.
    """

    async def inspect(self, recording: Recording) -> SoundFormat:
        """Return what a recording is made of."""
        ...

    def transcribe(self, sound: Sound, hearing: Hearing) -> AsyncIterator[Passage]:
        """Give what is said, in order, as soon as it is understood; silence gives nothing."""
        ...

    async def identify(self, sound: Sound) -> Mapping[str, float]:
        """Return the languages that may be spoken with their probabilities, the likeliest first.

        Empty where nobody speaks. A long recording is known by its first minutes of speech.
        """
        ...

    async def find_speech(self, sound: Sound) -> SpeechTimes:
        """Return when somebody speaks."""
        ...

    async def measure_levels(
        self, sound: Sound, spans: Sequence[tuple[float, float]]
    ) -> Sequence[Sequence[float]]:
        """Return how loud each second of some spans is, the last of which may be shorter.

        Args:
            sound: What is listened to.
            spans: Start and end in seconds.

        Returns:
            For each span, the root mean square of its seconds, in decibels below full scale:
            from -100 to 0.
        """
        ...


class SpeakerTeller(Protocol):
    """Tells voices apart; raises what a `Transcriber` raises."""

    async def tell(
        self, sound: Sound, spans: Sequence[tuple[float, float]], *, most: int
    ) -> Sequence[int]:
        """Return who speaks in each span: numbers from 0, in the order of their first words.

        Args:
            sound: What is listened to.
            spans: Start and end in seconds, in order; in each, one person speaks.
            most: How many speakers there are at most; more count as those whom they resemble.
        """
        ...

    async def voice_prints(
        self, sound: Sound, spans: Sequence[tuple[float, float]]
    ) -> Sequence[Sequence[float]]:
        """Return what the voice in each span is like.

        Vectors of length 1; the product of two says how alike their voices are. Spans are as those
        of `tell`.
        """
        ...
