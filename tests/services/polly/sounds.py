"""Sound that Polly answered, measured."""

from typing import Any

import numpy as np
import numpy.typing as npt

PCM_RATE = 16_000


def samples(answer: Any) -> npt.NDArray[np.float64]:
    """The samples of an answer in PCM, in -1..1."""
    return np.frombuffer(answer["AudioStream"].read(), "<i2") / 32768


def seconds(answer: Any, *, rate: int = PCM_RATE) -> float:
    return len(samples(answer)) / rate


def loudness(heard: npt.NDArray[np.float64]) -> float:
    """The root of the mean square, where anything is heard."""
    loud = heard[np.abs(heard) > 0.01]
    return float(np.sqrt(np.mean(loud**2))) if len(loud) else 0.0


def pitch_hz(heard: npt.NDArray[np.float64], *, rate: int = PCM_RATE) -> float:
    """The median pitch of what is voiced, by autocorrelation of stretches of 40 ms."""
    size, found = rate // 25, []
    shortest, longest = rate // 400, rate // 70
    for start in range(0, len(heard) - size, size):
        stretch = heard[start : start + size] - heard[start : start + size].mean()
        if np.sqrt(np.mean(stretch**2)) < 0.03:
            continue
        similar = np.correlate(stretch, stretch, "full")[size - 1 :]
        lag = shortest + int(np.argmax(similar[shortest:longest]))
        if similar[lag] > 0.5 * similar[0]:
            found.append(rate / lag)
    return float(np.median(found))
