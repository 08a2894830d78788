"""The process that holds PP-OCR's models. Run by `PaddleReader`."""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from outcrop.engines.media.images import read_image
from outcrop.engines.ocr.detection import TextDetector
from outcrop.engines.ocr.orientation import OrientationClassifier
from outcrop.engines.ocr.quads import Pixels, Quad, crop, part, rotation_degrees, size, turned
from outcrop.engines.ocr.recognition import HEIGHT, Character, TextRecognizer
from outcrop.engines.ocr.rows import in_rows
from outcrop.engines.ocr.words import place_words
from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame

STANDING = 1.5
"""What is that much higher than wide is read as text that runs up or down."""
SURELY_STANDING = 3.0
"""And what is not that high may be a single character, whichever way it stands."""
UPSIDE_DOWN_SCORE = 0.9
SURE_SCORE = 0.9
"""Lines that are less sure are read in their other ways, too."""
LEAST_SCORE = 0.5
"""Lines that are less sure are taken for what is no text."""


@dataclass(frozen=True, slots=True)
class _ReadLine:
    """One line in one of the ways to hold it."""

    quad: Quad
    crop: Pixels
    characters: Sequence[Character]

    @property
    def score(self) -> float:
        said = [each.score for each in self.characters if not each.text.isspace()]
        return sum(said) / len(said) if said else 0.0


class _Models:
    """The three models of one release."""

    def __init__(self, folder: Path) -> None:
        self._detector = TextDetector(folder / "det.onnx")
        self._classifier = OrientationClassifier(folder / "cls.onnx")
        self._recognizer = TextRecognizer(folder / "rec.onnx")

    def read(self, image: Pixels) -> list[_ReadLine]:
        """Return the lines of an RGB picture."""
        quads = [_laid(quad) for quad in self._detector.find(image)]
        upside_down = self._classifier.scores([crop(image, quad, height=HEIGHT) for quad in quads])
        held = [
            turned(quad, 2) if score > UPSIDE_DOWN_SCORE else quad
            for quad, score in zip(quads, upside_down, strict=True)
        ]
        lines = self._read(image, held)
        # The classifier errs now and then; the recogniser knows better what makes sense.
        doubtful = [place for place, line in enumerate(lines) if line.score < SURE_SCORE]
        ways = [(place, way) for place in doubtful for way in _other_ways(lines[place].quad)]
        others = self._read(image, [way for _, way in ways])
        for (place, _), other in zip(ways, others, strict=True):
            if other.score > lines[place].score:
                lines[place] = other
        kept = [line for line in lines if line.score >= LEAST_SCORE]
        return [kept[place] for place in in_rows([line.quad for line in kept])]

    def _read(self, image: Pixels, quads: Sequence[Quad]) -> list[_ReadLine]:
        crops = [crop(image, quad, height=HEIGHT) for quad in quads]
        read = self._recognizer.read(crops)
        return [_ReadLine(*each) for each in zip(quads, crops, read, strict=True)]


def _laid(quad: Quad) -> Quad:
    """Return the quadrilateral of text that runs along its longer side, if it has one."""
    return turned(quad, 1) if _ratio(quad) >= STANDING else quad


def _other_ways(quad: Quad) -> list[Quad]:
    """Return how else text may be held: on its head, or upright if it may be one character."""
    ways = [turned(quad, 2)]
    if 1 / SURELY_STANDING < _ratio(quad) < SURELY_STANDING:
        ways += [turned(quad, 1), turned(quad, 3)]
    return ways


def _ratio(quad: Quad) -> float:
    width, height = size(quad)
    return height / max(width, 1.0)


def start(config: Any, report: Callable[[Any], None]) -> child.Ready:
    """Load the models."""
    report({"loading": config["model"]})
    models = _Models(Path(config["model"]).parent)
    # One after the other: each picture uses all processors.
    turn = Lock()

    def handle(request: Frame) -> Generator[Frame, None, None]:
        """Answer with the lines of a picture."""
        image = read_image(request.blob)
        with turn:
            lines = models.read(image)
        height, width = image.shape[:2]
        told = [_told(line, width, height) for line in lines]
        yield Frame({"width": width, "height": height, "lines": [each for each in told if each]})

    return child.Ready(handle=handle)


def _told(line: _ReadLine, width: int, height: int) -> dict[str, Any] | None:
    words = place_words(line.characters, line.crop)
    if not words:
        return None
    spans = [word.span for word in words]
    lefts, tops, rights, bottoms = zip(*spans, strict=True)
    whole = part(line.quad, (min(lefts), min(tops), max(rights), max(bottoms)))
    return {
        "text": " ".join(word.text for word in words),
        "score": line.score,
        "polygon": _relative(whole, width, height),
        "rotation": rotation_degrees(whole),
        "words": [
            {
                "text": word.text,
                "score": word.score,
                "polygon": _relative(part(line.quad, word.span), width, height),
            }
            for word in words
        ],
    }


def _relative(quad: Quad, width: int, height: int) -> list[list[float]]:
    return [
        [min(1.0, max(0.0, float(x) / width)), min(1.0, max(0.0, float(y) / height))]
        for x, y in quad
    ]


if __name__ == "__main__":
    child.serve(start)
