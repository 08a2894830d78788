"""Whether manifests can be learnt from and tested with, and what their summary says.

Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/tm-debugging-summary.html
Source: https://docs.aws.amazon.com/rekognition/latest/customlabels-dg/tm-debugging-aggregate-errors.html
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from outcrop.aws.s3_uris import bucket_and_key
from outcrop.services.rekognition.custom_labels.dataset_changes import MOST_LABELS, MOST_ROWS
from outcrop.services.rekognition.custom_labels.manifest_lines import Line
from outcrop.services.rekognition.custom_labels.problems import problem

IMAGE_LEVEL, LOCALIZATION = "IMAGE_LEVEL_LABELS", "OBJECT_LOCALIZATION"
MOST_INVALID = 0.2
"""Of the lines: what may be wrong."""
LEAST_LABELS = 2
LEAST_OVERLAP = 0.5
"""Of the labels that are learnt: what the tests must have."""


@dataclass(slots=True)
class Part:
    """A manifest, to learn from or to test with."""

    lines: list[Line]
    errors: list[dict[str, str]] = field(default_factory=list[dict[str, str]])

    @property
    def usable(self) -> list[int]:
        """The places of the lines with image-level labels."""
        return [at for at, line in enumerate(self.lines) if line.labels]

    @property
    def labels(self) -> list[str]:
        """The image-level labels of usable lines."""
        return sorted({label for line in self.lines for label in line.labels})

    @property
    def use_case(self) -> str:
        """What most lines are for; with as many of both, image-level labels."""
        levels = sum(bool(line.labels) for line in self.lines)
        boxes = sum(bool(line.boxes) for line in self.lines)
        if not levels and not boxes:
            return "NOT_DETERMINED"
        return LOCALIZATION if boxes > levels else IMAGE_LEVEL

    @property
    def statistics(self) -> dict[str, Any]:
        """What the manifest's summary says of it; lines count from 1 on."""
        wrong = [at for at, line in enumerate(self.lines, start=1) if line.has_errors]
        invalid = [line for line in self.lines if line.has_errors and not line.is_labeled]
        ignored = sum(line.is_ignored for line in self.lines)
        return {
            "use_case": self.use_case,
            "total_json_lines": len(self.lines),
            "valid_json_lines": len(self.lines) - len(invalid) - ignored,
            "invalid_json_lines": len(invalid),
            "ignored_json_lines": ignored,
            "error_json_line_indices": wrong,
            "errors": self.errors,
        }

    def check(self) -> None:
        """Note what is wrong with the manifest as a whole."""
        invalid = sum(line.has_errors and not line.is_labeled for line in self.lines)
        buckets = {bucket_and_key(line.source)[0] for line in self.lines if line.source}
        if len(self.lines) > MOST_ROWS:
            self.errors.append(problem("ERROR_MANIFEST_ROWS_EXCEEDS_MAXIMUM"))
        if invalid > MOST_INVALID * len(self.lines):
            self.errors.append(problem("ERROR_TOO_MANY_INVALID_ROWS_IN_MANIFEST"))
        if len(buckets) > 1:
            self.errors.append(problem("ERROR_IMAGES_IN_MULTIPLE_S3_BUCKETS"))
        if len(self.labels) < LEAST_LABELS:
            self.errors.append(problem("ERROR_MANIFEST_TOO_FEW_LABELS"))
        if len(self.labels) > MOST_LABELS:
            self.errors.append(problem("ERROR_MANIFEST_TOO_MANY_LABELS"))


@dataclass(slots=True)
class Manifests:
    """Both manifests of a training."""

    train: Part
    test: Part
    errors: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    """Of both together."""

    def check(self) -> None:
        """Note what is wrong with them as wholes and together."""
        self.train.check()
        self.test.check()
        learnt, tested = set(self.train.labels), set(self.test.labels)
        if learnt and len(learnt & tested) < LEAST_OVERLAP * len(learnt):
            self.errors.append(problem("ERROR_INSUFFICIENT_LABEL_OVERLAP"))

    @property
    def all_errors(self) -> Sequence[dict[str, str]]:
        """What stops the training; nothing: it can go on."""
        return [*self.train.errors, *self.test.errors, *self.errors]

    @property
    def summary(self) -> dict[str, Any]:
        """The manifest summary."""
        statistics = {"training": self.train.statistics, "testing": self.test.statistics}
        return {"statistics": statistics, "errors": self.errors}
