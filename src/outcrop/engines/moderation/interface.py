"""What every judge of images promises."""

from typing import Protocol


class ImageModerator(Protocol):
    """Tells how likely an image is explicit.

    Errors are those of `outcrop.engines.workers.engine`; images are refused by the kinds of
    `outcrop.engines.media.images`.
    """

    async def explicitness(self, image: bytes) -> float:
        """Return the probability, from 0.0 to 1.0, that an encoded JPEG or PNG file is explicit."""
        ...
