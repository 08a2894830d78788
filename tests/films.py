"""Films that tests make of pictures, with FFmpeg."""

import subprocess
import tempfile
from pathlib import Path

import imageio_ffmpeg


def film(
    *pictures: bytes, seconds: float = 1, rate: str = "10", suffix: str = "mp4", width: int = 320
) -> bytes:
    """Return a film, 320 pixels high, that shows pictures one after the other, each as long."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given: list[str] = []
        for number, picture in enumerate(pictures):
            path = folder / str(number)
            path.write_bytes(picture)
            given += ["-loop", "1", "-framerate", rate, "-t", str(seconds), "-i", str(path)]
        size = f"{width}:320"
        fitted = f"scale={size}:force_original_aspect_ratio=decrease,pad={size}:-1:-1:gray"
        scaled = "".join(
            f"[{number}:v]{fitted},setsar=1,format=yuv420p[v{number}];"
            for number in range(len(pictures))
        )
        joined = "".join(f"[v{number}]" for number in range(len(pictures)))
        graph = f"{scaled}{joined}concat=n={len(pictures)}:v=1[v]"
        target = folder / f"film.{suffix}"
        run(*given, "-filter_complex", graph, "-map", "[v]", "-r", rate, str(target))
        return target.read_bytes()


def run(*arguments: str) -> None:
    """Run FFmpeg."""
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-nostdin", "-loglevel", "error", *arguments], check=True)
