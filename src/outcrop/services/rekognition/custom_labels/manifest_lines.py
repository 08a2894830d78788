"""The lines of manifests: one image each with its labels, and what is wrong with them.

Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/md-create-manifest-file.html
Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/tm-debugging-json-line-errors.html
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from outcrop.aws.s3_uris import bucket_and_key
from outcrop.aws.user_json import read_json
from outcrop.services.rekognition.custom_labels.boxes import check_boxes
from outcrop.services.rekognition.custom_labels.problems import problem

LONGEST = 100_000
"""Characters of a line."""
MOST_LABELS_OF_IMAGE = 50
SOURCE = "source-ref"
METADATA = "-metadata"
OWN_METADATA = "cl-metadata"
"""What Custom Labels itself says of an entry; it is no label."""
CLASSIFICATION = "groundtruth/image-classification"
DETECTION = "groundtruth/object-detection"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that has been read."""

    source: str
    """Where its image is: `s3://bucket/key`; empty where it is not known."""
    labels: tuple[str, ...] = ()
    """Of the whole image, each once."""
    boxes: tuple[str, ...] = ()
    """The labels of its valid boxes, one for each."""
    told: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """The line as Custom Labels tells it: with its errors."""
    has_errors: bool = False
    is_terminal: bool = False
    """Whether it cannot be an entry of a dataset at all."""

    @property
    def is_labeled(self) -> bool:
        """Whether anything of it can be learnt."""
        return bool(self.labels or self.boxes)

    @property
    def is_ignored(self) -> bool:
        """Whether it is neither learnt nor wrong: an image without labels."""
        return not self.is_labeled and not self.has_errors

    def with_error(self, code: str) -> "Line":
        """Return the line with an error of its image; nothing of it is learnt."""
        errors = [*self.told.get("errors", []), problem(code)]
        told = {**self.told, "errors": errors}
        return Line(source=self.source, told=told, has_errors=True)


def read_line(text: str) -> Line:
    """Return what a line says; never raises."""
    try:
        value = read_json(text, parse_constant=_refuse) if len(text) <= LONGEST else None
        text_of(value).encode()  # Neither half a pair of surrogates nor 1e999 can be told.
    except ValueError:
        value = None
    if not isinstance(value, dict):
        return _broken({}, "ERROR_INVALID_JSON_LINE")
    members = cast("dict[str, Any]", value)
    if SOURCE not in members:
        return _broken(members, "ERROR_MISSING_SOURCE_REF")
    source = members[SOURCE]
    if not _is_address(source):
        return _broken(members, "ERROR_INVALID_SOURCE_REF_FORMAT")
    return _read(source, _without_notes(members))


def text_of(told: Any) -> str:
    """Return a line as manifests and lists of entries hold it.

    Raises:
        ValueError: A number is too large for JSON.
    """
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _broken(members: Mapping[str, Any], code: str) -> Line:
    told = {**members, "errors": [problem(code)]}
    return Line(source="", told=told, has_errors=True, is_terminal=True)


def _is_address(source: Any) -> bool:
    if not isinstance(source, str) or not source.isprintable():
        return False
    try:
        return bool(bucket_and_key(source)[1])
    except ValueError:
        return False


def _without_notes(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return a line without what Custom Labels has written into it before."""
    return {
        name: value
        for name, value in members.items()
        if name not in (OWN_METADATA, "errors", "warnings")
    }


def _read(source: str, members: dict[str, Any]) -> Line:
    attributes = list(_attributes(members))
    if not attributes:
        if len(members) == 1:
            warning = problem("WARNING_UNANNOTATED_RECORD")
            return Line(source=source, told={**members, "warnings": [warning]})
        return _wrong(source, members, "ERROR_NO_LABEL_ATTRIBUTES")
    labels: dict[str, None] = {}
    boxes: list[str] = []
    has_errors, is_known = False, False
    for name in attributes:
        kind, metadata = _kind(members[name + METADATA])
        if kind == CLASSIFICATION:
            is_known = True
            errors = _classification_errors(name, members[name], metadata)
            if errors:
                members[name + METADATA] = {**metadata, "errors": errors}
                has_errors = True
            else:
                labels[metadata["class-name"]] = None
        elif kind == DETECTION:
            is_known = True
            checked = check_boxes(name, members[name], metadata)
            members[name], members[name + METADATA] = checked.attribute, checked.metadata
            has_errors = has_errors or checked.has_errors
            boxes += checked.labels
    if not is_known or len(labels) > MOST_LABELS_OF_IMAGE:
        return _wrong(source, members, "ERROR_NO_VALID_LABEL_ATTRIBUTES")
    told = dict(members)
    if has_errors and not (labels or boxes):
        told["errors"] = [problem("ERROR_NO_VALID_LABEL_ATTRIBUTES")]
    return Line(
        source=source, labels=tuple(labels), boxes=tuple(boxes), told=told, has_errors=has_errors
    )


def _wrong(source: str, members: Mapping[str, Any], code: str) -> Line:
    return Line(source=source, told={**members, "errors": [problem(code)]}, has_errors=True)


def _attributes(members: Mapping[str, Any]) -> Iterator[str]:
    for name in members:
        if name != SOURCE and not name.endswith(METADATA) and name + METADATA in members:
            yield name


def _kind(metadata: Any) -> tuple[str, dict[str, Any]]:
    """Return what a label attribute is of, by its metadata, and these."""
    if not isinstance(metadata, dict):
        return CLASSIFICATION, {}
    known = cast("dict[str, Any]", metadata)
    return str(known.get("type", "")), {
        name: value for name, value in known.items() if name not in ("errors", "warnings")
    }


def _classification_errors(name: str, value: Any, metadata: Mapping[str, Any]) -> list[Any]:
    errors: list[Any] = []
    if isinstance(value, bool) or not isinstance(value, int):
        errors.append(problem("ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT", name))
    if not _are_metadata(metadata):
        errors.append(problem("ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT"))
    return errors


def _are_metadata(metadata: Mapping[str, Any]) -> bool:
    label, confidence = metadata.get("class-name"), metadata.get("confidence")
    return (
        isinstance(label, str)
        and 1 <= len(label) <= 255
        and isinstance(confidence, int | float)
        and not isinstance(confidence, bool)
        and 0 <= confidence <= 1
        and metadata.get("human-annotated") in ("yes", "no")
        and isinstance(metadata.get("creation-date"), str)
    )
