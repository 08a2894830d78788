"""Pictures and sound, read within limits."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from outcrop.engines.media.ffmpeg import (
    DEMUXERS,
    FfmpegLimits,
    decode_audio,
    encode_audio,
)
from outcrop.engines.media.images import ImageLimits, read_image
from outcrop.engines.workers.child import RefusedError

RATE = 24_000


def encoded(image: Image.Image, kind: str, **how: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def two_halves() -> Image.Image:
    """Return a picture whose left half is red, and whose right half is blue."""
    image = Image.new("RGB", (64, 32), "red")
    image.paste("blue", (32, 0, 64, 32))
    return image


def test_a_picture_is_seen_as_its_orientation_says():
    turned = Image.Exif()
    turned[0x0112] = 6  # To be turned by a quarter, clockwise.
    pixels = read_image(encoded(two_halves(), "JPEG", exif=turned, quality=95))
    assert pixels.shape == (64, 32, 3)
    assert np.abs(pixels[8, 16].astype(int) - (254, 0, 0)).max() < 8
    assert np.abs(pixels[56, 16].astype(int) - (0, 0, 254)).max() < 8


def test_what_is_transparent_is_white():
    clear = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    assert read_image(encoded(clear, "PNG")).min() == 255
    assert read_image(encoded(Image.new("L", (4, 4), 7), "PNG")).tolist() == [[[7] * 3] * 4] * 4


def test_the_greys_of_sixteen_bits_are_told_apart():
    greys = np.array([[0, 20_000, 40_000, 65_535]], np.uint16)
    for kind in ("PNG", "TIFF"):
        pixels = read_image(encoded(Image.fromarray(greys), kind), ImageLimits(formats=(kind,)))
        assert pixels[0].tolist() == [[0] * 3, [78] * 3, [156] * 3, [255] * 3]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "unreadable"),
        (b"PK\x03\x04" + b"\0" * 100, "unreadable"),
        (encoded(two_halves(), "PNG")[:60], "unreadable"),
        (encoded(two_halves(), "JPEG")[:400], "unreadable"),
        (encoded(two_halves(), "GIF"), "unsupported"),
        (encoded(Image.new("1", (10_001, 1)), "PNG"), "too large"),
    ],
)
def test_what_is_no_fit_picture_is_refused(content: bytes, kind: str):
    with pytest.raises(RefusedError) as refusal:
        read_image(content)
    assert refusal.value.kind == kind


def test_a_bomb_is_refused_by_its_header():
    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    for limits in (ImageLimits(), ImageLimits(most_pixels=1 << 40, longest_side=1 << 20)):
        with pytest.raises(RefusedError) as refusal:
            read_image(bomb, limits)
        assert refusal.value.kind in ("too large", "unreadable")


def tone(hertz: float = 440.0, seconds: float = 1.0) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(int(RATE * seconds)) / RATE)).astype(
        np.float32
    )


def loudest(samples: np.ndarray, rate: int) -> float:
    return float(np.abs(np.fft.rfft(samples)).argmax() * rate / len(samples))


@pytest.mark.parametrize(
    ("encoding", "media_format"), [("mp3", "mp3"), ("ogg_vorbis", "ogg"), ("ogg_opus", "ogg")]
)
def test_a_tone_is_heard_again(tmp_path: Path, encoding: str, media_format: str):
    file = tmp_path / "tone"
    file.write_bytes(encode_audio(tone(), sample_rate=RATE, encoding=encoding, output_rate=RATE))
    heard = decode_audio(file, media_format=media_format, sample_rate=16_000)
    assert heard.shape[1] == 1
    assert abs(len(heard) / 16_000 - 1) < 0.1
    assert abs(loudest(heard[:, 0], 16_000) - 440) < 5


def test_pcm_is_resampled():
    pcm = encode_audio(tone(), sample_rate=RATE, encoding="pcm", output_rate=8000)
    samples = np.frombuffer(pcm, "<i2")
    assert abs(len(samples) - 8000) <= 1
    assert abs(loudest(samples, 8000) - 440) < 5


@pytest.mark.parametrize("media_format", sorted(DEMUXERS))
def test_what_is_no_such_file_is_refused(tmp_path: Path, media_format: str):
    file = tmp_path / "page"
    file.write_text("#EXTM3U\n#EXTINF:1,\n/etc/hostname\n" * 100)
    with pytest.raises(RefusedError) as refusal:
        decode_audio(file, media_format=media_format, sample_rate=16_000)
    assert refusal.value.kind == "unreadable"


def test_what_unfolds_to_too_much_is_refused(tmp_path: Path):
    file = tmp_path / "tone.mp3"
    file.write_bytes(encode_audio(tone(), sample_rate=RATE, encoding="mp3", output_rate=RATE))
    with pytest.raises(RefusedError) as refusal:
        decode_audio(
            file, media_format="mp3", sample_rate=16_000, limits=FfmpegLimits(output_bytes=10_000)
        )
    assert refusal.value.kind == "too large"
