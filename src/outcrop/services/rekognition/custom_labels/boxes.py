"""The boxes of a line: objects that its image shows, each with a label.

Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/md-create-manifest-file-object-detection.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from outcrop.services.rekognition.custom_labels.problems import problem

MOST_BOXES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedBoxes:
    """A label attribute of boxes."""

    attribute: Any
    """With the errors of its boxes."""
    metadata: Any
    """With their errors."""
    labels: tuple[str, ...] = ()
    """Of the boxes that are right."""
    has_errors: bool = False


def check_boxes(name: str, attribute: Any, metadata: Mapping[str, Any]) -> CheckedBoxes:
    """Return a label attribute with what is wrong with it."""
    found = _annotations(attribute)
    if found is None:
        wrong = (
            cast("dict[str, Any]", attribute)
            if isinstance(attribute, dict)
            else {"value": attribute}
        )
        return CheckedBoxes(
            attribute={**wrong, "errors": [problem("ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT", name)]},
            metadata=metadata,
            has_errors=True,
        )
    size, boxes = found
    known = {member: value for member, value in attribute.items() if member != "errors"}
    code = _code(boxes, metadata)
    if code:
        return CheckedBoxes(
            attribute=known, metadata={**metadata, "errors": [problem(code)]}, has_errors=True
        )
    told = [_checked(box, size) for box in boxes]
    right = [box for box in told if "errors" not in box]
    known["annotations"] = told
    if len(boxes) > MOST_BOXES:
        known["errors"] = [problem("ERROR_TOO_MANY_BOUNDING_BOXES")]
        right = []
    elif boxes and not right:
        known["errors"] = [problem("ERROR_NO_VALID_ANNOTATIONS")]
    return CheckedBoxes(
        attribute=known,
        metadata=metadata,
        labels=tuple(metadata["class-map"][str(box["class_id"])] for box in right),
        has_errors=len(right) < len(boxes),
    )


def _annotations(attribute: Any) -> tuple[tuple[int, int], list[dict[str, Any]]] | None:
    """Return the image's width and height and the boxes; `None`: it has another form."""
    if not isinstance(attribute, dict):
        return None
    members = cast("dict[str, Any]", attribute)
    sizes, boxes = _objects(members.get("image_size")), _objects(members.get("annotations"))
    if not sizes or boxes is None:
        return None
    size = (sizes[0].get("width"), sizes[0].get("height"))
    if not all(map(_is_count, size)) or not all(map(_is_box, boxes)):
        return None
    return cast("tuple[int, int]", size), boxes


def _objects(value: Any) -> list[dict[str, Any]] | None:
    if not isinstance(value, list):
        return None
    items = cast("list[Any]", value)
    return items if all(isinstance(item, dict) for item in items) else None


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_box(box: Mapping[str, Any]) -> bool:
    return all(_is_count(box.get(side)) for side in ("class_id", "left", "top", "width", "height"))


def _code(boxes: Sequence[Mapping[str, Any]], metadata: Mapping[str, Any]) -> str:
    """Return what is wrong with the metadata of boxes; empty: nothing."""
    objects, names = _objects(metadata.get("objects")), metadata.get("class-map")
    if objects is None or not isinstance(names, dict):
        return "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT"
    if len(objects) < len(boxes) or any("confidence" not in each for each in objects):
        return "ERROR_MISSING_BOUNDING_BOX_CONFIDENCE"
    known = cast("dict[str, Any]", names)
    if any(not isinstance(known.get(str(box["class_id"])), str) for box in boxes):
        return "ERROR_MISSING_CLASS_MAP_ID"
    return ""


def _checked(box: Mapping[str, Any], size: tuple[int, int]) -> dict[str, Any]:
    told = {member: value for member, value in box.items() if member != "errors"}
    beyond = box["left"] + box["width"] > size[0] or box["top"] + box["height"] > size[1]
    if min(box["left"], box["top"], box["width"], box["height"]) < 0 or beyond:
        told["errors"] = [problem("ERROR_INVALID_BOUNDING_BOX")]
    elif min(box["width"], box["height"]) <= 1:
        told["errors"] = [problem("ERROR_BOUNDING_BOX_TOO_SMALL")]
    return told
