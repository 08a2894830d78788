"""The features that Whisper hears: logarithms of mel-scaled spectra, a hundred a second.

Source: `log_mel_spectrogram` of https://github.com/openai/whisper/blob/main/whisper/audio.py, and
the mel scale of Slaney's Auditory Toolbox, as `librosa.filters.mel` has it.
"""

from functools import cache

import numpy as np
import numpy.typing as npt

from outcrop.engines.speech_to_text.interface import SAMPLE_RATE_HZ

WINDOW_SAMPLES = 400
HOP_SAMPLES = 160
FRAMES_PER_SECOND = SAMPLE_RATE_HZ // HOP_SAMPLES
LONGEST_SECONDS = 30
LONGEST_FRAMES = LONGEST_SECONDS * FRAMES_PER_SECOND

_QUIETEST = 1e-10
_RANGE = 8.0
"""In powers of ten: what is quieter than the loudest by more counts as just that quiet."""
_LINEAR_HZ_PER_MEL = 200 / 3
_FIRST_LOGARITHMIC_HZ = 1000.0
_LOGARITHMIC_STEP = np.log(6.4) / 27


def log_mel(samples: npt.NDArray[np.float32], bands: int) -> npt.NDArray[np.float32]:
    """Return the features of at most thirty seconds.

    Args:
        samples: float32, mono, -1.0 to 1.0, at 16 kHz.
        bands: How many mel bands the model hears.

    Returns:
        float32, (bands, 3000): silence follows a shorter sound.
    """
    length = LONGEST_SECONDS * SAMPLE_RATE_HZ
    padded = np.zeros(length, np.float32)
    padded[: min(len(samples), length)] = samples[:length]
    power = mel_power(padded, bands)[:, :LONGEST_FRAMES]
    loudness = np.log10(np.maximum(power, _QUIETEST))
    loudness = np.maximum(loudness, loudness.max() - _RANGE)
    return np.ascontiguousarray((loudness + 4.0) / 4.0, dtype=np.float32)


def mel_power(samples: npt.NDArray[np.float32], bands: int) -> npt.NDArray[np.float32]:
    """Return the power in each mel band, a hundred times a second: float32, (bands, frames)."""
    around = np.pad(samples, WINDOW_SAMPLES // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(around, WINDOW_SAMPLES)[::HOP_SAMPLES]
    window = np.hanning(WINDOW_SAMPLES + 1)[:-1].astype(np.float32)
    power = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
    return _filters(bands) @ power.T.astype(np.float32)


@cache
def _filters(bands: int) -> npt.NDArray[np.float32]:
    """Return triangles of equal area, evenly spaced in mels: float32, (bands, frequencies)."""
    frequencies = np.fft.rfftfreq(WINDOW_SAMPLES, 1 / SAMPLE_RATE_HZ)
    corners = _hertz(np.linspace(0.0, _mel(SAMPLE_RATE_HZ / 2), bands + 2))
    widths = np.diff(corners)
    slopes = corners[:, None] - frequencies[None, :]
    rising = -slopes[:-2] / widths[:-1, None]
    falling = slopes[2:] / widths[1:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    areas = 2.0 / (corners[2:] - corners[:-2])
    return (triangles * areas[:, None]).astype(np.float32)


def _mel(hertz: float) -> float:
    if hertz < _FIRST_LOGARITHMIC_HZ:
        return hertz / _LINEAR_HZ_PER_MEL
    first = _FIRST_LOGARITHMIC_HZ / _LINEAR_HZ_PER_MEL
    return float(first + np.log(hertz / _FIRST_LOGARITHMIC_HZ) / _LOGARITHMIC_STEP)


def _hertz(mels: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    first = _FIRST_LOGARITHMIC_HZ / _LINEAR_HZ_PER_MEL
    logarithmic = _FIRST_LOGARITHMIC_HZ * np.exp(_LOGARITHMIC_STEP * (mels - first))
    return np.where(mels < first, mels * _LINEAR_HZ_PER_MEL, logarithmic)
