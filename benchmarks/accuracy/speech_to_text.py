"""How well speech is written down, how fast, and how well speakers are told apart.

    python -m benchmarks.accuracy.speech_to_text [en] [fr]

The sentences of `text_to_speech` are spoken by Kokoro, in turn by two voices where the language has
two, half a second apart, as one recording. What is counted are words that differ, after figures,
sums and dates have become words on both sides; mistakes of the voices count, too. Real recordings
are not measured.
"""

import asyncio
import sys
import time

from benchmarks.accuracy.text_to_speech import SENTENCES, WEIGHTS
from benchmarks.accuracy.word_errors import word_errors
from outcrop.engines.speech_to_text.interface import SAMPLE_RATE_HZ, Hearing, Samples
from outcrop.engines.speech_to_text.resemblyzer import ResemblyzerSpeakerTeller
from outcrop.engines.speech_to_text.whisper import WhisperTranscriber
from outcrop.engines.text_to_speech.interface import Encoding, Passage, Script
from outcrop.engines.text_to_speech.kokoro import KokoroSynthesizer
from outcrop.weights import WeightsSettings, WeightStore

VOICES = {"en": ("af_heart:en-US", "am_michael:en-US"), "fr": ("ff_siwis:fr-FR",)}
SECOND = 2 * SAMPLE_RATE_HZ
"""Bytes."""
PAUSE = bytes(SECOND // 2)
STORE = WeightStore(WeightsSettings(directory=WEIGHTS))


async def spoken(language: str) -> tuple[bytes, list[tuple[float, float]]]:
    """Return the recording, and when each sentence is said in it."""
    synthesizer = KokoroSynthesizer(STORE)
    sound, spans = bytearray(), list[tuple[float, float]]()
    for number, sentence in enumerate(SENTENCES[language]):
        voice, _, code = VOICES[language][number % len(VOICES[language])].partition(":")
        script = Script(parts=[Passage(text=sentence, language=code, voice=voice)])
        encoding = Encoding(name="pcm", sample_rate=SAMPLE_RATE_HZ)
        start = len(sound) / SECOND
        sound += b"".join([piece async for piece in synthesizer.speak(script, encoding)])
        spans.append((start, len(sound) / SECOND))
        sound += PAUSE
    await synthesizer.close()
    return bytes(sound), spans


async def measure(language: str) -> None:
    """Print what comes of one language."""
    sound, spans = await spoken(language)
    samples = Samples(content=sound, sample_rate_hz=SAMPLE_RATE_HZ)
    transcriber, teller = WhisperTranscriber(STORE), ResemblyzerSpeakerTeller(STORE)
    await transcriber.find_speech(samples)  # Loads the models.
    began = time.monotonic()
    heard = [
        word.text
        async for passage in transcriber.transcribe(samples, Hearing(language=language))
        for word in passage.alternatives[0]
    ]
    seconds = time.monotonic() - began
    wrong, words = word_errors(" ".join(SENTENCES[language]), " ".join(heard), language)
    length = len(sound) / SECOND
    print(f"{language}: {wrong / words:.1%} of {words} words wrong, {length:.0f} s of speech,")
    print(f"    {seconds / length:.2f} seconds for each second")
    if len(VOICES[language]) > 1:
        told = await teller.tell(samples, spans, most=5)
        right = sum(one == number % 2 for number, one in enumerate(told))
        print(f"    {right} of {len(spans)} sentences told to be of their speakers")
    await transcriber.close()
    await teller.close()


async def main() -> None:
    for language in sys.argv[1:] or VOICES:
        await measure(language)


if __name__ == "__main__":
    asyncio.run(main())
