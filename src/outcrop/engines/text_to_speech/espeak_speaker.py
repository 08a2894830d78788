"""A script spoken by espeak-ng, sentence by sentence.

Source: https://github.com/espeak-ng/espeak-ng/blob/master/src/espeak-ng.1.ronn
"""

import re
import struct
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outcrop.engines.text_to_speech.interface import (
    Bookmark,
    Passage,
    Pause,
    Pronunciation,
    Script,
    Timing,
)
from outcrop.engines.text_to_speech.spells import Spell, beep, shifted, silence, voiced
from outcrop.engines.workers.child import RefusedError

SAMPLE_RATE = 22_050
WORDS_A_MINUTE = 175
"""Its usual speed."""
SLOWEST, FASTEST = 80, 450
LIMIT_SECONDS = 60.0
"""For one sentence."""
SENTENCE = re.compile(r"\S.*?(?:[.!?…]+[\"'”»)]*(?=\s)|[。！？]+|(?=\n\s*\n)|\Z)", re.DOTALL)
HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
"""Of the WAV file that it writes."""
READINGS = frozenset(("text", "cardinal", "digits", "telephone", "address", "censored"))
"""Ways to read that it knows, or that are the same to it as text."""


@dataclass(frozen=True, slots=True)
class EspeakProgram:
    """The program, and what it calls languages."""

    executable: str
    languages: Mapping[str, str]

    def say(self, text: str, passage: Passage) -> npt.NDArray[np.float32]:
        """Return the sound of a text in the manner of a passage: float32, at `SAMPLE_RATE`.

        Raises:
            RefusedError: It does not speak the passage's language (kind `unspoken`), or fails.
        """
        language = self.languages.get(passage.language)
        if language is None:
            raise RefusedError("unspoken", f"espeak-ng does not speak {passage.language} here.")
        variant = passage.voice.partition(":")[2]
        speed = round(WORDS_A_MINUTE * passage.rate / passage.pitch)
        command = [
            self.executable, "-v", f"{language}+{variant}", "-b", "1",
            "-s", str(min(max(speed, SLOWEST), FASTEST)), "--stdin", "--stdout",
        ]  # fmt: skip
        try:
            ran = subprocess.run(  # noqa: S603 - no shell, and the text is on its standard input
                command, input=text.encode(), capture_output=True, timeout=LIMIT_SECONDS, check=True
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise RefusedError("program", f"espeak-ng failed: {error}") from error
        if len(ran.stdout) < HEADER.size:  # It has nothing to say for some texts: emoji.
            return np.zeros(0, np.float32)
        samples = np.frombuffer(ran.stdout[HEADER.size :], "<i2").astype(np.float32)
        samples /= 32768
        return voiced(samples, passage.pitch, passage.gain)


class EspeakSpeaker:
    """Speaks scripts."""

    def __init__(self, program: EspeakProgram) -> None:
        self._program = program

    def speak(self, script: Script) -> Iterator[Spell]:
        """Give the sound of a script, sentence by sentence.

        Raises:
            RefusedError: It cannot be spoken so (kind `unspoken`), or the program fails.
        """
        offset = samples = 0
        for part in script.parts:
            for spell in self._perform(part, script, offset):
                yield Spell(spell.samples, shifted(spell.timings, samples / SAMPLE_RATE))
                samples += len(spell.samples)
            offset += len(part.text) if isinstance(part, Passage) else 0

    def _perform(
        self, part: Passage | Pause | Bookmark, script: Script, offset: int
    ) -> Iterator[Spell]:
        match part:
            case Pause(seconds=seconds):
                yield Spell(silence(seconds, SAMPLE_RATE), [])
            case Bookmark(name=name):
                mark = Timing(kind="bookmark", seconds=0.0, start=0, end=0, value=name)
                yield Spell(np.zeros(0, np.float32), [mark])
            case Passage():
                yield from self._say(part, script.lexicon.get(part.language, {}), offset)

    def _say(
        self, passage: Passage, lexicon: Mapping[str, Pronunciation], offset: int
    ) -> Iterator[Spell]:
        _check(passage)
        if passage.reading == "censored":
            yield Spell(beep(SAMPLE_RATE), [])
            return
        for match in SENTENCE.finditer(passage.text):
            text = passage.said or _by_lexicon(match.group(), lexicon)
            if passage.reading in ("digits", "telephone"):
                text = " ".join(text)
            start, end = offset + match.start(), offset + match.end()
            timing = Timing(kind="sentence", seconds=0.0, start=start, end=end)
            yield Spell(self._program.say(text, passage), [timing])
            if passage.said:
                return


def _check(passage: Passage) -> None:
    """Raise `RefusedError` for what the program does not do."""
    if passage.phonemes:
        raise RefusedError("unspoken", "espeak-ng does not say sounds that are written in IPA.")
    if passage.part_of_speech:
        raise RefusedError("unspoken", "espeak-ng does not ask what part of speech a word is.")
    if passage.reading not in READINGS:
        raise RefusedError("unspoken", f"espeak-ng does not read text as {passage.reading}.")


def _by_lexicon(text: str, lexicon: Mapping[str, Pronunciation]) -> str:
    """Put aliases in the place of whole words, the longest first."""
    if not lexicon:
        return text
    names = "|".join(re.escape(name) for name in sorted(lexicon, key=len, reverse=True))

    def alias(match: re.Match[str]) -> str:
        entry = lexicon[match.group()]
        if entry.phonemes:
            raise RefusedError(
                "unspoken",
                f"The lexicon has sounds for {match.group()!r}; espeak-ng takes aliases alone.",
            )
        return entry.alias

    return re.sub(rf"(?<!\w)(?:{names})(?!\w)", alias, text)
