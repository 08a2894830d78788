"""One piece of sound, heard by Whisper: what was said, in which language, and when each word.

Source: https://github.com/openai/whisper/blob/main/whisper/transcribe.py and timing.py;
https://opennmt.net/CTranslate2/python/ctranslate2.models.Whisper.html
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2  # pyright: ignore[reportMissingTypeStubs]: it ships none
import numpy as np
import numpy.typing as npt

from outcrop.engines.speech_to_text.interface import SAMPLE_RATE_HZ, Hearing, Word
from outcrop.engines.speech_to_text.log_mel import FRAMES_PER_SECOND, LONGEST_FRAMES, log_mel
from outcrop.engines.speech_to_text.vocabulary import Vocabulary, without_punctuation

_ctranslate2: Any = ctranslate2

BEAMS = 5
TEMPERATURES = (0.0, 0.4, 0.8)
"""Tried in turn until the text is neither repetitive nor improbable."""
MOST_REPETITIVE = 2.4
"""How well text may compress; what repeats itself compresses better."""
LEAST_LIKELY = -1.0
"""Mean logarithm of the probabilities of tokens."""
SURELY_NOBODY = 0.6
"""Probability that nobody speaks, from which on improbable text is none."""
MOST_PROMPT_TOKENS = 223
LONGEST_TOKENS = 448
"""Prompt and text together: what the model was trained with."""
SECONDS_PER_STEP = 0.02
"""Between two places that a token can be aligned to."""


@dataclass(frozen=True, slots=True)
class _Guess:
    """What may have been said."""

    tokens: list[int]
    score: float
    """Mean logarithm of the probabilities of its tokens."""


class NotAModelError(Exception):
    """A folder does not hold a model that can run here."""


class Whisper:
    """A loaded model."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        """Load a model that was converted for CTranslate2.

        Raises:
            NotAModelError: It cannot be loaded.
        """
        try:
            self._model = _ctranslate2.models.Whisper(
                str(folder), device="cpu", compute_type="int8", intra_threads=threads
            )
            self._vocabulary = Vocabulary(folder / "tokenizer.json")
        except (RuntimeError, ValueError, OSError) as error:
            raise NotAModelError(f"{folder} holds no Whisper model: {error}") from error

    def hear(self, samples: npt.NDArray[np.float32]) -> "Heard":
        """Listen to at most thirty seconds."""
        features = log_mel(samples, self._model.n_mels)[np.newaxis]
        encoded = self._model.encode(_ctranslate2.StorageView.from_array(features))
        return Heard(self._model, self._vocabulary, encoded, len(samples))

    def knows(self, language: str) -> bool:
        """Tell whether the model knows a language."""
        return self._vocabulary.knows(language)


class Heard:
    """A piece of sound that the model has listened to."""

    def __init__(self, model: Any, vocabulary: Vocabulary, encoded: Any, samples: int) -> None:
        self._model = model
        self._vocabulary = vocabulary
        self._encoded = encoded
        self._seconds = samples / SAMPLE_RATE_HZ

    def languages(self) -> Mapping[str, float]:
        """Return how likely each language is, the likeliest first."""
        (found,) = self._model.detect_language(self._encoded)
        return {mark.strip("<|>"): float(likely) for mark, likely in found}

    def languages_among(self, among: Sequence[str]) -> dict[str, float]:
        """Return how likely each of some languages is, or of all where none is named."""
        known = self.languages()
        return {each: known[each] for each in known if each in among} or dict(known)

    def alternatives(self, language: str, hearing: Hearing, offset: float) -> list[list[Word]]:
        """Return what may have been said, the likeliest first, each word with its time.

        Args:
            language: The one that is spoken.
            hearing: How to listen.
            offset: Seconds from the beginning of the recording to that of this piece.
        """
        guesses = self._guesses(language, hearing)
        found = [self._timed(guess, language, offset) for guess in guesses]
        return [words for words in found if words] or []

    def _guesses(self, language: str, hearing: Hearing) -> list[_Guess]:
        guesses: list[_Guess] = []
        for temperature in TEMPERATURES[:1] if hearing.is_hasty else TEMPERATURES:
            tried, nobody = self._guess(language, hearing, temperature)
            if nobody > SURELY_NOBODY and tried[0].score < LEAST_LIKELY:
                return []
            if not guesses or tried[0].score > guesses[0].score or self._repeats(guesses[0]):
                guesses = tried
            if tried[0].score >= LEAST_LIKELY and not self._repeats(tried[0]):
                return tried
        return [] if self._repeats(guesses[0]) else guesses

    def _guess(
        self, language: str, hearing: Hearing, temperature: float
    ) -> tuple[list[_Guess], float]:
        """Return guesses, the likeliest first, and how likely nobody speaks."""
        vocabulary = self._vocabulary
        prompt = [
            *self._expected(hearing.phrases),
            *vocabulary.opening(language),
            vocabulary.no_times,
        ]
        beams = 1 if hearing.is_hasty or temperature else max(BEAMS, hearing.most_alternatives)
        (result,) = self._model.generate(
            self._encoded,
            [prompt],
            beam_size=beams,
            num_hypotheses=min(hearing.most_alternatives, beams),
            sampling_topk=1 if not temperature else 0,
            sampling_temperature=temperature or 1.0,
            max_length=LONGEST_TOKENS,
            return_scores=True,
            return_no_speech_prob=True,
        )
        guesses = [
            _Guess([token for token in tokens if token < vocabulary.end], float(score))
            for tokens, score in zip(result.sequences_ids, result.scores, strict=True)
        ]
        return guesses, float(result.no_speech_prob)

    def _expected(self, phrases: Sequence[str]) -> list[int]:
        """Return the tokens that tell which words to expect, as if they had been said before."""
        if not phrases:
            return []
        tokens: list[int] = []
        for phrase in phrases:
            more = self._vocabulary.encode(f" {phrase},")
            if len(tokens) + len(more) > MOST_PROMPT_TOKENS:
                break
            tokens += more
        return [self._vocabulary.before, *tokens]

    def _repeats(self, guess: _Guess) -> bool:
        text = self._vocabulary.decode(guess.tokens).encode()
        return len(text) > MOST_REPETITIVE * len(zlib.compress(text))

    def _timed(self, guess: _Guess, language: str, offset: float) -> list[Word]:
        if not guess.tokens:
            return []
        spans = self._vocabulary.words(guess.tokens, language)
        frames = min(int(self._seconds * FRAMES_PER_SECOND), LONGEST_FRAMES)
        (aligned,) = self._model.align(
            self._encoded,
            self._vocabulary.opening(language),
            [guess.tokens],
            frames,
            median_filter_width=7,
        )
        places = np.array(aligned.alignments)
        first = np.concatenate(([True], np.diff(places[:, 0]) > 0))
        begins = places[first, 1] * SECONDS_PER_STEP
        likely = np.array(aligned.text_token_probs)
        words: list[Word] = []
        at = 0
        for span in spans:
            text, mark = without_punctuation(span.text)
            end = at + span.count
            if text:
                last = begins[min(end, len(begins) - 1)]
                words.append(
                    Word(
                        text=text,
                        start_seconds=offset + min(float(begins[at]), self._seconds),
                        end_seconds=offset + min(float(last), self._seconds),
                        score=min(1.0, float(likely[at:end].mean())),
                        mark=mark,
                    )
                )
            elif mark and words:
                words[-1] = _marked(words[-1], mark)
            at = end
        return words


def _marked(word: Word, mark: str) -> Word:
    return Word(
        text=word.text,
        start_seconds=word.start_seconds,
        end_seconds=word.end_seconds,
        score=word.score,
        mark=mark,
    )
