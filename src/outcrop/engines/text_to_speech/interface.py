"""What every synthesizer promises."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

Gender: TypeAlias = Literal["female", "male"]
Reading: TypeAlias = Literal[
    "text", "characters", "digits", "cardinal", "ordinal", "fraction", "unit", "date", "time",
    "telephone", "address", "censored",
]  # fmt: skip
"""How a passage is to be read where that is said; `text`: as it looks."""
TimingKind: TypeAlias = Literal["sentence", "word", "phoneme", "bookmark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Some text in one manner."""

    text: str
    language: str
    """BCP 47: `fr-FR`."""
    voice: str
    """The name of one of the synthesizer's voices."""
    reading: Reading = "text"
    detail: str = ""
    """Of a date, the order of its parts: `dmy`."""
    phonemes: str = ""
    """IPA that is said in place of the text."""
    said: str = ""
    """Words that are said in place of the text."""
    part_of_speech: str = ""
    """What words are that sound after it: `VERB`, `VBD` (a past tense), `NOUN`, `ADJ`, `DT`."""
    rate: float = 1.0
    """How many times as fast as usual."""
    pitch: float = 1.0
    """How many times as high as usual."""
    gain: float = 1.0
    """How many times as loud as usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Silence."""

    seconds: float
    ends_sentence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """A place whose time is asked for."""

    name: str


Part: TypeAlias = Passage | Pause | Bookmark


@dataclass(frozen=True, slots=True, kw_only=True)
class Pronunciation:
    """How a word of a user's lexicon is said: by one of these."""

    phonemes: str = ""
    """IPA."""
    alias: str = ""
    """Other words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What is to be said."""

    parts: Sequence[Part]
    lexicon: Mapping[str, Mapping[str, Pronunciation]] = field(
        default_factory=dict[str, Mapping[str, Pronunciation]]
    )
    """By language, then by word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When something is said, by the model's own durations of its sounds."""

    kind: TimingKind
    seconds: float
    """From the beginning of the sound."""
    start: int
    """Its first character in the texts of all passages, one behind the other."""
    end: int
    """Behind its last one."""
    value: str = ""
    """The symbol of a phoneme, the name of a bookmark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """What samples are made into."""

    name: Literal["pcm", "mp3", "ogg_vorbis", "ogg_opus", "mulaw", "alaw"]
    """`pcm`: signed 16-bit little-endian samples without a header."""
    sample_rate: int
    """In Hz."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A voice that is there."""

    name: str
    language: str
    """BCP 47."""
    gender: Gender


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceTraits:
    """What a voice can."""

    times_words: bool
    """Whether `timings` tells of words and phonemes, not of sentences and bookmarks alone."""


class Synthesizer(Protocol):
    """Speaks."""

    def traits(self, voice: str) -> VoiceTraits | None:
        """Return what a voice can; `None`: it is not there."""
        ...

    def speak(self, script: Script, encoding: Encoding) -> AsyncGenerator[bytes, None]:
        """Give the sound of a script, as it is made.

        Raises:
            EngineError: See its subclasses.
        """
        ...

    async def timings(self, script: Script) -> list[Timing]:
        """Return when what of a script is said, in the order of time.

        Raises:
            EngineError: See its subclasses.
        """
        ...
