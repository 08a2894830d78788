"""Sound as the models hear it, from files and from samples."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from outcrop.engines.media import ffmpeg
from outcrop.engines.speech_to_text.interface import SAMPLE_RATE_HZ
from outcrop.engines.workers.child import RefusedError


def read_sound(recording: dict[str, Any] | None, samples: bytes) -> npt.NDArray[np.float32]:
    """Return sound: float32, mono, at `SAMPLE_RATE_HZ`.

    Args:
        recording: An `interface.Recording` as JSON holds it; `None`: the samples are the sound.
        samples: See `interface.Sound`.

    Raises:
        RefusedError: The file is damaged, of another format or too large.
    """
    if recording is None:
        return np.frombuffer(samples, "<f4")
    channel = recording["channel"]
    path, media_format = Path(recording["path"]), recording["media_format"]
    decoded = ffmpeg.decode_audio(
        path,
        media_format=media_format,
        sample_rate=SAMPLE_RATE_HZ,
        channels=1 if channel is None else inspect_sound(recording)["channels"],
    )
    if channel is not None and channel >= decoded.shape[1]:
        raise RefusedError(ffmpeg.UNREADABLE, f"The recording has no channel {channel}.")
    return np.ascontiguousarray(decoded[:, channel or 0])


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
