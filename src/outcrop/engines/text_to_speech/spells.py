"""Stretches of sound, and what is done to them whoever made them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from outcrop.engines.text_to_speech.interface import Timing

BEEP_SECONDS = 0.4
BEEP_HZ = 1000.0
LOUDNESS_OF_BEEP = 0.2


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of sound and when what is said in it."""

    samples: npt.NDArray[np.float32]
    """(samples,), at the rate of whoever speaks."""
    timings: list[Timing]
    """From the beginning of the whole."""


def shifted(timings: Sequence[Timing], seconds: float) -> list[Timing]:
    """Return timings as of a beginning that was so much earlier."""
    return [replace(timing, seconds=timing.seconds + seconds) for timing in timings]


def voiced(samples: npt.NDArray[np.float32], pitch: float, gain: float) -> npt.NDArray[np.float32]:
    """Return samples of another pitch, as long as their time is divided by it, and loudness."""
    if pitch != 1.0:
        samples = resampled(samples, round(len(samples) / pitch))
    return np.clip(samples * np.float32(gain), -1.0, 1.0)


def resampled(samples: npt.NDArray[np.float32], length: int) -> npt.NDArray[np.float32]:
    """Return samples in another number, their spectrum cut or filled up with nothing."""
    spectrum = np.fft.rfft(samples)
    return (np.fft.irfft(spectrum, length) * (length / max(1, len(samples)))).astype(np.float32)


def silence(seconds: float, sample_rate: int) -> npt.NDArray[np.float32]:
    """Return silence at a rate in Hz."""
    return np.zeros(round(seconds * sample_rate), np.float32)


def beep(sample_rate: int) -> npt.NDArray[np.float32]:
    """Return what stands for a word that must not be heard, at a rate in Hz."""
    time = np.arange(round(BEEP_SECONDS * sample_rate)) / sample_rate
    return (LOUDNESS_OF_BEEP * np.sin(2 * np.pi * BEEP_HZ * time)).astype(np.float32)
