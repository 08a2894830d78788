"""Output formats: their sample rates, what they are called on the wire and in files.

Source: https://docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html
"""

from collections.abc import Mapping
from dataclasses import dataclass

from outcrop.engines.text_to_speech.interface import Encoding
from outcrop.services.polly import shapes

COMPRESSED = (8000, 16000, 22050, 24000, 44100, 48000)
STANDARD_RATE = 22050
"""In Hz, of compressed sound by the standard engine; the others' is 24,000."""
BETTER_RATE = 24000


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One output format."""

    content_type: str
    extension: str
    """Of the files that tasks write."""
    sample_rates: tuple[int, ...]
    default_rate: int | None = None
    """`None`: the engine decides."""


FORMATS: Mapping[str, Format] = {
    "mp3": Format(content_type="audio/mpeg", extension="mp3", sample_rates=COMPRESSED),
    "ogg_vorbis": Format(content_type="audio/ogg", extension="ogg", sample_rates=COMPRESSED),
    "ogg_opus": Format(
        content_type="audio/ogg", extension="ogg", sample_rates=(48000,), default_rate=48000
    ),
    "pcm": Format(
        content_type="audio/pcm", extension="pcm", sample_rates=(8000, 16000), default_rate=16000
    ),
    "mulaw": Format(
        content_type="audio/mulaw", extension="mulaw", sample_rates=(8000,), default_rate=8000
    ),
    "alaw": Format(
        content_type="audio/alaw", extension="alaw", sample_rates=(8000,), default_rate=8000
    ),
    "json": Format(
        content_type="application/x-json-stream", extension="marks", sample_rates=COMPRESSED
    ),
}


def encoding_of(output_format: str, sample_rate: str | None, engine: str) -> Encoding:
    """Return what the sound of a request is made into.

    Raises:
        InvalidSampleRateException: The format does not have this rate.
    """
    known = FORMATS[output_format]
    rate = known.default_rate or (STANDARD_RATE if engine == "standard" else BETTER_RATE)
    if sample_rate is not None:
        if not sample_rate.isdecimal() or int(sample_rate) not in known.sample_rates:
            rates = ", ".join(str(each) for each in known.sample_rates)
            raise shapes.InvalidSampleRateException(
                f"Unsupported value for SampleRate: {sample_rate}."
                f" Valid values for {output_format} are: {rates}."
            )
        rate = int(sample_rate)
    name = "pcm" if output_format == "json" else output_format
    return Encoding(name=name, sample_rate=rate)  # pyright: ignore[reportArgumentType] - FORMATS' names are Encoding's
