"""How well cuts are found: films of photographs over which a camera moves, cut at known places.

`python -m benchmarks.accuracy.shots`
"""

import random
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg  # pyright: ignore[reportMissingTypeStubs] - it has none

from outcrop.engines.video_frames.interface import BlackLimits, SegmentKind
from outcrop.engines.video_frames.probing import probe
from outcrop.engines.video_frames.segments import segments_of
from tests.photographs import photograph

PHOTOGRAPHS = (
    "astronaut.png",
    "chelsea.png",
    "coffee.png",
    "rocket.jpg",
    "motorcycle_left.png",
    "grace_hopper.jpg",
    "page.png",
)
FILMS = 8
SHOTS_A_FILM = 12
RATE = 25
SHORTEST, LONGEST = 12, 75
"""Of a shot, in frames."""
MOVES = (
    "zoompan=z='min(zoom+0.004,1.6)':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2'",
    "zoompan=z=1.5:x='on*{step}':y='ih/6'",
    "zoompan=z=1.5:x='iw/3-on*{step}':y='on*1'",
    "zoompan=z=1.4:x='iw/8+8*sin(on*1.3)':y='ih/8+8*cos(on*1.7)'",  # by hand
)
CHANGES = {
    "as they are": "null",
    "dark (a third), with noise": "eq=brightness=-0.1:contrast=0.35,"
    "noise=c0s=12:c1s=12:c2s=12:c0f=t:c1f=t:c2f=t",
    "grey": "format=gray,format=yuv420p",
}


@dataclass
class _Count:
    right: int = 0
    missed: int = 0
    wrong: int = 0

    def add(self, found: Sequence[int], real: Sequence[int]) -> None:
        """Count a film's cuts; one is found if it is at its very frame."""
        self.right += len(set(found) & set(real))
        self.missed += len(set(real) - set(found))
        self.wrong += len(set(found) - set(real))


def main() -> None:
    """Print how many cuts are found, missed and made up."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for photo in PHOTOGRAPHS:
            (folder / photo).write_bytes(photograph(photo))
        for change, graph in CHANGES.items():
            count = _Count()
            for number in range(FILMS):
                video, real = _film(folder, random.Random(number), graph)
                count.add(_found(video), real)
            print(f"{change}: {count.right} found, {count.missed} missed, {count.wrong} wrong")


def _found(video: Path) -> list[int]:
    info, _ = probe(video)
    segments = segments_of(video, info, BlackLimits())
    return [each.first for each in segments if each.kind is SegmentKind.SHOT and each.first > 0]


def _film(folder: Path, chance: random.Random, graph: str) -> tuple[Path, list[int]]:
    """Return a film and the numbers of the frames at which its second and later shots begin."""
    given: list[str] = []
    shots: list[str] = []
    cuts: list[int] = []
    end, before = 0, ""
    for number in range(SHOTS_A_FILM):
        photo = chance.choice([each for each in PHOTOGRAPHS if each != before])
        before = photo
        frames = chance.randint(SHORTEST, LONGEST)
        move = chance.choice(MOVES).format(step=chance.choice((1, 2, 4)))
        given += ["-i", str(folder / photo)]
        shots.append(f"[{number}:v]{move}:d={frames}:s=640x360:fps={RATE},setsar=1[v{number}];")
        end += frames
        cuts.append(end)
    joined = "".join(f"[v{number}]" for number in range(SHOTS_A_FILM))
    target = folder / "film.mp4"
    subprocess.run(
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-nostdin", "-loglevel", "error", *given),
            *("-filter_complex", f"{''.join(shots)}{joined}concat=n={SHOTS_A_FILM}:v=1,{graph}[v]"),
            *("-map", "[v]", "-pix_fmt", "yuv420p", "-crf", "35", str(target)),
        ],
        check=True,
    )
    return target, cuts[:-1]


if __name__ == "__main__":
    main()
