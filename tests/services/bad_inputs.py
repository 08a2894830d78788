"""Files that are not what they seem: small ones that unfold to much, cut ones, renamed ones."""

import functools
import io
import struct
import zipfile
import zlib

from PIL import Image
from reportlab.pdfgen.canvas import Canvas

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@functools.cache
def image_bomb(side: int = 30_000) -> bytes:
    """Return a PNG file of a hundred kilobytes; its pixels, as RGB, are 2.7 GB."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", check)

    packer = zlib.compressobj()
    row = bytes(1 + (side + 7) // 8)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = chunk(b"IHDR", header), chunk(b"IDAT", data), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def picture(kind: str = "PNG") -> bytes:
    """Return a picture of noise, which no format makes small."""
    file = io.BytesIO()
    Image.effect_noise((300, 200), 80).convert("RGB").save(file, kind)
    return file.getvalue()


def archive(name: str = "notes.txt", content: bytes = b"Nothing to see here.") -> bytes:
    """Return a zip archive of one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr(name, content)
    return file.getvalue()


def laughing(element: str) -> str:
    """Return an XML document whose one entity unfolds to a gigabyte of laughter."""
    entities = [f'<!ENTITY a0 "{"ha" * 500}">']
    entities += [f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 7)]
    return f"<!DOCTYPE x [{''.join(entities)}]><{element}>&a6;</{element}>"


def pdf(pages: int) -> bytes:
    """Return a PDF file with a line of text on each page."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(200, 200))
    for number in range(pages):
        canvas.drawString(20, 100, f"Page {number + 1}")
        canvas.showPage()
    canvas.save()
    return file.getvalue()
