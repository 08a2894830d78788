"""Finds speech with Silero VAD.

Source: https://github.com/snakers4/silero-vad/blob/master/src/silero_vad/utils_vad.py
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime  # pyright: ignore[reportMissingTypeStubs]: it ships none

from outcrop.engines.speech_to_text.interface import SAMPLE_RATE_HZ

_onnxruntime: Any = onnxruntime

WINDOW_SAMPLES = 512
CONTEXT_SAMPLES = 64
"""Of the window before; both are what the model was trained with at 16 kHz."""
WINDOW_SECONDS = WINDOW_SAMPLES / SAMPLE_RATE_HZ
SURE = 0.5
"""From this probability on, somebody has begun to speak."""
UNSURE = 0.35
"""Below this one, somebody may have ended."""
SHORTEST_SPEECH_SECONDS = 0.25
SHORTEST_SILENCE_SECONDS = 0.4
PADDING_SECONDS = 0.2
"""Around speech: consonants are quiet."""

Times = list[tuple[float, float]]


class VoiceActivity:
    """A loaded model."""

    def __init__(self, model: Path) -> None:
        """Load a model from an ONNX file."""
        options = _onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # It is small: more would only wait for each other.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = _onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )

    def probabilities(self, samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return how likely somebody speaks, for every `WINDOW_SECONDS`."""
        state = np.zeros((2, 1, 128), np.float32)
        rate = np.array(SAMPLE_RATE_HZ, np.int64)
        heard = np.zeros((1, CONTEXT_SAMPLES + WINDOW_SAMPLES), np.float32)
        found: list[float] = []
        for at in range(0, len(samples), WINDOW_SAMPLES):
            window = samples[at : at + WINDOW_SAMPLES]
            heard[0, :CONTEXT_SAMPLES] = heard[0, -CONTEXT_SAMPLES:]
            heard[0, CONTEXT_SAMPLES:] = 0.0
            heard[0, CONTEXT_SAMPLES : CONTEXT_SAMPLES + len(window)] = window
            likely, state = self._session.run(None, {"input": heard, "state": state, "sr": rate})
            found.append(float(likely[0, 0]))
        return np.array(found, np.float32)


def speech_times(probabilities: npt.NDArray[np.float32]) -> Times:
    """Return from when to when somebody speaks: short pauses count as speech, clicks do not."""
    found: Times = []
    start: float | None = None
    quiet_since: float | None = None
    for at, likely in enumerate(probabilities):
        now = at * WINDOW_SECONDS
        if likely >= SURE:
            quiet_since = None
            start = now if start is None else start
        elif start is not None and likely < UNSURE:
            quiet_since = now if quiet_since is None else quiet_since
            if now - quiet_since >= SHORTEST_SILENCE_SECONDS:
                found.append((start, quiet_since))
                start = quiet_since = None
    if start is not None:
        end = len(probabilities) * WINDOW_SECONDS
        found.append((start, end if quiet_since is None else quiet_since))
    return [(start, end) for start, end in found if end - start >= SHORTEST_SPEECH_SECONDS]


def padded(times: Times, duration: float) -> Times:
    """Return speech with silence around it, but no second twice."""
    wider: Times = []
    for at, (start, end) in enumerate(times):
        before = wider[-1][1] if wider else 0.0
        after = times[at + 1][0] if at + 1 < len(times) else duration
        until = min(end + PADDING_SECONDS, (end + after) / 2 if at + 1 < len(times) else duration)
        wider.append((max(start - PADDING_SECONDS, before), until))
    return wider
