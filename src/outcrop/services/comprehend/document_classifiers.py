"""Custom classifiers: create, describe, list, stop, delete.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_CreateDocumentClassifier.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.operations import Call, operation
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.models.classifier_training import MANIFEST, train
from outcrop.services.comprehend.models.custom_models import CustomModels

MODELS = CustomModels(
    "DocumentClassifier",
    "document-classifier",
    "CLR",
    "DocumentClassifierName",
    "ClassifierMetadata",
    train,
)
DEFAULT_MODE = "MULTI_CLASS"
TABLES = "COMPREHEND_CSV"
MOST_MANIFESTS = 5


@operation("CreateDocumentClassifier")
async def create_document_classifier(
    call: Call, request: shapes.CreateDocumentClassifierRequest
) -> shapes.CreateDocumentClassifierResponse:
    """Begin to train a classifier."""
    config = request["InputDataConfig"]
    _check(config)
    told = {"Mode": DEFAULT_MODE, **request, "InputDataConfig": {"DataFormat": TABLES, **config}}
    return await MODELS.create(call, told)


def _check(config: Mapping[str, Any]) -> None:
    """Refuse training data that cannot be read.

    Raises:
        InvalidRequestException: See there.
    """
    manifests = config.get("AugmentedManifests", [])
    native = [config, *manifests]
    if "Documents" in config or any(
        each.get("DocumentType") == "SEMI_STRUCTURED_DOCUMENT" for each in native
    ):
        raise shapes.InvalidRequestException(
            "Classifiers are trained of plain text here, not of native documents"
            " (SEMI_STRUCTURED_DOCUMENT)."
        )
    if config.get("DataFormat") == MANIFEST:
        if not manifests or "S3Uri" in config:
            raise shapes.InvalidRequestException(
                f"AugmentedManifests is required, and S3Uri must be absent, if DataFormat is"
                f" {MANIFEST}."
            )
        if len(manifests) > MOST_MANIFESTS:
            raise shapes.InvalidRequestException(
                f"There may be at most {MOST_MANIFESTS} augmented manifests."
            )
    elif manifests or "S3Uri" not in config:
        raise shapes.InvalidRequestException(
            "S3Uri is required, and AugmentedManifests must be absent, if DataFormat is"
            " COMPREHEND_CSV."
        )


@operation("DescribeDocumentClassifier")
async def describe_document_classifier(
    call: Call, request: shapes.DescribeDocumentClassifierRequest
) -> shapes.DescribeDocumentClassifierResponse:
    """Answer with a classifier's state and what its training came to."""
    return await MODELS.describe(call, request)


@operation("ListDocumentClassifiers")
async def list_document_classifiers(
    call: Call, request: shapes.ListDocumentClassifiersRequest
) -> shapes.ListDocumentClassifiersResponse:
    """Answer with the classifiers that pass the filter."""
    return await MODELS.list(call, request)


@operation("ListDocumentClassifierSummaries")
async def list_document_classifier_summaries(
    call: Call, request: shapes.ListDocumentClassifierSummariesRequest
) -> shapes.ListDocumentClassifierSummariesResponse:
    """Answer with the names of classifiers and their latest versions."""
    return await MODELS.list_summaries(call, request)


@operation("StopTrainingDocumentClassifier")
async def stop_training_document_classifier(
    call: Call, request: shapes.StopTrainingDocumentClassifierRequest
) -> shapes.StopTrainingDocumentClassifierResponse:
    """Stop a training; nothing of it is written."""
    return await MODELS.stop_training(call, request)


@operation("DeleteDocumentClassifier")
async def delete_document_classifier(
    call: Call, request: shapes.DeleteDocumentClassifierRequest
) -> shapes.DeleteDocumentClassifierResponse:
    """Forget a classifier that nobody uses."""
    return await MODELS.delete(call, request)
