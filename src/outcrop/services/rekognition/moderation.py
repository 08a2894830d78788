"""DetectModerationLabels: what many do not want to see, in the words of AWS's taxonomy.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/moderation-api.html (version 7)
"""

from collections.abc import Mapping
from dataclasses import dataclass

from outcrop.operations import Call, operation
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.images import as_service_errors, percent, picture_bytes

DEFAULT_MIN_CONFIDENCE_PERCENT = 50.0
MODEL_VERSION = "open_nsfw"
EXPLICIT = "Explicit"
LEAST_SCORE = 0.001
"""Of a class whose probability counts: several unlikely ones may make one likely label."""


@dataclass(frozen=True, slots=True)
class Category:
    """A second-level label, its parent, and the classes of the labeller that are such things."""

    name: str
    parent: str
    classes: frozenset[str]


CATEGORIES = (
    Category(
        "Female Swimwear or Underwear",
        "Swimwear or Underwear",
        frozenset(("Bikini", "Brassiere", "Maillot", "Tank Suit")),
    ),
    Category(
        "Male Swimwear or Underwear",
        "Swimwear or Underwear",
        frozenset(("Swimming Trunks",)),
    ),
    Category("Weapons", "Violence", frozenset(("Assault Rifle", "Revolver", "Rifle"))),
    Category(
        "Alcoholic Beverages",
        "Alcohol",
        frozenset(("Beer Bottle", "Beer Glass", "Red Wine", "Wine Bottle")),
    ),
)
GAMBLING, GAMBLING_CLASS = "Gambling", "Slot"
"""A label of the first level without any below it, and the class that it stands for."""


@operation("DetectModerationLabels")
async def detect_moderation_labels(
    call: Call, request: shapes.DetectModerationLabelsRequest
) -> shapes.DetectModerationLabelsResponse:
    """Answer with what an image shows that many do not want to see."""
    _check(request)
    threshold = request.get("MinConfidence", DEFAULT_MIN_CONFIDENCE_PERCENT)
    image = await picture_bytes(call, request["Image"])
    with as_service_errors():
        found = await found_labels(call, image, least_percent=threshold)
    return {"ModerationLabels": found, "ModerationModelVersion": MODEL_VERSION}


async def found_labels(
    call: Call, image: bytes, *, least_percent: float
) -> list[shapes.ModerationLabel]:
    """Return the labels of an image that are likely enough, the likeliest first.

    Raises:
        EngineError: The image cannot be read, or the models are not there.
    """
    explicitness = await call.backends.engines.moderation.explicitness(image)
    seen = await call.backends.engines.image_labels.label(image, least_score=LEAST_SCORE)
    labels = [
        _label(EXPLICIT, explicitness),
        *_of_classes({label.name: label.score for label in seen}),
    ]
    kept = [label for label in labels if label.get("Confidence", 0.0) >= least_percent]
    return sorted(kept, key=lambda label: label.get("Confidence", 0.0), reverse=True)


def _check(request: shapes.DetectModerationLabelsRequest) -> None:
    refuse_adapter(request.get("ProjectVersion"))
    if "HumanLoopConfig" in request:
        raise shapes.InvalidParameterException(
            "Nobody reviews images here: leave HumanLoopConfig out."
        )


def refuse_adapter(version: str | None) -> None:
    """Raise `ResourceNotFoundException` for the adapter that a request names."""
    if version is not None:
        raise shapes.ResourceNotFoundException(
            f"There is no adapter {version}: none can be trained here."
        )


def _of_classes(scores: Mapping[str, float]) -> list[shapes.ModerationLabel]:
    """Return the labels that follow from classes of the labeller, parents first."""
    found: list[shapes.ModerationLabel] = [_label(GAMBLING, scores.get(GAMBLING_CLASS, 0.0))]
    parents: dict[str, float] = {}
    for category in CATEGORIES:
        score = sum(scores.get(name, 0.0) for name in category.classes)
        parents[category.parent] = parents.get(category.parent, 0.0) + score
        found.append(_label(category.name, score, parent=category.parent))
    return [*(_label(name, score) for name, score in parents.items()), *found]


def _label(name: str, score: float, *, parent: str = "") -> shapes.ModerationLabel:
    return {
        "Name": name,
        "ParentName": parent,
        "Confidence": percent(score),
        "TaxonomyLevel": 2 if parent else 1,
    }
