"""What flywheels of both kinds of models have in common: what a task can do."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from outcrop.operations import Call
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.flywheel.lake import Entry
from outcrop.services.comprehend.models.custom_models import CustomModels
from outcrop.storage.records.interface import Document, Record

Datasets = Sequence[tuple[str, Mapping[str, Any]]]
"""Of each dataset whether it is to `TRAIN` or to `TEST`, and its `InputDataConfig`."""
TRAIN, TEST = "TRAIN", "TEST"
MANIFEST = "AUGMENTED_MANIFEST"


@dataclass(frozen=True, slots=True)
class Plan:
    """What an iteration is to do."""

    train: Sequence[str]
    """The URIs of the documents to train of."""
    test: Sequence[str]
    """The URIs of the documents to test with; none: of each dataset to train of, a part is held
    out, the same one in every iteration, so that no version is tested with what it has learned."""
    evaluated: Record | None
    """The active version."""
    has_training: bool
    """Whether a new version is to be trained."""
    on_trained: Callable[[], Awaitable[None]]
    """Called between the training and the tests."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How well a version does."""

    metrics: Mapping[str, float]
    """`FlywheelModelEvaluationMetrics`."""
    report: Mapping[str, Any]
    """All that was measured."""


@dataclass(frozen=True, slots=True)
class NewVersion:
    """What a training made."""

    model: bytes
    members: Mapping[str, Any]
    """Of the model's document."""
    trial: Trial


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an iteration came to."""

    evaluated: Trial | None
    trained: NewVersion | None


class Task(Protocol):
    """What the model of a flywheel does."""

    @property
    def models(self) -> CustomModels:
        """Of which kind its versions are."""
        ...

    @property
    def config(self) -> Mapping[str, Any]:
        """The `TaskConfig`."""
        ...

    def check(self, config: Mapping[str, Any]) -> None:
        """Refuse the `InputDataConfig` of a dataset that cannot be read.

        Raises:
            InvalidRequestException: See there.
        """
        ...

    def entries(self, call: Call, config: Mapping[str, Any]) -> AsyncIterator[Entry]:
        """Give the documents of a dataset, with what the task has for labels or entities.

        Raises:
            JobFailedError: They cannot be read.
        """
        ...

    def datasets_of_tables(self, config: Mapping[str, Any]) -> Datasets:
        """Return the datasets of a model that was trained of tables or plain documents.

        Args:
            config: Its `InputDataConfig`; empty: it is an import.
        """
        ...

    def request(self, manifests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return what the request would have been that trained a version of manifests.

        Args:
            manifests: Each with its `S3Uri` and its `Split`.
        """
        ...

    async def run(self, call: Call, plan: Plan) -> Outcome:
        """Train and test.

        Raises:
            JobFailedError: The documents do not suffice.
            EngineError: See its subclasses.
        """
        ...


def check_source(config: Mapping[str, Any], member: str) -> None:
    """Refuse the `InputDataConfig` of a dataset of another kind of models.

    Args:
        config: Of the dataset.
        member: Which one says where tables are.

    Raises:
        InvalidRequestException: See there.
    """
    manifests = config.get("AugmentedManifests", [])
    if any(each.get("DocumentType") == "SEMI_STRUCTURED_DOCUMENT" for each in manifests):
        raise shapes.InvalidRequestException(
            "Flywheels train models of plain text, not of native documents"
            " (SEMI_STRUCTURED_DOCUMENT)."
        )
    is_manifest = config.get("DataFormat") == MANIFEST
    wanted = "AugmentedManifests" if is_manifest else member
    given = {name for name in config if name != "DataFormat" and config[name]}
    if given != {wanted}:
        raise shapes.InvalidRequestException(
            f"InputDataConfig must have {wanted}, and no other source, as the flywheel's model and"
            f" the DataFormat {config.get('DataFormat', 'COMPREHEND_CSV')} want it."
        )


def datasets_of(task: Task, model: Document) -> Datasets:
    """Return the datasets that a model was trained of, by its document."""
    config: Mapping[str, Any] = model["request"].get("InputDataConfig", {})
    if "AugmentedManifests" not in config:
        return task.datasets_of_tables(config)
    return _datasets_of_manifests(config["AugmentedManifests"], each_alone="flywheel" in model)


def _datasets_of_manifests(manifests: Sequence[Mapping[str, Any]], *, each_alone: bool) -> Datasets:
    """Return the datasets of a model that was trained of manifests.

    Args:
        manifests: All of them.
        each_alone: Whether documents were held out of each manifest, not of all together.
    """
    of_split = {
        split: [each for each in manifests if each.get("Split", TRAIN) == split]
        for split in (TRAIN, TEST)
    }
    groups = [
        (split, group)
        for split, of_one in of_split.items()
        for group in ([[each] for each in of_one] if each_alone else [of_one])
        if group
    ]
    return [
        (split, {"DataFormat": MANIFEST, "AugmentedManifests": group}) for split, group in groups
    ]
