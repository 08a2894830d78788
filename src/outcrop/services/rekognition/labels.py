"""DetectLabels: what an image shows, and the properties of its pixels.

Source: https://docs.aws.amazon.com/rekognition/latest/APIReference/API_DetectLabels.html
"""

from collections.abc import Sequence

from outcrop.engines.image_labels.interface import Label
from outcrop.engines.image_properties.interface import DominantColor, ImageProperties
from outcrop.engines.media.places import Box
from outcrop.operations import Call, operation
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.images import as_service_errors, percent, picture_bytes

DEFAULT_MIN_CONFIDENCE_PERCENT = 55.0
MOST_LABELS = 1000
DEFAULT_COLORS = 10
GENERAL_LABELS, IMAGE_PROPERTIES = "GENERAL_LABELS", "IMAGE_PROPERTIES"
MODEL_VERSION, DETECTOR_VERSION = "EfficientNet-Lite0", "NanoDet-g"


@operation("DetectLabels")
async def detect_labels(
    call: Call, request: shapes.DetectLabelsRequest
) -> shapes.DetectLabelsResponse:
    """Answer with the labels that are likely enough, and with the image's colours and quality."""
    features = request.get("Features") or [GENERAL_LABELS]
    _check(request, features)
    settings = request.get("Settings", {})
    image = await picture_bytes(call, request["Image"])
    answer: shapes.DetectLabelsResponse = {}
    with as_service_errors():
        if GENERAL_LABELS in features:
            found = await found_labels(
                call,
                image,
                least_percent=request.get("MinConfidence", DEFAULT_MIN_CONFIDENCE_PERCENT),
                settings=settings.get("GeneralLabels", {}),
            )
            answer["Labels"] = found[: _limit(request)]
            answer["LabelModelVersion"] = model_version(call)
        if IMAGE_PROPERTIES in features:
            instances = [each for label in answer.get("Labels", []) for each in _instances(label)]
            measured = await call.backends.engines.image_properties.measure(
                image, parts=[_place(each) for each in instances]
            )
            colors = settings.get("ImageProperties", {}).get("MaxDominantColors", DEFAULT_COLORS)
            answer["ImageProperties"] = _properties(measured, colors=colors)
            for instance, of_part in zip(instances, measured.part_colors, strict=True):
                instance["DominantColors"] = [_color(color) for color in of_part[:colors]]
    return answer


async def found_labels(
    call: Call, image: bytes, *, least_percent: float, settings: shapes.GeneralLabelsSettings
) -> list[shapes.Label]:
    """Return the labels of an image that are likely enough and pass the filters.

    Raises:
        EngineError: The image cannot be read, or the models are not there.
    """
    labels = await call.backends.engines.image_labels.label(image, least_score=least_percent / 100)
    return [as_label(label) for label in labels if _passes(label, settings)]


def model_version(call: Call) -> str:
    """Return which models find labels."""
    finds = call.backends.engines.image_labels.finds_instances
    return f"{MODEL_VERSION}+{DETECTOR_VERSION}" if finds else MODEL_VERSION


def as_label(label: Label) -> shapes.Label:
    """Return a label in Rekognition's shape."""
    return {
        "Name": label.name,
        "Confidence": percent(label.score),
        "Instances": [
            {
                "BoundingBox": {
                    "Left": each.left,
                    "Top": each.top,
                    "Width": each.width,
                    "Height": each.height,
                },
                "Confidence": percent(each.score),
            }
            for each in label.instances
        ],
        "Parents": [{"Name": parent} for parent in label.parents],
        "Aliases": [{"Name": alias} for alias in label.aliases],
        "Categories": [{"Name": label.category}] if label.category else [],
    }


def _instances(label: shapes.Label) -> Sequence[shapes.Instance]:
    return label.get("Instances", [])


def _place(instance: shapes.Instance) -> Box:
    box = instance.get("BoundingBox", {})
    left, top = box.get("Left", 0.0), box.get("Top", 0.0)
    return left, top, left + box.get("Width", 0.0), top + box.get("Height", 0.0)


def _limit(request: shapes.DetectLabelsRequest) -> int:
    return min(request.get("MaxLabels", MOST_LABELS), MOST_LABELS)


def _check(request: shapes.DetectLabelsRequest, features: list[str]) -> None:
    general = "MaxLabels" in request or "MinConfidence" in request
    settings = request.get("Settings", {})
    if GENERAL_LABELS not in features and (general or "GeneralLabels" in settings):
        raise shapes.InvalidParameterException(
            "MaxLabels, MinConfidence and Settings.GeneralLabels are only valid with the feature"
            " GENERAL_LABELS."
        )
    if IMAGE_PROPERTIES not in features and "ImageProperties" in settings:
        raise shapes.InvalidParameterException(
            "Settings.ImageProperties is only valid with the feature IMAGE_PROPERTIES."
        )


def _passes(label: Label, settings: shapes.GeneralLabelsSettings) -> bool:
    """Tell whether filters let a label through; without inclusion filters, all may pass."""
    names, categories = {label.name}, {label.category}
    included = settings.get("LabelInclusionFilters", [])
    included_categories = settings.get("LabelCategoryInclusionFilters", [])
    is_included = not (included or included_categories) or bool(
        names.intersection(included) or categories.intersection(included_categories)
    )
    return is_included and not (
        names.intersection(settings.get("LabelExclusionFilters", []))
        or categories.intersection(settings.get("LabelCategoryExclusionFilters", []))
    )


def _properties(measured: ImageProperties, *, colors: int) -> shapes.DetectLabelsImageProperties:
    return {
        "Quality": {
            "Brightness": percent(measured.brightness),
            "Sharpness": percent(measured.sharpness),
            "Contrast": percent(measured.contrast),
        },
        "DominantColors": [_color(color) for color in measured.colors[:colors]],
    }


def _color(color: DominantColor) -> shapes.DominantColor:
    return {
        "Red": color.red,
        "Green": color.green,
        "Blue": color.blue,
        "HexCode": f"#{color.red:02x}{color.green:02x}{color.blue:02x}",
        "CSSColor": color.css_name,
        "SimplifiedColor": color.plain_name,
        "PixelPercent": percent(color.share),
    }
