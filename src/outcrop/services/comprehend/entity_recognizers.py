"""Custom recognizers: create, describe, list, stop, delete.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_CreateEntityRecognizer.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.jobs.documents import PER_LINE
from outcrop.services.comprehend.models.custom_models import CustomModels
from outcrop.services.comprehend.models.recognizer_training import train

MODELS = CustomModels(
    "EntityRecognizer",
    "entity-recognizer",
    "CER",
    "RecognizerName",
    "RecognizerMetadata",
    train,
)
MOST_TYPES = 25
MOST_MANIFESTS = 5


@operation("CreateEntityRecognizer")
async def create_entity_recognizer(
    call: Call, request: shapes.CreateEntityRecognizerRequest
) -> shapes.CreateEntityRecognizerResponse:
    """Begin to train a recognizer."""
    given = request["InputDataConfig"]
    _check(given)
    config: dict[str, Any] = {"DataFormat": "COMPREHEND_CSV", **given}
    if "Documents" in given:
        config["Documents"] = {"InputFormat": PER_LINE, **given["Documents"]}
    return await MODELS.create(call, {**request, "InputDataConfig": config})


def _check(config: Mapping[str, Any]) -> None:
    """Refuse training data that cannot be read.

    Raises:
        InvalidRequestException: See there.
    """
    check_types([each["Type"] for each in config["EntityTypes"]])
    manifests = config.get("AugmentedManifests", [])
    if any(each.get("DocumentType") == "SEMI_STRUCTURED_DOCUMENT" for each in manifests):
        raise shapes.InvalidRequestException(
            "Recognizers are trained of plain text here, not of native documents"
            " (SEMI_STRUCTURED_DOCUMENT)."
        )
    if config.get("DataFormat") == "AUGMENTED_MANIFEST":
        if not 1 <= len(manifests) <= MOST_MANIFESTS or "Documents" in config:
            raise shapes.InvalidRequestException(
                f"From 1 to {MOST_MANIFESTS} AugmentedManifests are required, and Documents must be"
                " absent, if DataFormat is AUGMENTED_MANIFEST."
            )
    elif manifests or "Documents" not in config:
        raise shapes.InvalidRequestException(
            "Documents is required, and AugmentedManifests must be absent, if DataFormat is"
            " COMPREHEND_CSV."
        )
    else:
        _check_tables(config)


def check_types(types: Sequence[str]) -> None:
    """Refuse types of entities that no recognizer can be trained in.

    Raises:
        InvalidRequestException: They are too many, or one occurs twice.
    """
    if not 1 <= len(types) <= MOST_TYPES or len(set(types)) < len(types):
        raise shapes.InvalidRequestException(
            f"EntityTypes must have from 1 to {MOST_TYPES} types, each once."
        )


def _check_tables(config: Mapping[str, Any]) -> None:
    if ("Annotations" in config) == ("EntityList" in config):
        raise shapes.InvalidRequestException(
            "Exactly one of Annotations and EntityList is required."
        )
    has_test = "TestS3Uri" in config["Documents"]
    if "Annotations" in config and has_test != ("TestS3Uri" in config["Annotations"]):
        raise shapes.InvalidRequestException(
            "TestS3Uri is required in both Documents and Annotations, or in neither."
        )


@operation("DescribeEntityRecognizer")
async def describe_entity_recognizer(
    call: Call, request: shapes.DescribeEntityRecognizerRequest
) -> shapes.DescribeEntityRecognizerResponse:
    """Answer with a recognizer's state and what its training came to."""
    return await MODELS.describe(call, request)


@operation("ListEntityRecognizers")
async def list_entity_recognizers(
    call: Call, request: shapes.ListEntityRecognizersRequest
) -> shapes.ListEntityRecognizersResponse:
    """Answer with the recognizers that pass the filter."""
    return await MODELS.list(call, request)


@operation("ListEntityRecognizerSummaries")
async def list_entity_recognizer_summaries(
    call: Call, request: shapes.ListEntityRecognizerSummariesRequest
) -> shapes.ListEntityRecognizerSummariesResponse:
    """Answer with the names of recognizers and their latest versions."""
    return await MODELS.list_summaries(call, request)


@operation("StopTrainingEntityRecognizer")
async def stop_training_entity_recognizer(
    call: Call, request: shapes.StopTrainingEntityRecognizerRequest
) -> shapes.StopTrainingEntityRecognizerResponse:
    """Stop a training; nothing of it is written."""
    return await MODELS.stop_training(call, request)


@operation("DeleteEntityRecognizer")
async def delete_entity_recognizer(
    call: Call, request: shapes.DeleteEntityRecognizerRequest
) -> shapes.DeleteEntityRecognizerResponse:
    """Forget a recognizer that nobody uses."""
    return await MODELS.delete(call, request)
