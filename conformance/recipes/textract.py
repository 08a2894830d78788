"""A small page with a line of text."""

import io
from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from conformance.calls import Client
from conformance.recipes import Recipe


def picture() -> bytes:
    """Return a page as a PNG file."""
    image = Image.new("RGB", (320, 100), "white")
    font = ImageFont.load_default(28)
    ImageDraw.Draw(image).text((20, 30), "Total: 42", fill="black", font=font)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


PAGE = picture()


def prepare(client: Client, operation: str) -> Mapping[str, Any]:
    """Give the page as bytes, and what is looked for."""
    del client, operation
    return {"Document": {"Bytes": PAGE}, "FeatureTypes": ["TABLES", "FORMS", "LAYOUT"]}


RECIPE = Recipe(
    prepare=prepare,
    # Questions go with the feature QUERIES, and wait for a chat model.
    without={"": ("QueriesConfig",)},
    unavailable=frozenset(("HumanLoopConfig", "AdaptersConfig")),
)
