"""How well speech is understood: sentences that are spoken, written down by Whisper, compared.

`python -m benchmarks.accuracy.text_to_speech [VOICE:LANGUAGE …]`; the weights of both models must
be there (`outcrop models pull default`). What is counted are words that differ, after figures, sums
and dates have become words on both sides; Whisper's own mistakes count, too.
"""

import asyncio
import sys
from pathlib import Path

from benchmarks.accuracy.word_errors import word_errors
from outcrop.engines.speech_to_text.interface import SAMPLE_RATE_HZ, Hearing, Samples
from outcrop.engines.speech_to_text.whisper import WhisperTranscriber
from outcrop.engines.text_to_speech.espeak import PREFIX, EspeakSynthesizer
from outcrop.engines.text_to_speech.interface import Encoding, Passage, Script
from outcrop.engines.text_to_speech.kokoro import KokoroSynthesizer
from outcrop.weights import WeightsSettings, WeightStore

WEIGHTS = Path.home() / ".cache" / "outcrop" / "weights"
VOICES = (
    "af_heart:en-US",
    "am_michael:en-US",
    "bf_emma:en-GB",
    "bm_george:en-GB",
    "ff_siwis:fr-FR",
    "fm_michael:fr-FR",
    "fm_onyx:fr-FR",
    "espeak-ng:f5:de-DE",
    "espeak-ng:m3:de-DE",
    "espeak-ng:f2:es-ES",
    "espeak-ng:m3:es-ES",
)
SENTENCES = {
    "en": (
        "The quarterly report shows that revenue increased by twelve percent.",
        "Please bring three apples and a loaf of bread to the kitchen.",
        "On March 3, 2026, the committee approved a budget of $4,500.",
        "The train to Edinburgh leaves at 3:30 in the afternoon.",
        "She read the letter twice before she put it away.",
        "Heavy rain is expected in the northern valleys until Thursday.",
        "Our customers have asked for a simpler way to return goods.",
        "He bought 21 books, half of them about the history of music.",
        "The old bridge across the river was closed for repairs.",
        "Nobody knows who wrote the first version of this story.",
        "A doctor should look at your knee before you run again.",
        "The museum opens at nine o'clock, except on Mondays.",
    ),
    "fr": (
        "Le rapport trimestriel montre que le chiffre d'affaires a augmenté de douze pour cent.",
        "Apportez trois pommes et du pain dans la cuisine, s'il vous plaît.",
        "Le 3 mars 2026, le comité a approuvé un budget de 4 500 euros.",
        "Le train pour Lyon part à quinze heures trente.",
        "Elle a lu la lettre deux fois avant de la ranger.",
        "De fortes pluies sont attendues dans les vallées du nord jusqu'à jeudi.",
        "Nos clients ont demandé une façon plus simple de rendre les articles.",
        "Il a acheté 21 livres, dont la moitié sur l'histoire de la musique.",
        "La vieille route de la rivière est fermée pour travaux.",
        "Personne ne sait qui a écrit la première version de cette histoire.",
        "Un médecin devrait regarder votre genou avant que vous couriez à nouveau.",
        "Le musée ouvre à neuf heures, sauf le lundi.",
    ),
    "de": (
        "Der Bericht zeigt, dass der Umsatz im letzten Jahr deutlich gestiegen ist.",
        "Bitte bring drei Äpfel und ein Brot in die Küche.",
        "Der Zug nach Hamburg fährt am Nachmittag vom anderen Gleis.",
        "Sie las den Brief zweimal, bevor sie ihn weglegte.",
        "Im Norden wird bis Donnerstag starker Regen erwartet.",
        "Niemand weiß, wer die erste Fassung dieser Geschichte geschrieben hat.",
    ),
    "es": (
        "El informe muestra que los ingresos aumentaron mucho el año pasado.",
        "Por favor, trae tres manzanas y una barra de pan a la cocina.",
        "El tren a Sevilla sale por la tarde desde el otro andén.",
        "Ella leyó la carta dos veces antes de guardarla.",
        "Se esperan fuertes lluvias en el norte hasta el jueves.",
        "Nadie sabe quién escribió la primera versión de esta historia.",
    ),
}


async def measure(voice: str, language: str) -> float:
    """Return the share of words that are not heard as they were said."""
    store = WeightStore(WeightsSettings(directory=WEIGHTS))
    is_espeak = voice.startswith(PREFIX)
    synthesizer = EspeakSynthesizer(store) if is_espeak else KokoroSynthesizer(store)
    transcriber = WhisperTranscriber(store)
    wrong = words = 0
    try:
        for sentence in SENTENCES[language[:2]]:
            script = Script(parts=[Passage(text=sentence, language=language, voice=voice)])
            encoding = Encoding(name="pcm", sample_rate=SAMPLE_RATE_HZ)
            sound = b"".join([piece async for piece in synthesizer.speak(script, encoding)])
            samples = Samples(content=sound, sample_rate_hz=SAMPLE_RATE_HZ)
            heard = [
                word.text
                async for passage in transcriber.transcribe(samples, Hearing(language=language[:2]))
                for word in passage.alternatives[0]
            ]
            errors, count = word_errors(sentence, " ".join(heard), language[:2])
            if errors:
                print(f"  {sentence}\n  {' '.join(heard)}")
            wrong, words = wrong + errors, words + count
    finally:
        await synthesizer.close()
        await transcriber.close()
    return wrong / words


async def main() -> None:
    for asked in sys.argv[1:] or VOICES:
        voice, _, language = asked.rpartition(":")
        rate = await measure(voice, language)
        print(f"{voice} {language}: {rate:.1%} of the words")


if __name__ == "__main__":
    asyncio.run(main())
