"""Pictures for tests: scikit-learn's digits as PNG, and parts of its two photographs."""

import base64
import json
import struct
import subprocess
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from tests.installed_runtimes import program_environment, runtime_python

_DIGITS = """
import json
from sklearn import datasets
data = datasets.load_digits()
rows = [[int(label), (cells * 15).astype(int).ravel().tolist()]
        for label, cells in zip(data.target, data.images)]
print(json.dumps(rows))
"""
_PHOTOGRAPHS = """
import base64, io, json, random
from PIL import Image
from sklearn import datasets
chance, found = random.Random(0), {}
for name, pixels in zip(("china", "flower"), datasets.load_sample_images().images):
    photograph = Image.fromarray(pixels)
    found[name] = []
    for _ in range(20):
        left = chance.randrange(photograph.width - 160)
        top = chance.randrange(photograph.height - 160)
        file = io.BytesIO()
        photograph.crop((left, top, left + 160, top + 160)).resize((64, 64)).save(file, "JPEG")
        found[name].append(base64.b64encode(file.getvalue()).decode())
print(json.dumps(found))
"""


def png(pixels: bytes, width: int) -> bytes:
    """Return gray pixels, row by row, as PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    rows = [pixels[start : start + width] for start in range(0, len(pixels), width)]
    header = struct.pack(">IIBBBBB", width, len(rows), 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
        + chunk(b"IEND", b"")
    )


def digits() -> Sequence[tuple[int, bytes]]:
    """Return handwritten digits and their images, 8 by 8 pixels."""
    return [(label, png(bytes(pixels), 8)) for label, pixels in _told(_DIGITS)]


def photographs() -> Mapping[str, Sequence[bytes]]:
    """Return twenty parts each of a temple in China and of a flower: JPEG, 64 by 64 pixels."""
    return {
        name: [base64.b64decode(one) for one in parts]
        for name, parts in _told(_PHOTOGRAPHS).items()
    }


def _told(program: str) -> Any:
    done = subprocess.run(
        [runtime_python("pytorch"), "-c", program],
        env=program_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)
