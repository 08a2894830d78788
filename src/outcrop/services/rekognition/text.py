"""DetectText: lines and words in images.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/text-detection.html
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from outcrop.engines.ocr.interface import Line, Point, Polygon, Word
from outcrop.operations import Call, operation
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.images import as_service_errors, percent, picture_bytes

DEFAULT_MIN_CONFIDENCE_PERCENT = 80.0
"""Of a word, if there is a filter of words."""
MOST_WORDS = 100
"""In one image.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/limits.html
"""
LEAST_CORNERS = 3
MODEL_VERSION = "PP-OCRv6"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float


@operation("DetectText")
async def detect_text(call: Call, request: shapes.DetectTextRequest) -> shapes.DetectTextResponse:
    """Answer with the lines of text in an image, and then with their words."""
    image = await picture_bytes(call, request["Image"])
    with as_service_errors():
        found = await found_text(call, image, request.get("Filters", {}))
    return {"TextDetections": found, "TextModelVersion": MODEL_VERSION}


async def found_text(
    call: Call, image: bytes, filters: shapes.DetectTextFilters
) -> list[shapes.TextDetection]:
    """Return the lines and words of an image that pass the filters.

    Raises:
        EngineError: The image cannot be read, or the models are not there.
    """
    regions = [_region(region) for region in filters.get("RegionsOfInterest", [])]
    reading = await call.backends.engines.ocr.read(image)
    kept: list[tuple[Line, Sequence[Word]]] = []
    words_left = MOST_WORDS
    for line in reading.lines:
        words = [
            word
            for word in line.words
            if _passes(word, filters.get("WordFilter")) and _lies_in(word, regions)
        ][:words_left]
        words_left -= len(words)
        if words:
            kept.append((line, words))
    return _detections(kept)


def _detections(kept: Sequence[tuple[Line, Sequence[Word]]]) -> list[shapes.TextDetection]:
    """Return lines, and behind all of them their words, numbered from 0 on."""
    lines = [_detection(line, "LINE", number) for number, (line, _) in enumerate(kept)]
    words: list[shapes.TextDetection] = []
    for parent, (_, of_line) in enumerate(kept):
        for word in of_line:
            number = len(lines) + len(words)
            words.append({**_detection(word, "WORD", number), "ParentId": parent})
    return [*lines, *words]


def _detection(part: Line | Word, kind: str, number: int) -> shapes.TextDetection:
    box = _box_around(part.polygon)
    return {
        "DetectedText": part.text,
        "Type": kind,
        "Id": number,
        "Confidence": percent(part.score),
        "Geometry": {
            "BoundingBox": {
                "Left": box.left,
                "Top": box.top,
                "Width": box.right - box.left,
                "Height": box.bottom - box.top,
            },
            "Polygon": [{"X": x, "Y": y} for x, y in part.polygon],
        },
    }


def _box_around(polygon: Iterable[Point]) -> _Box:
    across, down = zip(*polygon, strict=True)
    return _Box(left=min(across), top=min(down), right=max(across), bottom=max(down))


def _passes(word: Word, wanted: shapes.DetectionFilter | None) -> bool:
    """Tell whether a word is sure and large enough."""
    if wanted is None:
        return True
    box = _box_around(word.polygon)
    return (
        percent(word.score) >= wanted.get("MinConfidence", DEFAULT_MIN_CONFIDENCE_PERCENT)
        and box.right - box.left >= wanted.get("MinBoundingBoxWidth", 0.0)
        and box.bottom - box.top >= wanted.get("MinBoundingBoxHeight", 0.0)
    )


def _region(region: shapes.RegionOfInterest) -> Polygon:
    """Return the corners of a region.

    Raises:
        InvalidParameterException: It is given in no way, or in two.
    """
    box, polygon = region.get("BoundingBox"), region.get("Polygon")
    if box is not None and polygon is None:
        left, top = box.get("Left", 0.0), box.get("Top", 0.0)
        right, bottom = left + box.get("Width", 0.0), top + box.get("Height", 0.0)
        return (left, top), (right, top), (right, bottom), (left, bottom)
    if polygon is not None and box is None and len(polygon) >= LEAST_CORNERS:
        return tuple((point.get("X", 0.0), point.get("Y", 0.0)) for point in polygon)
    raise shapes.InvalidParameterException(
        "A region of interest has either a BoundingBox or a Polygon of three points or more."
    )


def _lies_in(word: Word, regions: Sequence[Polygon]) -> bool:
    """Tell whether the middle of a word is in a region; without regions, all are."""
    box = _box_around(word.polygon)
    middle = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return not regions or any(_is_inside(middle, region) for region in regions)


def _is_inside(point: Point, polygon: Polygon) -> bool:
    """Tell whether a point is in a polygon."""
    # If it is, a ray from it to the right crosses the edges an odd number of times.
    x, y = point
    crossings = 0
    for (start_x, start_y), (end_x, end_y) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        if (start_y > y) != (end_y > y):
            at = start_x + (y - start_y) / (end_y - start_y) * (end_x - start_x)
            crossings += x < at
    return crossings % 2 == 1
