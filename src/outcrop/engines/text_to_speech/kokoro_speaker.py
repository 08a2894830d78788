"""A script spoken by Kokoro: utterance by utterance, with the times of what is said."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from outcrop.engines.text_to_speech.interface import Bookmark, Pause, Script, Timing
from outcrop.engines.text_to_speech.kokoro_model import SAMPLE_RATE, KokoroModel
from outcrop.engines.text_to_speech.languages import Languages
from outcrop.engines.text_to_speech.sounds.alphabet import NASAL, STRESSES
from outcrop.engines.text_to_speech.spells import Spell, beep, shifted, silence, voiced
from outcrop.engines.text_to_speech.utterances import (
    Beep,
    SentenceStart,
    Utterance,
    items_of,
    steps_of,
    symbols_of,
)
from outcrop.engines.text_to_speech.voices import VOICES
from outcrop.engines.text_to_speech.words.reading import STOPS

CUT_SILENCE = SAMPLE_RATE // 20
"""The most samples of silence where an utterance was cut within a sentence."""
SLOWEST, FASTEST = 0.2, 4.0
"""Speeds that the network is asked for."""
SILENT = frozenset(f" {STOPS}{STRESSES}ː{NASAL}")
"""Symbols that are no sounds of their own."""


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
            timings = shifted(spell.timings, samples / SAMPLE_RATE)
            if sentence is not None and not isinstance(step, Pause | Bookmark):
                timings = [_of_sentence(sentence, timings, samples), *timings]
                sentence = None
            is_first = is_first and isinstance(step, Pause | Bookmark)
            samples += len(spell.samples)
            yield replace(spell, timings=timings)

    def _perform(self, step: Utterance | Beep | Pause | Bookmark, *, is_cut: bool) -> Spell:
        match step:
            case Pause(seconds=seconds):
                return Spell(silence(seconds, SAMPLE_RATE), [])
            case Bookmark(name=name):
                mark = Timing(kind="bookmark", seconds=0.0, start=0, end=0, value=name)
                return Spell(np.zeros(0, np.float32), [mark])
            case Beep():
                return Spell(beep(SAMPLE_RATE), [_word(step)])
            case Utterance():
                return self._say(step, is_cut=is_cut)

    def _say(self, utterance: Utterance, *, is_cut: bool) -> Spell:
        symbols, owners = symbols_of(utterance)
        if not symbols.strip(f" {STOPS}"):
            return Spell(np.zeros(0, np.float32), [])
        style = utterance.style
        pitch = style.pitch * VOICES[style.voice].pitch
        speed = min(max(style.rate / pitch, SLOWEST), FASTEST)
        audio, lengths = self._model.run(symbols, style.voice, speed)
        cut = max(0, int(lengths[0]) - CUT_SILENCE) if is_cut else 0
        tail = max(0, int(lengths[-1]) - CUT_SILENCE) if utterance.is_open else 0
        starts = (np.cumsum(lengths) - lengths - cut) / pitch / SAMPLE_RATE
        kept = audio[cut : len(audio) - tail]
        timings = _timings(utterance, symbols, owners, starts[1:])
        return Spell(voiced(kept, pitch, style.gain), timings)


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


def _word(censored: Beep) -> Timing:
    return Timing(kind="word", seconds=0.0, start=censored.start, end=censored.end)
