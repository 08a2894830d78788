"""Sound as the models hear it, from files and from samples."""

import math
import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from outcrop.engines.media import ffmpeg
from outcrop.engines.media.ffmpeg import FfmpegLimits
from outcrop.engines.speech_to_text.interface import SAMPLE_RATE_HZ
from outcrop.engines.workers.child import RefusedError

LONGEST_SECONDS = 4 * 60 * 60
"""Of a recording; a longer one is refused, however few bytes it has."""

QUIETEST = -100.0
"""In decibels below full scale."""
Floats = npt.NDArray[np.float32]


def read_sound(sound: dict[str, Any], content: bytes) -> Floats:
    """Return sound: float32, mono, at `SAMPLE_RATE_HZ`.

    Args:
        sound: An `interface.Recording` or `interface.Samples` as JSON holds it.
        content: The samples.

    Raises:
        RefusedError: The file is damaged, of another format or too large.
    """
    if "path" in sound:
        return _one_of(_decoded(sound), sound["channel"])
    frame = 2 * sound["channels"]
    whole = content[: len(content) // frame * frame]
    samples = np.frombuffer(whole, "<i2").reshape(-1, sound["channels"]).astype(np.float32)
    mono = _one_of(samples / 32768.0, sound["channel"])
    return resampled(mono, sound["sample_rate_hz"], SAMPLE_RATE_HZ)


def levels(samples: Floats, begin_seconds: float, end_seconds: float) -> list[float]:
    """Return how loud each second of a span is; see `Transcriber.measure_levels`."""
    begin, end = (round(at * SAMPLE_RATE_HZ) for at in (begin_seconds, end_seconds))
    inside = samples[begin:end].astype(np.float64)
    seconds = [inside[at : at + SAMPLE_RATE_HZ] for at in range(0, len(inside), SAMPLE_RATE_HZ)]
    powers = [float(np.mean(np.square(one))) for one in seconds]
    return [round(max(QUIETEST, 10 * math.log10(max(power, 1e-12))), 2) for power in powers]


def resampled(samples: Floats, rate_hz: int, wanted_hz: int) -> Floats:
    """Return sound at another rate: its spectrum, cut or filled up with silence."""
    if rate_hz == wanted_hz or not len(samples):
        return samples
    length = max(1, round(len(samples) * wanted_hz / rate_hz))
    spectrum = np.fft.rfft(samples)
    kept = np.zeros(length // 2 + 1, spectrum.dtype)
    shared = min(len(kept), len(spectrum))
    kept[:shared] = spectrum[:shared]
    return (np.fft.irfft(kept, length) * (length / len(samples))).astype(np.float32)


def _decoded(recording: dict[str, Any]) -> Floats:
    is_one = recording["channel"] is not None
    channels = inspect_sound(recording)["channels"] if is_one else 1
    frame_bytes = np.dtype(np.float32).itemsize * channels
    return ffmpeg.decode_audio(
        Path(recording["path"]),
        media_format=recording["media_format"],
        sample_rate=SAMPLE_RATE_HZ,
        channels=channels,
        limits=FfmpegLimits(output_bytes=LONGEST_SECONDS * SAMPLE_RATE_HZ * frame_bytes),
    )


def _one_of(samples: Floats, channel: int | None) -> Floats:
    """Return one channel of samples, (frames, channels), or all of them mixed."""
    if channel is None:
        return samples.mean(axis=1) if samples.shape[1] > 1 else samples[:, 0]
    if channel >= samples.shape[1]:
        raise RefusedError(ffmpeg.UNREADABLE, f"The sound has no channel {channel}.")
    return np.ascontiguousarray(samples[:, channel])


def inspect_sound(recording: dict[str, Any]) -> dict[str, int]:
    """Return an `interface.SoundFormat` as JSON holds it.

    FFmpeg writes the beginning of the sound as it is, and tells what that is in the file's head.
    """
    head = ffmpeg.run(
        [
            *("-protocol_whitelist", "file,pipe"),
            *("-f", ffmpeg.DEMUXERS[recording["media_format"]]),
            *("-i", f"file:{recording['path']}", "-vn", "-map", "0:a:0", "-t", "0.1"),
            *("-f", "wav", "-codec:a", "pcm_s16le", "pipe:1"),
        ]
    )
    _, channels, rate = struct.unpack_from("<HHI", head, head.index(b"fmt ") + 8)
    return {"sample_rate_hz": rate, "channels": channels}
