"""The program that decodes sound while it comes: FFmpeg, within limits. Run by `streams`.

python -m outcrop.engines.media.stream_decoder ENCODING RATE CHANNELS <encoded >samples
"""

import os
import resource
import sys

from outcrop.engines.media.ffmpeg import QUIET, FfmpegLimits, executable
from outcrop.engines.media.streams import INPUTS, MISSING
from outcrop.engines.workers.child import RefusedError


def main(encoding: str, rate: str, channels: str) -> None:
    """Become FFmpeg; it gives what it has decoded at once."""
    try:
        program = executable()
    except RefusedError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(MISSING)
    memory = FfmpegLimits().memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    shape = ("-ar", rate, "-ac", channels)
    raw = shape if encoding in ("g711-ulaw", "g711-alaw") else ()
    arguments = [
        *QUIET,
        *("-fflags", "+nobuffer", "-probesize", "32", "-analyzeduration", "0"),
        *("-protocol_whitelist", "pipe", "-f", INPUTS[encoding], *raw, "-i", "pipe:0"),
        *("-flush_packets", "1", "-f", "s16le", *shape, "pipe:1"),
    ]
    os.execv(program, [program, *arguments])  # noqa: S606 - it reads one format, and no file


if __name__ == "__main__":
    main(*sys.argv[1:])
