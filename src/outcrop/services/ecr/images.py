"""Images: manifests and tags, kept as records; their layers are not.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html
"""

import fnmatch
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from outcrop.aws.user_json import read_json
from outcrop.operations import Call, operation
from outcrop.operations.paging import page_of
from outcrop.operations.records import every
from outcrop.services.ecr import shapes
from outcrop.services.ecr.places import find_repository, images, page_request, tags
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Put,
    Record,
    RecordExistsError,
    Write,
)

DIGEST = re.compile(r"[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+")


@operation("PutImage")
async def put_image(call: Call, request: shapes.PutImageRequest) -> shapes.PutImageResponse:
    """Keep a manifest, and point a tag at it."""
    repository = await find_repository(call, request)
    manifest = _parsed(request["imageManifest"])
    digest = "sha256:" + hashlib.sha256(request["imageManifest"].encode()).hexdigest()
    if request.get("imageDigest", digest) != digest:
        raise shapes.ImageDigestDoesNotMatchException(
            f"The provided image digest '{request.get('imageDigest')}' does not match the digest of"
            f" the provided image manifest '{digest}'"
        )
    media_type = request.get("imageManifestMediaType") or manifest.get("mediaType")
    if not isinstance(media_type, str) or not media_type:
        raise shapes.InvalidParameterException(
            "image manifest mediatype not provided in manifest or parameter"
        )
    tag = request.get("imageTag")
    is_known = await call.backends.records.find(images(call, repository), digest) is not None
    writes = await _tag_writes(call, repository, tag, digest, is_known=is_known)
    if not is_known:
        document = {
            "manifest": request["imageManifest"],
            "media_type": media_type,
            "artifact_type": _config(manifest).get("mediaType"),
            "pushed": call.backends.now(),
            "size": _size(manifest),
        }
        writes.append(Create(scope=images(call, repository), name=digest, document=document))
    try:
        await call.backends.records.write(*writes)
    except RecordExistsError as error:
        raise _already_exists(call, repository, tag, digest) from error
    image_id: shapes.ImageIdentifier = {"imageDigest": digest}
    if tag is not None:
        image_id["imageTag"] = tag
    return {
        "image": {
            "registryId": call.account,
            "repositoryName": repository.name,
            "imageId": image_id,
            "imageManifest": request["imageManifest"],
            "imageManifestMediaType": media_type,
        }
    }


@operation("BatchGetImage")
async def batch_get_image(
    call: Call, request: shapes.BatchGetImageRequest
) -> shapes.BatchGetImageResponse:
    """Answer with the manifests of images, and with why others cannot be had."""
    repository = await find_repository(call, request)
    found: list[shapes.Image] = []
    failures: list[shapes.ImageFailure] = []
    for image_id in request["imageIds"]:
        image = await _find(call, repository, image_id)
        if isinstance(image, Record):
            full_id: shapes.ImageIdentifier = {**image_id, "imageDigest": image.name}
            found.append(
                {
                    "registryId": call.account,
                    "repositoryName": repository.name,
                    "imageId": full_id,
                    "imageManifest": image.document["manifest"],
                    "imageManifestMediaType": image.document["media_type"],
                }
            )
        else:
            failures.append(image)
    return {"images": found, "failures": failures}


@operation("ListImages")
async def list_images(call: Call, request: shapes.ListImagesRequest) -> shapes.ListImagesResponse:
    """Answer with the ids of images: one per tag, and one for each image without."""
    repository = await find_repository(call, request)
    wanted = request.get("filter", {}).get("tagStatus", "ANY")
    ids: list[shapes.ImageIdentifier] = []
    for image, names in await _with_tags(call, repository):
        if _has_status(names, wanted):
            ids += _ids(image.name, names)
    page = page_of(ids, key=json.dumps, page=page_request(request))
    answer: shapes.ListImagesResponse = {"imageIds": list(page.items)}
    if page.next_token:
        answer["nextToken"] = page.next_token
    return answer


@operation("DescribeImages")
async def describe_images(
    call: Call, request: shapes.DescribeImagesRequest
) -> shapes.DescribeImagesResponse:
    """Answer with the images named, or with all."""
    repository = await find_repository(call, request)
    described = await _with_tags(call, repository)
    if "imageIds" in request:
        digests: list[str] = []
        for image_id in request["imageIds"]:
            image = await _find(call, repository, image_id)
            if not isinstance(image, Record):
                raise _not_found(call, repository, image_id)
            digests.append(image.name)
        described = [each for each in described if each[0].name in digests]
    else:
        wanted = request.get("filter", {}).get("tagStatus", "ANY")
        described = [each for each in described if _has_status(each[1], wanted)]
    page = page_of(described, key=lambda each: each[0].name, page=page_request(request))
    answer: shapes.DescribeImagesResponse = {
        "imageDetails": [_detail(call, repository, *each) for each in page.items]
    }
    if page.next_token:
        answer["nextToken"] = page.next_token
    return answer


@operation("BatchDeleteImage")
async def batch_delete_image(
    call: Call, request: shapes.BatchDeleteImageRequest
) -> shapes.BatchDeleteImageResponse:
    """Delete tags, and images with their last tag or by digest."""
    repository = await find_repository(call, request)
    deleted: list[shapes.ImageIdentifier] = []
    failures: list[shapes.ImageFailure] = []
    for image_id in request["imageIds"]:
        image = await _find(call, repository, image_id)
        if not isinstance(image, Record):
            failures.append(image)
            continue
        names = await _tags_of(call, repository, image.name)
        gone = [image_id["imageTag"]] if "imageTag" in image_id else names
        await _delete(call, repository, image, gone, with_image=set(gone) >= set(names))
        deleted += _ids(image.name, gone)
    return {"imageIds": deleted, "failures": failures}


async def _tag_writes(
    call: Call, repository: Record, tag: str | None, digest: str, *, is_known: bool
) -> list[Write]:
    if tag is None:
        if is_known:
            raise _already_exists(call, repository, tag, digest)
        return []
    before = await call.backends.records.find(tags(call, repository), tag)
    if before is not None:
        if before.document["digest"] == digest:
            raise _already_exists(call, repository, tag, digest)
        if _is_fixed(repository, tag):
            raise shapes.ImageTagAlreadyExistsException(
                f"The image tag '{tag}' already exists in the '{repository.name}' repository and"
                " cannot be overwritten because the tag is immutable."
            )
    return [
        Put(
            scope=tags(call, repository),
            name=tag,
            document={"digest": digest},
            indexes={"digest": digest},
        )
    ]


def _is_fixed(repository: Record, tag: str) -> bool:
    mutability = repository.document["mutability"]
    filters = repository.document["exclusions"]
    is_excluded = any(fnmatch.fnmatchcase(tag, each["filter"]) for each in filters)
    return mutability.startswith("IMMUTABLE") is not (
        is_excluded and mutability.endswith("_WITH_EXCLUSION")
    )


async def _find(
    call: Call, repository: Record, image_id: shapes.ImageIdentifier
) -> Record | shapes.ImageFailure:
    """Return an image, or why there is none."""
    digest, tag = image_id.get("imageDigest"), image_id.get("imageTag")
    if digest is None and tag is None:
        return _failure(
            image_id,
            "MissingDigestAndTag",
            "Invalid request parameters: both tag and digest cannot be null",
        )
    if digest is not None and not DIGEST.fullmatch(digest):
        return _failure(
            image_id,
            "InvalidImageDigest",
            "Invalid request parameters: image digest should satisfy the regex"
            " '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'",
        )
    if tag is not None:
        pointer = await call.backends.records.find(tags(call, repository), tag)
        target = pointer.document["digest"] if pointer else None
        if target is not None and digest not in {None, target}:
            return _failure(
                image_id,
                "ImageTagDoesNotMatchDigest",
                "Requested image tag does not match the digest",
            )
        digest = target
    image = await call.backends.records.find(images(call, repository), digest) if digest else None
    return image or _failure(image_id, "ImageNotFound", "Requested image not found")


def _ids(digest: str, names: Sequence[str]) -> list[shapes.ImageIdentifier]:
    """Return the ids of an image: one for each tag, or the digest alone."""
    if not names:
        return [{"imageDigest": digest}]
    return [{"imageDigest": digest, "imageTag": name} for name in names]


def _failure(image_id: shapes.ImageIdentifier, code: str, reason: str) -> shapes.ImageFailure:
    return {"imageId": image_id, "failureCode": code, "failureReason": reason}


async def _with_tags(call: Call, repository: Record) -> list[tuple[Record, list[str]]]:
    """Return all images by digest, each with its tags in their order."""
    names: dict[str, list[str]] = {}
    async for tag in every(call.backends.records, tags(call, repository)):
        names.setdefault(tag.document["digest"], []).append(tag.name)
    place = images(call, repository)
    return [
        (image, names.get(image.name, [])) async for image in every(call.backends.records, place)
    ]


async def _tags_of(call: Call, repository: Record, digest: str) -> list[str]:
    index = ("digest", digest)
    place = tags(call, repository)
    return [tag.name async for tag in every(call.backends.records, place, index=index)]


async def _delete(
    call: Call, repository: Record, image: Record, names: Sequence[str], *, with_image: bool
) -> None:
    place = tags(call, repository)
    writes = [Delete(scope=place, name=name, must_exist=False) for name in names]
    if with_image:
        writes.append(Delete(scope=image.scope, name=image.name, must_exist=False))
    await call.backends.records.write(*writes)


def _has_status(names: Sequence[str], wanted: str) -> bool:
    return wanted == "ANY" or (wanted == "TAGGED") == bool(names)


def _detail(
    call: Call, repository: Record, image: Record, names: Sequence[str]
) -> shapes.ImageDetail:
    document = image.document
    detail: shapes.ImageDetail = {
        "registryId": call.account,
        "repositoryName": repository.name,
        "imageDigest": image.name,
        "imageSizeInBytes": document["size"],
        "imagePushedAt": document["pushed"],
        "imageManifestMediaType": document["media_type"],
    }
    if names:
        detail["imageTags"] = list(names)
    if document["artifact_type"]:
        detail["artifactMediaType"] = document["artifact_type"]
    return detail


def _parsed(manifest: str) -> Mapping[str, Any]:
    try:
        parsed = read_json(manifest)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise shapes.InvalidParameterException(
            "Invalid parameter at 'ImageManifest' failed to satisfy constraint:"
            " 'Invalid JSON syntax'"
        )
    return cast("dict[str, Any]", parsed)


def _config(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    config = manifest.get("config")
    return cast("dict[str, Any]", config) if isinstance(config, dict) else {}


def _size(manifest: Mapping[str, Any]) -> int:
    """Return how many bytes an image's layers have, as its manifest says."""
    layers = manifest.get("layers")
    parts: list[Any] = [*(cast("list[Any]", layers) if isinstance(layers, list) else [])]
    sizes = [
        cast("dict[str, Any]", part).get("size", 0) for part in parts if isinstance(part, dict)
    ]
    return sum(size for size in sizes if isinstance(size, int))


def _already_exists(
    call: Call, repository: Record, tag: str | None, digest: str
) -> shapes.ImageAlreadyExistsException:
    return shapes.ImageAlreadyExistsException(
        f"Image with digest '{digest}' and tag '{tag or 'null'}' already exists in the repository"
        f" with name '{repository.name}' in registry with id '{call.account}'"
    )


def _not_found(
    call: Call, repository: Record, image_id: shapes.ImageIdentifier
) -> shapes.ImageNotFoundException:
    digest, tag = image_id.get("imageDigest", "null"), image_id.get("imageTag", "null")
    return shapes.ImageNotFoundException(
        f"The image with imageId {{imageDigest:'{digest}', imageTag:'{tag}'}} does not exist within"
        f" the repository with name '{repository.name}' in the registry with id '{call.account}'"
    )
