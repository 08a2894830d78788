"""Kokoro's network: symbols of sounds into samples, and how long each symbol lasts.

The graph predicts how many frames each symbol takes and does not tell; an output that is added to
it when it is read does.

Source: https://huggingface.co/hexgrad/Kokoro-82M
"""

import functools
import threading
from pathlib import Path

import numpy as np
import numpy.typing as npt

from outcrop.engines.text_to_speech.sounds.alphabet import BOUNDARY, SYMBOLS
from outcrop.engines.text_to_speech.voices import VOICES
from outcrop.engines.workers.onnx_sessions import OnnxModel

SAMPLE_RATE = 24_000
FRAME = 600
"""Samples of a frame."""
MOST_SYMBOLS = 510
"""That the network takes, and that voices have styles for."""
RECENT = 32
"""Utterances whose sound is kept."""
STYLE = 256
"""The length of a voice's style; there is one for each number of symbols."""
DURATIONS = "/encoder/Clip_output_0"
"""The tensor of the numbers of frames: float32, (1, symbols)."""


class KokoroModel:
    """The network and its voices."""

    def __init__(self, path: Path, *, threads: int) -> None:
        """Load the network.

        Args:
            path: The ONNX file; the voices lie beside it, one `.bin` each.
            threads: That it computes with.
        """
        self._network = OnnxModel(path.read_bytes() + durations_output(), threads=threads)
        # Ten seconds of sound take 2 GB while they are made, on all processors: one at a time.
        self._turn = threading.Lock()
        self._folder = path.parent
        self._voice = functools.cache(self._read_voice)
        # Who asks for speech marks asks for the sound, too.
        self.run = functools.lru_cache(maxsize=RECENT)(self._run)

    def _run(
        self, symbols: str, voice: str, speed: float
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """Return samples and the number of samples that each symbol takes.

        Args:
            symbols: Of `SYMBOLS`, at most `MOST_SYMBOLS`.
            voice: Its name.
            speed: How many times as fast as usual.

        Returns:
            float32, (samples,), at `SAMPLE_RATE`, and int64, (symbols + 2,): silence before and
            behind counts, too. Both are shared and must not be changed.
        """
        ids = [SYMBOLS[symbol] for symbol in symbols]
        tokens = np.array([[BOUNDARY, *ids, BOUNDARY]], np.int64)
        style = self._voice(voice)[len(ids)]
        with self._turn:
            made = self._network.run(tokens, style, np.array([speed], np.float32))
        audio, frames = made["audio"], made[DURATIONS]
        return np.asarray(audio, np.float32), np.asarray(frames[0]).astype(np.int64) * FRAME

    def _read_voice(self, voice: str) -> npt.NDArray[np.float32]:
        """Return a voice's styles: float32, (symbols, 1, `STYLE`)."""
        if parts := VOICES[voice].parts:
            shares = [np.float32(share) * self._voice(name) for name, share in parts.items()]
            return np.asarray(sum(shares), np.float32)
        return np.fromfile(self._folder / f"{voice}.bin", "<f4").reshape(-1, 1, STYLE)


def durations_output() -> bytes:
    """Return what makes a tensor an output of the graph in a file that it is written behind.

    Parsers of protocol buffers join what stands twice of one message: here the graph, with only
    the new output in it. The numbers are those of ONNX's fields.
    """
    of_floats = _field(1, b"\x08\x01")
    return _field(7, _field(12, _field(1, DURATIONS.encode()) + _field(2, of_floats)))


def _field(number: int, content: bytes) -> bytes:
    """Return a field of a protocol buffer; its number is below 16, its length below 128."""
    return bytes([number << 3 | 2, len(content)]) + content
