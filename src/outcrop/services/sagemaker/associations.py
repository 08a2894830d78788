"""Associations of lineage: add, list, delete.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddAssociation.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.lineage.graph import ASSOCIATION, association_name, connect
from outcrop.services.sagemaker.listings import Listing, all_of, equals
from outcrop.services.sagemaker.resources import scope
from outcrop.storage.records.interface import (
    Delete,
    Record,
    RecordExistsError,
    RecordNotFoundError,
)

MEMBERS = {
    "SourceArn": "source",
    "DestinationArn": "destination",
    "SourceType": "source_type",
    "DestinationType": "destination_type",
    "SourceName": "source_name",
    "DestinationName": "destination_name",
    "AssociationType": "type",
    "CreationTime": "created",
}
"""What documents call what AWS tells of an association."""
LISTING = Listing(
    member="AssociationSummaries",
    filters={
        name: equals(MEMBERS[name])
        for name in (
            "SourceArn",
            "DestinationArn",
            "SourceType",
            "DestinationType",
            "AssociationType",
        )
    },
    sort_keys=MEMBERS,
)


@operation("AddAssociation")
async def add_association(
    call: Call, request: shapes.AddAssociationRequest
) -> shapes.AddAssociationResponse:
    """Associate two entities, in this direction."""
    source, destination = request["SourceArn"], request["DestinationArn"]
    if source == destination:
        raise ValidationError("An entity cannot be associated with itself.")
    try:
        await connect(call, source, destination, request.get("AssociationType"))
    except RecordExistsError as error:
        raise ValidationError(
            f"Association between {source} and {destination} already exists."
        ) from error
    return {"SourceArn": source, "DestinationArn": destination}


@operation("ListAssociations")
async def list_associations(
    call: Call, request: shapes.ListAssociationsRequest
) -> shapes.ListAssociationsResponse:
    """Answer with the associations that pass all filters."""
    index = None
    if "SourceArn" in request:
        index = ("source", request["SourceArn"])
    elif "DestinationArn" in request:
        index = ("destination", request["DestinationArn"])
    return LISTING.answer(request, await all_of(call, ASSOCIATION, index=index), _summary)


@operation("DeleteAssociation")
async def delete_association(
    call: Call, request: shapes.DeleteAssociationRequest
) -> shapes.DeleteAssociationResponse:
    """Delete an association; the entities stay."""
    source, destination = request["SourceArn"], request["DestinationArn"]
    try:
        await call.backends.records.write(
            Delete(scope=scope(call, ASSOCIATION), name=association_name(source, destination))
        )
    except RecordNotFoundError as error:
        raise shapes.ResourceNotFound(
            f"Association between {source} and {destination} does not exist."
        ) from error
    return {"SourceArn": source, "DestinationArn": destination}


def _summary(association: Record) -> Mapping[str, Any]:
    document = association.document
    return {name: document[key] for name, key in MEMBERS.items()} | {"CreatedBy": {}}
