"""A script spoken by Kokoro: utterance by utterance, with the times of what is said."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from outcrop.engines.text_to_speech.interface import Bookmark, Pause, Script, Timing
from outcrop.engines.text_to_speech.kokoro_model import SAMPLE_RATE, KokoroModel
from outcrop.engines.text_to_speech.languages import Languages
from outcrop.engines.text_to_speech.sounds.alphabet import NASAL, STRESSES
from outcrop.engines.text_to_speech.utterances import (
    Beep,
    SentenceStart,
    Utterance,
    items_of,
    steps_of,
    symbols_of,
)
from outcrop.engines.text_to_speech.words.reading import STOPS

BEEP_SECONDS = 0.4
BEEP_HZ = 1000.0
LOUDNESS_OF_BEEP = 0.2
CUT_SILENCE = SAMPLE_RATE // 20
"""The most samples of silence where an utterance was cut within a sentence."""
SLOWEST, FASTEST = 0.2, 4.0
"""Speeds that the network is asked for."""
SILENT = frozenset(f" {STOPS}{STRESSES}ː{NASAL}")
"""Symbols that are no sounds of their own."""


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of sound and when what is said in it."""

    samples: npt.NDArray[np.float32]
    """(samples,), at `SAMPLE_RATE`."""
    timings: list[Timing]
    """From the beginning of the whole."""


class KokoroSpeaker:
    """Speaks scripts."""

    def __init__(self, model: KokoroModel, languages: Languages) -> None:
        self._model = model
        self._languages = languages

    def speak(self, script: Script) -> Iterator[Spell]:
        """Give the sound of a script, utterance by utterance.

        Raises:
            RefusedError: A language is not spoken here.
        """
        samples = 0
        sentence: SentenceStart | None = None
        is_first = True
        for step in steps_of(list(items_of(script, self._languages))):
            if isinstance(step, SentenceStart):
                sentence, is_first = step, True
                continue
            spell = self._perform(step, is_cut=not is_first or samples == 0)
            timings = _shifted(spell.timings, samples / SAMPLE_RATE)
            if sentence is not None and not isinstance(step, Pause | Bookmark):
                timings = [_of_sentence(sentence, timings, samples), *timings]
                sentence = None
            is_first = is_first and isinstance(step, Pause | Bookmark)
            samples += len(spell.samples)
            yield replace(spell, timings=timings)

    def _perform(self, step: Utterance | Beep | Pause | Bookmark, *, is_cut: bool) -> Spell:
        match step:
            case Pause(seconds=seconds):
                return Spell(np.zeros(round(seconds * SAMPLE_RATE), np.float32), [])
            case Bookmark(name=name):
                mark = Timing(kind="bookmark", seconds=0.0, start=0, end=0, value=name)
                return Spell(np.zeros(0, np.float32), [mark])
            case Beep():
                return _beep(step)
            case Utterance():
                return self._say(step, is_cut=is_cut)

    def _say(self, utterance: Utterance, *, is_cut: bool) -> Spell:
        symbols, owners = symbols_of(utterance)
        if not symbols.strip(f" {STOPS}"):
            return Spell(np.zeros(0, np.float32), [])
        style = utterance.style
        speed = min(max(style.rate / style.pitch, SLOWEST), FASTEST)
        audio, lengths = self._model.run(symbols, style.voice, speed)
        cut = max(0, int(lengths[0]) - CUT_SILENCE) if is_cut else 0
        tail = max(0, int(lengths[-1]) - CUT_SILENCE) if utterance.is_open else 0
        starts = (np.cumsum(lengths) - lengths - cut) / style.pitch / SAMPLE_RATE
        kept = audio[cut : len(audio) - tail]
        timings = _timings(utterance, symbols, owners, starts[1:])
        return Spell(_voiced(kept, style.pitch, style.gain), timings)


def _timings(
    utterance: Utterance, symbols: str, owners: list[int], starts: npt.NDArray[np.float64]
) -> list[Timing]:
    timings: list[Timing] = []
    bookmarks = list(utterance.bookmarks)
    told = -1
    for place, (symbol, owner) in enumerate(zip(symbols, owners, strict=True)):
        if symbol == " ":
            continue
        while bookmarks and bookmarks[0][0] <= owner:
            timings.append(_bookmark(bookmarks.pop(0)[1], starts[place]))
        item = utterance.spoken[owner]
        seconds = float(starts[place])
        if owner != told and item.symbols and not item.continues:
            timings.append(Timing(kind="word", seconds=seconds, start=item.start, end=item.end))
            told = owner
        if symbol not in SILENT or symbol in STOPS:
            value = "" if symbol in STOPS else symbol + _mark_behind(symbols, place)
            timings.append(
                Timing(kind="phoneme", seconds=seconds, start=item.start, end=item.end, value=value)
            )
    end = starts[len(symbols)]
    timings.append(Timing(kind="phoneme", seconds=float(end), start=0, end=0))
    return timings + [_bookmark(bookmark, end) for _, bookmark in bookmarks]


def _mark_behind(symbols: str, place: int) -> str:
    return NASAL if symbols[place + 1 : place + 2] == NASAL else ""


def _bookmark(bookmark: Bookmark, seconds: float) -> Timing:
    return Timing(kind="bookmark", seconds=float(seconds), start=0, end=0, value=bookmark.name)


def _of_sentence(sentence: SentenceStart, timings: list[Timing], samples: int) -> Timing:
    words = [timing.seconds for timing in timings if timing.kind == "word"]
    seconds = words[0] if words else samples / SAMPLE_RATE
    return Timing(kind="sentence", seconds=seconds, start=sentence.start, end=sentence.end)


def _shifted(timings: list[Timing], seconds: float) -> list[Timing]:
    return [replace(timing, seconds=timing.seconds + seconds) for timing in timings]


def _voiced(samples: npt.NDArray[np.float32], pitch: float, gain: float) -> npt.NDArray[np.float32]:
    """Return samples of another pitch, as long as their time is divided by it, and loudness."""
    if pitch != 1.0:
        samples = resampled(samples, round(len(samples) / pitch))
    return np.clip(samples * np.float32(gain), -1.0, 1.0)


def resampled(samples: npt.NDArray[np.float32], length: int) -> npt.NDArray[np.float32]:
    """Return samples in another number, their spectrum cut or filled up with nothing."""
    spectrum = np.fft.rfft(samples)
    return (np.fft.irfft(spectrum, length) * (length / max(1, len(samples)))).astype(np.float32)


def _beep(beep: Beep) -> Spell:
    time = np.arange(round(BEEP_SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    samples = LOUDNESS_OF_BEEP * np.sin(2 * np.pi * BEEP_HZ * time)
    word = Timing(kind="word", seconds=0.0, start=beep.start, end=beep.end)
    return Spell(samples.astype(np.float32), [word])
