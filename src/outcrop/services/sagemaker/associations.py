"""Associations of lineage: add, list, delete.

Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddAssociation.html
"""

from collections.abc import Mapping
from typing import Any

from outcrop.aws.errors import ValidationError
from outcrop.operations import Call, operation
from outcrop.services.sagemaker import shapes
from outcrop.services.sagemaker.lineage.entities import find_entity, kind_of, name_of, type_of
from outcrop.services.sagemaker.lineage.graph import ASSOCIATION
from outcrop.services.sagemaker.listings import Listing, all_of, equals
from outcrop.services.sagemaker.resources import moment, scope
from outcrop.storage.records.interface import (
    Create,
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
    ends = {
        **await _told("source", call, source),
        **await _told("destination", call, destination),
    }
    creation = Create(
        scope=scope(call, ASSOCIATION),
        name=_name(source, destination),
        document={**ends, "type": request.get("AssociationType"), "created": moment(call)},
        indexes={"source": source, "destination": destination},
    )
    try:
        await call.backends.records.write(creation)
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
            Delete(scope=scope(call, ASSOCIATION), name=_name(source, destination))
        )
    except RecordNotFoundError as error:
        raise shapes.ResourceNotFound(
            f"Association between {source} and {destination} does not exist."
        ) from error
    return {"SourceArn": source, "DestinationArn": destination}


async def _told(end: str, call: Call, arn: str) -> Mapping[str, Any]:
    """Return what an association keeps of the entity at one of its ends."""
    kind, entity = kind_of(arn), await find_entity(call, arn)
    return {
        end: arn,
        f"{end}_type": type_of(kind, entity.document),
        f"{end}_name": name_of(kind, entity.document),
    }


def _name(source: str, destination: str) -> str:
    return f"{source} {destination}"


def _summary(association: Record) -> Mapping[str, Any]:
    document = association.document
    return {name: document[key] for name, key in MEMBERS.items()} | {"CreatedBy": {}}
