"""Sound and film by FFmpeg, a program of its own with limits; for workers, as it blocks.

Source: https://ffmpeg.org/ffmpeg.html
"""

import functools
import resource
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg  # pyright: ignore[reportMissingTypeStubs] - it has none
import numpy as np
import numpy.typing as npt

from outcrop.engines.media.complaints import complaint
from outcrop.engines.workers.child import RefusedError

UNREADABLE = "unreadable"
TOO_LARGE = "too large"
DEMUXERS: Mapping[str, str] = {
    "wav": "wav",
    "mp3": "mp3",
    "mp4": "mov",
    "m4a": "mov",
    "mov": "mov",
    "flac": "flac",
    "ogg": "ogg",
    "webm": "matroska",
    "amr": "amr",
}
"""FFmpeg's names of the formats. A file is read as what it is said to be: what FFmpeg would guess
may be a playlist that names other files."""
ENCODINGS: Mapping[str, Sequence[str]] = {
    "mp3": ("-f", "mp3", "-codec:a", "libmp3lame"),
    "ogg_vorbis": ("-f", "ogg", "-codec:a", "libvorbis"),
    "ogg_opus": ("-f", "ogg", "-codec:a", "libopus"),
    "pcm": ("-f", "s16le", "-codec:a", "pcm_s16le"),
    "mulaw": ("-f", "mulaw", "-codec:a", "pcm_mulaw"),
    "alaw": ("-f", "alaw", "-codec:a", "pcm_alaw"),
}
QUIET = ("-hide_banner", "-nostdin", "-loglevel", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class FfmpegLimits:
    """What one run may take."""

    seconds: float = 600.0
    memory_bytes: int = 2 << 30
    output_bytes: int = 4 << 30


def decode_audio(
    source: Path,
    *,
    media_format: str,
    sample_rate: int,
    channels: int = 1,
    limits: FfmpegLimits | None = None,
) -> npt.NDArray[np.float32]:
    """Return the sound of a file: float32 in -1..1, (samples, channels).

    Args:
        source: The file.
        media_format: One of `DEMUXERS`.
        sample_rate: In Hz, to which it is resampled.
        channels: To which it is mixed.
        limits: See there.

    Raises:
        RefusedError: It is damaged, of another format, without sound, or too large.
    """
    limits = limits or FfmpegLimits()
    # A file, as hours of sound need not lie in memory.
    with tempfile.NamedTemporaryFile(prefix="outcrop-sound-") as sound:
        run(
            [
                *("-protocol_whitelist", "file,pipe", "-f", DEMUXERS[media_format]),
                *("-i", f"file:{source}", "-vn", "-map", "0:a:0"),
                *("-ac", str(channels), "-ar", str(sample_rate)),
                *("-y", "-f", "f32le", "-codec:a", "pcm_f32le", f"file:{sound.name}"),
            ],
            limits=limits,
        )
        size = Path(sound.name).stat().st_size
        if size >= limits.output_bytes:
            raise RefusedError(TOO_LARGE, f"It unfolds to more than {limits.output_bytes} bytes.")
        if not size:
            return np.zeros((0, channels), np.float32)
        return np.memmap(sound.name, np.float32, "c").reshape(-1, channels)


def encode_audio(
    samples: npt.NDArray[np.float32],
    *,
    sample_rate: int,
    encoding: str,
    output_rate: int,
    limits: FfmpegLimits | None = None,
) -> bytes:
    """Return sound as a file.

    Args:
        samples: float32 in -1..1, (samples,).
        sample_rate: Of the samples, in Hz.
        encoding: One of `ENCODINGS`.
        output_rate: Of the file, in Hz.
        limits: See there.

    Raises:
        RefusedError: The encoder cannot take it.
    """
    return run(
        [
            *("-f", "f32le", "-ar", str(sample_rate), "-ac", "1", "-i", "pipe:0"),
            *("-ar", str(output_rate), *ENCODINGS[encoding], "pipe:1"),
        ],
        samples.astype("<f4").tobytes(),
        limits=limits,
    )


def run(
    arguments: Sequence[str], given: bytes = b"", *, limits: FfmpegLimits | None = None
) -> bytes:
    """Run FFmpeg and return what it writes.

    Args:
        arguments: Without the program; the last one is where it writes to.
        given: What it reads on its standard input.
        limits: See there.

    Raises:
        RefusedError: It fails, or takes more than it may.
    """
    limits = limits or FfmpegLimits()
    *before, target = arguments
    command = [executable(), *QUIET, *before, "-fs", str(limits.output_bytes), target]
    with subprocess.Popen(  # noqa: S603 - no shell, and files are read as one format only
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        memory = (limits.memory_bytes, limits.memory_bytes)
        resource.prlimit(process.pid, resource.RLIMIT_AS, memory)
        try:
            output, errors = process.communicate(given, timeout=limits.seconds)
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise RefusedError(
                TOO_LARGE, f"Reading it takes more than {limits.seconds:g} seconds."
            ) from error
    if process.returncode != 0:
        raise RefusedError(UNREADABLE, complaint(errors))
    if len(output) >= limits.output_bytes:
        raise RefusedError(TOO_LARGE, f"It unfolds to more than {limits.output_bytes} bytes.")
    return output


def pieces(
    arguments: Sequence[str], piece_bytes: int, *, limits: FfmpegLimits | None = None
) -> Generator[bytes]:
    """Run FFmpeg and give what it writes to `pipe:1` as it comes.

    Args:
        arguments: Without the program.
        piece_bytes: What each piece has but the last, which may have fewer.
        limits: See there; those of time and memory.

    Raises:
        RefusedError: It fails, or takes more than it may.
    """
    limits = limits or FfmpegLimits()
    command = [executable(), *QUIET, *arguments]
    late = threading.Event()
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603 - no shell, and files are read as one format only
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors
        ) as process,
    ):
        memory = (limits.memory_bytes, limits.memory_bytes)
        resource.prlimit(process.pid, resource.RLIMIT_AS, memory)

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(limits.seconds, end)
        timer.start()
        try:
            if process.stdout is not None:
                while piece := process.stdout.read(piece_bytes):
                    yield piece
            process.wait()
        finally:
            timer.cancel()
            process.kill()  # Whoever asked may want no more.
        if late.is_set():
            raise RefusedError(TOO_LARGE, f"Reading it takes more than {limits.seconds:g} seconds.")
        if process.returncode != 0:
            errors.seek(0)
            raise RefusedError(UNREADABLE, complaint(errors.read()))


@functools.cache
def executable() -> str:
    """Return the path of FFmpeg: that of imageio-ffmpeg, else the machine's own.

    Raises:
        RefusedError: There is none.
    """
    try:
        return imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError as error:
        if own := shutil.which("ffmpeg"):
            return own
        raise RefusedError(
            "load", "FFmpeg is not here: run `pip install imageio-ffmpeg`."
        ) from error
