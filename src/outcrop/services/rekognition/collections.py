"""Face collections: create, describe, list, delete.

Source: https://docs.aws.amazon.com/rekognition/latest/dg/collections.html
"""

from outcrop.operations import Call, operation
from outcrop.operations.paging import PageRequest, page_of_records
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.galleries import (
    add_collection,
    collection_arn,
    collections,
    find_collection,
    remove_collection,
)
from outcrop.services.rekognition.tags import checked_tags

MOST_LISTED = 4096


@operation("CreateCollection")
async def create_collection(
    call: Call, request: shapes.CreateCollectionRequest
) -> shapes.CreateCollectionResponse:
    """Make an empty collection."""
    name = request["CollectionId"]
    await add_collection(call, name, checked_tags(request.get("Tags", {})))
    return {
        "StatusCode": 200,
        "CollectionArn": collection_arn(call, name),
        "FaceModelVersion": call.backends.engines.faces.model_version,
    }


@operation("DescribeCollection")
async def describe_collection(
    call: Call, request: shapes.DescribeCollectionRequest
) -> shapes.DescribeCollectionResponse:
    """Tell how many faces and users a collection has."""
    collection = await find_collection(call, request["CollectionId"])
    return {
        "FaceCount": collection.document["faces"],
        "UserCount": collection.document["users"],
        "FaceModelVersion": call.backends.engines.faces.model_version,
        "CollectionARN": collection_arn(call, collection.name),
        "CreationTimestamp": collection.document["created"],
    }


@operation("ListCollections")
async def list_collections(
    call: Call, request: shapes.ListCollectionsRequest
) -> shapes.ListCollectionsResponse:
    """Answer with the names of the collections."""
    page = await page_of_records(
        call.backends.records,
        collections(call),
        page_request(request.get("MaxResults"), request.get("NextToken"), most=MOST_LISTED),
    )
    version = call.backends.engines.faces.model_version
    answer: shapes.ListCollectionsResponse = {
        "CollectionIds": [record.name for record in page.items],
        "FaceModelVersions": [version for _ in page.items],
    }
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("DeleteCollection")
async def delete_collection(
    call: Call, request: shapes.DeleteCollectionRequest
) -> shapes.DeleteCollectionResponse:
    """Delete a collection with its faces and users."""
    await remove_collection(call, request["CollectionId"])
    return {"StatusCode": 200}


def page_request(limit: int | None, token: str | None, *, most: int) -> PageRequest:
    """Return which page a caller wants."""
    return PageRequest(
        limit=min(limit or most, most),
        token=token,
        error=shapes.InvalidPaginationTokenException("The pagination token is not valid."),
    )
