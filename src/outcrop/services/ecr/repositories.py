"""Repositories: create, describe, delete, and their settings.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Repository.html
"""

import uuid

from outcrop.operations import Call, operation
from outcrop.operations.paging import page_of_records
from outcrop.operations.records import change, every
from outcrop.services.ecr import shapes
from outcrop.services.ecr.places import (
    find_repository,
    images,
    no_repository,
    page_request,
    repositories,
    tags,
)
from outcrop.services.ecr.tag_lists import new_tags
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordExistsError,
    RecordNotFoundError,
)


@operation("CreateRepository")
async def create_repository(
    call: Call, request: shapes.CreateRepositoryRequest
) -> shapes.CreateRepositoryResponse:
    """Make a repository."""
    name = request["repositoryName"]
    document: Document = {
        "id": uuid.uuid4().hex,
        "created": call.backends.now(),
        "mutability": request.get("imageTagMutability", "MUTABLE"),
        "exclusions": request.get("imageTagMutabilityExclusionFilters", []),
        "scanning": {"scanOnPush": False, **request.get("imageScanningConfiguration", {})},
        "encryption": request.get("encryptionConfiguration", {"encryptionType": "AES256"}),
        "tags": new_tags(request.get("tags", [])),
    }
    create = Create(scope=repositories(call), name=name, document=document)
    try:
        written = await call.backends.records.write(create)
    except RecordExistsError as error:
        raise shapes.RepositoryAlreadyExistsException(
            f"The repository with name '{name}' already exists in the registry with id"
            f" '{call.account}'"
        ) from error
    return {"repository": _shown(call, next(filter(None, written)))}


@operation("DescribeRepositories")
async def describe_repositories(
    call: Call, request: shapes.DescribeRepositoriesRequest
) -> shapes.DescribeRepositoriesResponse:
    """Answer with the repositories named, or with all."""
    registry = request.get("registryId", call.account)
    names = request.get("repositoryNames")
    if names is not None:
        found = [
            await find_repository(call, {"repositoryName": name, "registryId": registry})
            for name in names
        ]
        return {"repositories": [_shown(call, record) for record in found]}
    if registry != call.account:
        return {"repositories": []}
    page = await page_of_records(call.backends.records, repositories(call), page_request(request))
    answer: shapes.DescribeRepositoriesResponse = {
        "repositories": [_shown(call, record) for record in page.items]
    }
    if page.next_token:
        answer["nextToken"] = page.next_token
    return answer


@operation("DeleteRepository")
async def delete_repository(
    call: Call, request: shapes.DeleteRepositoryRequest
) -> shapes.DeleteRepositoryResponse:
    """Delete a repository; with images only by force."""
    repository = await find_repository(call, request)
    name, records = repository.name, call.backends.records
    if not request.get("force") and await records.count(images(call, repository)):
        raise shapes.RepositoryNotEmptyException(
            f"The repository with name '{name}' in registry with id '{call.account}' cannot be"
            " deleted because it still contains images"
        )
    try:
        await records.write(Delete(scope=repository.scope, name=name))
    except RecordNotFoundError as error:
        raise no_repository(call, name, call.account) from error
    for place in (images(call, repository), tags(call, repository)):
        async for record in every(records, place):
            await records.write(Delete(scope=place, name=record.name, must_exist=False))
    return {"repository": _shown(call, repository)}


@operation("PutImageTagMutability")
async def put_image_tag_mutability(
    call: Call, request: shapes.PutImageTagMutabilityRequest
) -> shapes.PutImageTagMutabilityResponse:
    """Say whether a tag may move to another image."""
    exclusions = request.get("imageTagMutabilityExclusionFilters", [])
    repository = await change_repository(
        call,
        await find_repository(call, request),
        {"mutability": request["imageTagMutability"], "exclusions": exclusions},
    )
    answer: shapes.PutImageTagMutabilityResponse = {
        "registryId": call.account,
        "repositoryName": repository.name,
        "imageTagMutability": request["imageTagMutability"],
    }
    if exclusions:
        answer["imageTagMutabilityExclusionFilters"] = exclusions
    return answer


@operation("PutImageScanningConfiguration")
async def put_image_scanning_configuration(
    call: Call, request: shapes.PutImageScanningConfigurationRequest
) -> shapes.PutImageScanningConfigurationResponse:
    """Note whether images are to be scanned; Outcrop scans none."""
    scanning: shapes.ImageScanningConfiguration = {
        "scanOnPush": False,
        **request["imageScanningConfiguration"],
    }
    repository = await change_repository(
        call, await find_repository(call, request), {"scanning": scanning}
    )
    return {
        "registryId": call.account,
        "repositoryName": repository.name,
        "imageScanningConfiguration": scanning,
    }


async def change_repository(call: Call, repository: Record, changes: Document) -> Record:
    """Overwrite members of a repository's document; `None` removes one.

    Raises:
        RepositoryNotFoundException: It has gone.
    """

    def changed(document: Document) -> Document:
        return {k: v for k, v in {**document, **changes}.items() if v is not None}

    try:
        return await change(call.backends.records, repository.scope, repository.name, changed)
    except RecordNotFoundError as error:
        raise no_repository(call, repository.name, call.account) from error


def repository_arn(call: Call, name: str) -> str:
    """Return a repository's ARN."""
    return call.arn(f"repository/{name}", service="ecr")


def _shown(call: Call, record: Record) -> shapes.Repository:
    document = record.document
    host = f"{call.account}.dkr.ecr.{call.region}.amazonaws.com"
    shown: shapes.Repository = {
        "repositoryArn": repository_arn(call, record.name),
        "registryId": call.account,
        "repositoryName": record.name,
        "repositoryUri": f"{host}/{record.name}",
        "createdAt": document["created"],
        "imageTagMutability": document["mutability"],
        "imageScanningConfiguration": document["scanning"],
        "encryptionConfiguration": document["encryption"],
    }
    if document["exclusions"]:
        shown["imageTagMutabilityExclusionFilters"] = document["exclusions"]
    return shown
