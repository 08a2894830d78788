"""How well those who speak are told apart: in streams, and where all is known at once.

    python -m benchmarks.accuracy.speakers [en] [fr]

Two of Kokoro's voices talk: the sentences of `text_to_speech`, and short answers after each third,
150 to 1000 milliseconds apart, now and then two sentences of one in a row. What is counted are the
words that are told to be the right person's, if each label is the voice that it fits best; labels
beyond the two count as wrong. Real conversations are not measured.
"""

import asyncio
import itertools
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.accuracy.text_to_speech import SENTENCES, WEIGHTS
from outcrop.engines.speech_to_text.interface import SAMPLE_RATE_HZ, Hearing, Samples, Word
from outcrop.engines.speech_to_text.live import LiveSettings, LiveTranscription
from outcrop.engines.speech_to_text.phrases import phrases_of
from outcrop.engines.speech_to_text.resemblyzer import ResemblyzerSpeakerTeller
from outcrop.engines.speech_to_text.whisper import WhisperTranscriber
from outcrop.engines.text_to_speech.interface import Encoding, Passage, Script
from outcrop.engines.text_to_speech.kokoro import KokoroSynthesizer
from outcrop.weights import WeightsSettings, WeightStore

PAIRS = {
    "en": (
        ("af_heart:en-US", "am_michael:en-US"),
        ("af_heart:en-US", "bf_emma:en-GB"),
        ("am_michael:en-US", "bm_george:en-GB"),
    ),
    "fr": (("ff_siwis:fr-FR", "fm_michael:fr-FR"), ("fm_michael:fr-FR", "fm_onyx:fr-FR")),
}
ANSWERS = {
    "en": ("Yes.", "No, thank you.", "I see.", "Of course."),
    "fr": ("Oui.", "Non, merci.", "Je vois.", "Bien sûr."),
}
SECOND = 2 * SAMPLE_RATE_HZ
"""Bytes."""
STORE = WeightStore(WeightsSettings(directory=WEIGHTS))


@dataclass(frozen=True, slots=True)
class Turn:
    """What one says."""

    start: float
    end: float
    who: int


async def conversation(language: str, voices: Sequence[str]) -> tuple[bytes, list[Turn]]:
    """Return a conversation, and who speaks when in it."""
    chance = random.Random(4)
    synthesizer = KokoroSynthesizer(STORE)
    encoding = Encoding(name="pcm", sample_rate=SAMPLE_RATE_HZ)
    said: list[tuple[int, str]] = []
    who = 0
    for number, sentence in enumerate(SENTENCES[language]):
        said.append((who, sentence))
        if number % 3 == 2:
            said.append((1 - who, ANSWERS[language][number // 3]))
        who = who if number % 4 == 3 else 1 - who
    sound, turns = bytearray(), list[Turn]()
    for speaker, text in said:
        voice, _, code = voices[speaker].partition(":")
        script = Script(parts=[Passage(text=text, language=code, voice=voice)])
        start = len(sound) / SECOND
        sound += b"".join([piece async for piece in synthesizer.speak(script, encoding)])
        turns.append(Turn(start, len(sound) / SECOND, speaker))
        sound += bytes(2 * round(chance.uniform(0.15, 1.0) * SAMPLE_RATE_HZ))
    await synthesizer.close()
    return bytes(sound), turns


def right(words: Sequence[Word], told: Sequence[int], turns: Sequence[Turn]) -> int:
    """Return how many words are told to be the right person's."""
    fits = Counter[tuple[int, int]]()
    for word, label in zip(words, told, strict=True):
        at = (word.start_seconds + word.end_seconds) / 2
        nearest = min(turns, key=lambda turn: max(turn.start - at, at - turn.end, 0.0))
        fits[nearest.who, label] += 1
    labels = range(max(told) + 1)
    ways = itertools.permutations([*labels, -1], 2)
    return max(fits[0, first] + fits[1, second] for first, second in ways)


async def measure(language: str, voices: Sequence[str]) -> None:
    """Print what comes of one conversation."""
    sound, turns = await conversation(language, voices)
    transcriber, teller = WhisperTranscriber(STORE), ResemblyzerSpeakerTeller(STORE)
    settings = LiveSettings(
        hearing=Hearing(language=language), sample_rate_hz=SAMPLE_RATE_HZ, most_speakers=30
    )
    live = LiveTranscription(transcriber, teller, settings)
    words, told = list[Word](), list[int]()

    async def say() -> None:
        await live.feed(sound)
        live.end()

    saying = asyncio.ensure_future(say())
    async for one in live.sayings():
        if one.is_final:
            words += one.words
            told += one.speakers
    await saying
    phrases = phrases_of(words)
    spans = [(words[one[0]].start_seconds, words[one[-1]].end_seconds) for one in phrases]
    samples = Samples(content=sound, sample_rate_hz=SAMPLE_RATE_HZ)
    found = await teller.tell(samples, spans, most=10)
    whole = [who for phrase, who in zip(phrases, found, strict=True) for _ in phrase]
    print(f"{language}, {' and '.join(voices)}: {len(words)} words, {len(turns)} turns")
    for name, labels in (("stream", told), ("whole", whole)):
        share = right(words, labels, turns) / len(words)
        print(f"    {name}: {share:.1%} of the words right, {len(set(labels))} labels", flush=True)
    await transcriber.close()
    await teller.close()


async def main() -> None:
    for language in sys.argv[1:] or PAIRS:
        for voices in PAIRS[language]:
            await measure(language, voices)


if __name__ == "__main__":
    asyncio.run(main())
