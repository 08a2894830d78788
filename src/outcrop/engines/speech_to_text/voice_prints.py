"""What voices are like: vectors whose nearness is likeness, by Resemblyzer's network.

Three layers of LSTM and one that is linear, small enough to run in NumPy.

Source: https://github.com/resemble-ai/Resemblyzer, resemblyzer/voice_encoder.py and audio.py;
"Generalized End-to-End Loss for Speaker Verification", https://arxiv.org/abs/1710.10467
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from outcrop.engines.speech_to_text.interface import SAMPLE_RATE_HZ
from outcrop.engines.speech_to_text.log_mel import HOP_SAMPLES, mel_power
from outcrop.weights.torch_file import read_arrays

BANDS = 40
LAYERS = 3
WINDOW_FRAMES = 160
WINDOW_SAMPLES = WINDOW_FRAMES * HOP_SAMPLES
HOP_WINDOW_SAMPLES = WINDOW_SAMPLES // 2
LOUDNESS = 10 ** (-30 / 20)
"""Root of the mean square to which quiet sound is raised: -30 dB of full scale."""

Floats = npt.NDArray[np.float32]


class VoicePrints:
    """A loaded model."""

    def __init__(self, path: Path) -> None:
        """Load the model from the file of PyTorch that it is published as.

        Raises:
            ValueError: It is another one.
        """
        self._weights = read_arrays(path, "model_state")
        if self._weights.get("linear.weight", np.empty(0)).shape != (256, 256):
            raise ValueError("its layers are not those of Resemblyzer")

    def print_of(self, samples: Floats) -> Floats:
        """Return what a voice is like: float32, (256,), of length 1.

        Args:
            samples: float32, mono, 16 kHz; less than 1.6 seconds is heard again and again.
        """
        if len(samples) < WINDOW_SAMPLES:
            samples = np.tile(samples, -(-WINDOW_SAMPLES // max(1, len(samples))))
        mel = mel_power(_raised(samples), BANDS).T
        last = mel.shape[0] - WINDOW_FRAMES
        step = HOP_WINDOW_SAMPLES // HOP_SAMPLES
        windows = np.stack([mel[at : at + WINDOW_FRAMES] for at in range(0, last + 1, step)])
        mean = self._compute(windows).mean(axis=0)
        return (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32)

    def _compute(self, windows: Floats) -> Floats:
        """Return vectors, (windows, 256), for features, (windows, frames, bands)."""
        hidden = windows
        for layer in range(LAYERS):
            hidden = self._layer(hidden, layer)
        raw = hidden[:, -1] @ self._weights["linear.weight"].T + self._weights["linear.bias"]
        positive = np.maximum(raw, 0.0)
        return positive / np.maximum(np.linalg.norm(positive, axis=1, keepdims=True), 1e-9)

    def _layer(self, given: Floats, layer: int) -> Floats:
        """Run one layer of LSTM: its gates are input, forget, cell and output, in this order."""
        weights = self._weights
        recurrent = weights[f"lstm.weight_hh_l{layer}"].T
        bias = weights[f"lstm.bias_ih_l{layer}"] + weights[f"lstm.bias_hh_l{layer}"]
        driven = given @ weights[f"lstm.weight_ih_l{layer}"].T + bias
        width = recurrent.shape[0]
        state = np.zeros((len(given), width), np.float32)
        cell = np.zeros_like(state)
        states = np.empty((*given.shape[:2], width), np.float32)
        for frame in range(given.shape[1]):
            gates: Floats = (driven[:, frame] + state @ recurrent).astype(np.float32)
            let_in, keep, new, let_out = np.split(gates, 4, axis=1)
            cell = _sigmoid(keep) * cell + _sigmoid(let_in) * np.tanh(new)
            state = _sigmoid(let_out) * np.tanh(cell)
            states[:, frame] = state
        return states


def _sigmoid(values: Floats) -> Floats:
    return (0.5 + 0.5 * np.tanh(0.5 * values)).astype(np.float32)


def _raised(samples: Floats) -> Floats:
    loudness = float(np.sqrt(np.mean(samples**2)))
    return samples * (LOUDNESS / loudness) if 0 < loudness < LOUDNESS else samples


def samples_between(samples: Floats, span: tuple[float, float]) -> Floats:
    """Return the samples of a span of seconds; a span behind the end is the end."""
    start, end = (round(seconds * SAMPLE_RATE_HZ) for seconds in span)
    start = max(0, min(start, len(samples) - HOP_SAMPLES))
    return samples[start : max(end, start + HOP_SAMPLES)]
