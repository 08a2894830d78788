"""ImportModel: a copy of a custom model of this account, or of another that allows it.

Source: https://docs.aws.amazon.com/comprehend/latest/APIReference/API_ImportModel.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.aws.arn import Arn
from outcrop.operations import Call, operation
from outcrop.services.comprehend import shapes
from outcrop.services.comprehend.arns import not_found
from outcrop.services.comprehend.kinds import models_of
from outcrop.services.comprehend.models.custom_models import (
    LABELS,
    METADATA,
    MODEL,
    CustomModels,
    only_trained,
    split_name,
)
from outcrop.services.comprehend.models.policies import check_import
from outcrop.storage.blobs.interface import BlobNotFoundError
from outcrop.storage.records.interface import Record, Scope

OF_THE_SOURCE = ("LanguageCode", "Mode")
OF_THE_REQUEST = ("DataAccessRoleArn", "ModelKmsKeyId", "VersionName")
"""Members that a copy is told with."""


@operation("ImportModel")
async def import_model(
    call: Call, request: shapes.ImportModelRequest
) -> shapes.ImportModelResponse:
    """Copy a trained model; the copy is trained at once."""
    arn = request["SourceModelArn"]
    models = models_of(arn)
    source = await _find(call, models, arn)
    try:
        blob = await call.backends.blobs.join([source.document[MODEL]])
    except BlobNotFoundError as error:  # It was deleted a moment ago.
        raise not_found(arn) from error
    name = request.get("ModelName", split_name(source.name)[0])
    try:
        record = await models.keep(
            call, name, request, {**_copied(source, request, arn), MODEL: blob.id}
        )
    except shapes.ResourceInUseException:
        await call.backends.blobs.delete(blob.id)
        raise
    return {"ModelArn": models.arn(call, record.name)}


def _copied(source: Record, request: Mapping[str, Any], arn: str) -> dict[str, Any]:
    """Return what the document of a copy has of its source, and of the request."""
    document = source.document
    told = {
        name: document["request"][name] for name in OF_THE_SOURCE if name in document["request"]
    }
    told |= {name: request[name] for name in OF_THE_REQUEST if name in request}
    kept = {name: document[name] for name in (METADATA, LABELS) if name in document}
    return {**kept, "request": told, "source_model": arn}


async def _find(call: Call, models: CustomModels, arn: str) -> Record:
    """Return the model that a caller wants to copy.

    Raises:
        InvalidRequestException: It is in another Region.
        AccessDeniedError: The caller may not.
        ResourceNotFoundException: There is none of this ARN.
        ResourceUnavailableException: It is not trained.
    """
    named = Arn.parse(arn)
    if named.region != call.region:
        raise shapes.InvalidRequestException(
            f"The model {arn} is not in the Region {call.region}: models are imported from the same"
            " Region."
        )
    scope = Scope(named.account, named.region, "comprehend", models.kind)
    model = await call.backends.records.find(scope, named.resource.partition("/")[2])
    check_import(call, model, arn, is_own=named.account == call.account)
    if model is None:
        raise not_found(arn)
    return only_trained(model, arn)
