"""What takes films apart keeps its promises: cuts, black frames, colour bars, sound."""

import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from outcrop.engines.media import ffmpeg
from outcrop.engines.video_frames.ffmpeg import FfmpegVideoSplitter
from outcrop.engines.video_frames.interface import (
    TOO_LONG,
    AudioInfo,
    BlackLimits,
    Segmentation,
    SegmentKind,
)
from outcrop.engines.video_frames.segments import shots
from outcrop.engines.workers.child import RefusedError
from outcrop.engines.workers.engine import RefusedInputError
from outcrop.weights import WeightsSettings, WeightStore
from tests.films import run

SIZE = "s=160x120"


@contextlib.asynccontextmanager
async def open_splitter(folder: Path) -> AsyncGenerator[FfmpegVideoSplitter]:
    splitter = FfmpegVideoSplitter(WeightStore(WeightsSettings(directory=folder)))
    try:
        yield splitter
    finally:
        await splitter.close()


async def segmented(
    video: Path, *, black: BlackLimits | None = None, most_seconds: float = 60
) -> Segmentation:
    async with open_splitter(video.parent) as splitter:
        return await splitter.segment(
            video,
            black=black or BlackLimits(),
            find_credits=True,
            most_seconds=most_seconds,
        )


def places(told: Segmentation, kind: SegmentKind) -> list[tuple[int, int]]:
    return [(each.first, each.last) for each in told.segments if each.kind is kind]


def joined(*sources: str, target: Path) -> Path:
    """Write one second of each source, 25 frames, behind one another."""
    given = [part for source in sources for part in ("-f", "lavfi", "-i", source)]
    cut = "".join(
        f"[{number}:v]trim=end_frame=25,format=yuv420p,setsar=1[v{number}];"
        for number in range(len(sources))
    )
    names = "".join(f"[v{number}]" for number in range(len(sources)))
    run(
        *given,
        *("-filter_complex", f"{cut}{names}concat=n={len(sources)}:v=1[v]", "-map", "[v]"),
        str(target),
    )
    return target


@pytest.mark.anyio
async def test_bars_black_and_shots_are_told_to_the_frame(tmp_path: Path):
    moving = f"testsrc2=r=25:{SIZE}"
    still = f"rgbtestsrc=r=25:{SIZE}"
    film = joined(
        f"smptebars=r=25:{SIZE}",
        f"color=black:r=25:{SIZE}",
        moving,
        still,
        target=tmp_path / "film.mp4",
    )

    told = await segmented(film)

    assert places(told, SegmentKind.COLOR_BARS) == [(0, 24)]
    assert places(told, SegmentKind.BLACK) == [(25, 49)]
    assert places(told, SegmentKind.SHOT) == [(0, 24), (25, 49), (50, 74), (75, 99)]
    assert all(each.score > 0.8 for each in told.segments)
    assert (told.info.frames_per_second, told.info.width, told.audio) == (25.0, 160, [])


@pytest.mark.anyio
@pytest.mark.parametrize("bars", ["smptehdbars", "pal75bars", "pal100bars"])
async def test_other_bars_are_bars_too_with_noise(tmp_path: Path, bars: str):
    film = tmp_path / "bars.mov"
    source = f"{bars}=d=0.4:r=25:s=320x180,noise=c0s=10:c0f=t,format=yuv420p"
    run("-f", "lavfi", "-i", source, str(film))

    assert places(await segmented(film), SegmentKind.COLOR_BARS) == [(0, 9)]


@pytest.mark.anyio
async def test_what_is_black_is_for_the_caller_to_say(tmp_path: Path):
    dark = f"color=0x202020:r=25:{SIZE}"  # 32 of 255
    film = joined(dark, f"testsrc2=r=25:{SIZE}", target=tmp_path / "film.mp4")

    usual = await segmented(film)
    strict = await segmented(film, black=BlackLimits(most_luma=0.1))
    mild = await segmented(film, black=BlackLimits(most_luma=1.0, least_share=1.0))

    assert places(usual, SegmentKind.BLACK) == [(0, 24)]
    assert places(strict, SegmentKind.BLACK) == []
    assert places(mild, SegmentKind.BLACK) == [(0, 49)]


@pytest.mark.anyio
async def test_what_fades_through_black_is_two_shots(tmp_path: Path):
    film = tmp_path / "film.mp4"
    faded = f"testsrc2=d=2:r=25:{SIZE},fade=out:20:10,format=yuv420p[a]"
    risen = f"testsrc2=d=2:r=25:{SIZE},negate,fade=in:10:10,format=yuv420p[b]"
    run(
        *("-filter_complex", f"{faded};{risen};[a][b]concat=n=2:v=1[v]"),
        *("-map", "[v]", str(film)),
    )

    told = await segmented(film)

    ((black, until),) = places(told, SegmentKind.BLACK)
    assert 25 < black <= 30
    assert 60 <= until < 66
    assert places(told, SegmentKind.SHOT) == [(0, until), (until + 1, 99)]


@pytest.mark.anyio
async def test_sound_tracks_are_told_with_their_own_lengths(tmp_path: Path):
    film = tmp_path / "film.mp4"
    run(
        *("-f", "lavfi", "-i", f"testsrc2=d=1:r=30000/1001:{SIZE}"),
        *("-f", "lavfi", "-i", "sine=d=0.5:r=44100", "-f", "lavfi", "-i", "sine=d=1:r=48000"),
        *("-map", "0", "-map", "1", "-map", "2", "-ac:a:0", "2", "-ac:a:1", "6"),
        *("-pix_fmt", "yuv420p", str(film)),
    )

    told = await segmented(film)

    assert told.audio == [
        AudioInfo(codec="aac", duration_ms=500, sample_rate=44100, channels=2),
        AudioInfo(codec="aac", duration_ms=1000, sample_rate=48000, channels=6),
    ]
    assert told.info.frames_per_second == pytest.approx(30 / 1.001)
    assert places(told, SegmentKind.SHOT) == [(0, 29)]


@pytest.mark.anyio
async def test_films_that_are_too_long_or_broken_are_refused(tmp_path: Path):
    film = joined(f"testsrc2=r=25:{SIZE}", target=tmp_path / "film.mp4")
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(film.read_bytes()[:2000])

    with pytest.raises(RefusedInputError) as long:
        await segmented(film, most_seconds=0.5)
    with pytest.raises(RefusedInputError) as unreadable:
        await segmented(broken)

    assert (long.value.kind, unreadable.value.kind) == (TOO_LONG, "unreadable")


def test_ffmpeg_says_the_same_whole_and_by_pieces(tmp_path: Path):
    text = tmp_path / "text.mp4"
    text.write_text("no film")
    given = ["-f", "mov", "-i", f"file:{text}", "-f", "null"]

    with pytest.raises(RefusedError) as whole:
        ffmpeg.run([*given, "-"])
    with pytest.raises(RefusedError) as by_pieces:
        list(ffmpeg.pieces([*given, "-"], 1024))

    assert str(whole.value) == str(by_pieces.value)
    assert str(tmp_path) not in str(whole.value)


def frames(*levels: int) -> npt.NDArray[np.uint8]:
    """Return frames of one grey level each."""
    return np.repeat(np.array(levels, np.uint8)[:, None], 27, axis=1)


def first_frames(cells: npt.NDArray[np.uint8]) -> list[int]:
    none = np.zeros(len(cells))
    return [each.first for each in shots(cells, none > 0, none.astype(np.float32))]


def test_a_flash_is_no_cut():
    calm = [60] * 20

    assert first_frames(frames(*calm, 255, *calm)) == [0]
    assert first_frames(frames(*calm, 255, 250, 240, *calm)) == [0]
    assert first_frames(frames(*calm, *[255] * 20)) == [0, 20]


def test_what_moves_all_the_time_is_no_cut():
    assert first_frames(frames(*range(0, 250, 15), *range(250, 0, -15))) == [0]


def test_a_film_of_one_frame_is_one_shot():
    (shot,) = shots(frames(10), np.array([False]), np.zeros(1, np.float32))

    assert (shot.first, shot.last, shot.score) == (0, 0, 1.0)
