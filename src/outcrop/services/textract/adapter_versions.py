"""Versions of adapters, as records: their datasets are checked, and none is trained here.

Source: https://docs.aws.amazon.com/textract/latest/dg/textract-debugging-failures-adapters.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from outcrop.aws.errors import ServiceError
from outcrop.aws.user_json import read_json
from outcrop.operations import Call, operation
from outcrop.operations.objects import ObjectTooLargeError
from outcrop.operations.records import change
from outcrop.services.textract import shapes
from outcrop.services.textract.adapter_records import (
    check_repeated,
    checked_tags,
    find_adapter,
    missing,
    moment,
    page_of_span,
    scope_of_adapters,
    scope_of_versions,
    version_name,
)
from outcrop.services.textract.documents import INVALID, INVALID_OBJECT
from outcrop.storage.records.interface import (
    Create,
    Delete,
    Document,
    Record,
    RecordNotFoundError,
    Write,
)

TOKEN = "token"  # noqa: S105 - the name of an index
STATUS = "CREATION_ERROR"
UNTRAINED = (
    "Adapters are not trained on this server: no model here learns from annotated documents. The"
    " dataset's manifest was read and is well-formed."
)
NO_MANIFEST = "No manifest file found. Ensure manifest file is provided."
UNREACHABLE = "Unable to access manifest file in specified S3 bucket."
EMPTY = "Contents of manifest file are empty."
INVALID_RECORDS = "Manifest file contains invalid records."
NOT_THERE = ("NoSuchKey", "NoSuchBucket", "NoSuchVersion")
SOURCE = "source-ref"
MOST_MANIFEST_BYTES = 16 << 20
"""Our own bound."""
MEMBERS = ("DatasetConfig", "KMSKeyId", "OutputConfig")
"""Of a request, that a version keeps."""


@operation("CreateAdapterVersion")
async def create_adapter_version(
    call: Call, request: shapes.CreateAdapterVersionRequest
) -> shapes.CreateAdapterVersionResponse:
    """Keep a version, whose status tells at once that it failed, and why."""
    adapter = await find_adapter(call, request["AdapterId"])
    asked = {member: value for member, value in request.items() if member in MEMBERS}
    token = request.get("ClientRequestToken", "")
    if token and (made := await _made(call, adapter, token)):
        check_repeated(made.document["asked"], asked)
        return {"AdapterId": adapter.name, "AdapterVersion": made.document["version"]}
    await _check_output(call, request["OutputConfig"]["S3Bucket"])
    document = {
        "asked": asked,
        "created": moment(call),
        "features": adapter.document["asked"]["FeatureTypes"],
        "message": await _fault(call, request["DatasetConfig"]) or UNTRAINED,
        "tags": checked_tags(request.get("Tags", {})),
    }

    def counted(adapter: Document) -> Document:
        return {**adapter, "versions": adapter.get("versions", 0) + 1}

    def version(counted: Document) -> Sequence[Write]:
        number = counted["versions"]
        return (
            Create(
                scope=scope_of_versions(call),
                name=version_name(adapter.name, str(number)),
                document={**document, "adapter": adapter.name, "version": str(number)},
                indexes={TOKEN: f"{adapter.name}/{token}"} if token else {},
            ),
        )

    try:
        changed = await change(
            call.backends.records, scope_of_adapters(call), adapter.name, counted, also=version
        )
    except RecordNotFoundError as error:
        raise missing(adapter.name) from error
    return {"AdapterId": adapter.name, "AdapterVersion": str(changed.document["versions"])}


@operation("GetAdapterVersion")
async def get_adapter_version(
    call: Call, request: shapes.GetAdapterVersionRequest
) -> shapes.GetAdapterVersionResponse:
    """Answer with a version, which has no metrics: nothing was measured."""
    version = await _find(call, request["AdapterId"], request["AdapterVersion"])
    answer: Any = {**_told(version), **version.document["asked"], "Tags": version.document["tags"]}
    return answer


@operation("ListAdapterVersions")
async def list_adapter_versions(
    call: Call, request: shapes.ListAdapterVersionsRequest
) -> shapes.ListAdapterVersionsResponse:
    """Answer with versions, of one adapter or of all, that were made in a span of time."""
    prefix = ""
    if "AdapterId" in request:
        prefix = version_name((await find_adapter(call, request["AdapterId"])).name, "")
    page = await page_of_span(call, scope_of_versions(call), request, prefix=prefix)
    told: list[Any] = [_told(each) for each in page.items]
    answer: shapes.ListAdapterVersionsResponse = {"AdapterVersions": told}
    if page.next_token:
        answer["NextToken"] = page.next_token
    return answer


@operation("DeleteAdapterVersion")
async def delete_adapter_version(
    call: Call, request: shapes.DeleteAdapterVersionRequest
) -> shapes.DeleteAdapterVersionResponse:
    """Delete a version; its number is not given again."""
    version = await _find(call, request["AdapterId"], request["AdapterVersion"])
    delete = Delete(scope=version.scope, name=version.name, must_exist=False)
    await call.backends.records.write(delete)
    return {}


async def _made(call: Call, adapter: Record, token: str) -> Record | None:
    """Return the version that an earlier request's token made."""
    index = (TOKEN, f"{adapter.name}/{token}")
    made = await call.backends.records.list(scope_of_versions(call), index=index, limit=1)
    return made[0] if made else None


async def _find(call: Call, adapter: str, version: str) -> Record:
    found = await call.backends.records.find(
        scope_of_versions(call), version_name(adapter, version)
    )
    if found is None or found.document["version"] != version:
        raise missing(f"{adapter}, version {version},")
    return found


def _told(version: Record) -> Mapping[str, Any]:
    document = version.document
    return {
        "AdapterId": document["adapter"],
        "AdapterVersion": document["version"],
        "CreationTime": document["created"],
        "FeatureTypes": document["features"],
        "Status": STATUS,
        "StatusMessage": document["message"],
    }


async def _check_output(call: Call, bucket: str) -> None:
    try:
        await call.ask("s3", "HeadBucket", Bucket=bucket)
    except ServiceError as error:
        raise shapes.InvalidS3ObjectException(INVALID_OBJECT) from error


async def _fault(call: Call, dataset: Mapping[str, Any]) -> str:
    """Return what is wrong with a dataset's manifest; nothing: the empty string.

    Raises:
        InvalidParameterException: The request names no manifest.
    """
    place = dataset.get("ManifestS3Object", {})
    if "Bucket" not in place or "Name" not in place:
        raise shapes.InvalidParameterException(INVALID)
    try:
        manifest = await call.objects.read_at_most(
            place["Bucket"], place["Name"], MOST_MANIFEST_BYTES, version=place.get("Version", "")
        )
    except ObjectTooLargeError:
        return f"The manifest file has more than {MOST_MANIFEST_BYTES} bytes."
    except ServiceError as error:
        return NO_MANIFEST if error.code in NOT_THERE else UNREACHABLE
    lines = [(at, line) for at, line in enumerate(manifest.splitlines(), start=1) if line.strip()]
    if not lines:
        return EMPTY
    wrong = next((at for at, line in lines if not _is_record(line)), None)
    if wrong is None:
        return ""
    return f"{INVALID_RECORDS} Line {wrong} is no JSON object whose {SOURCE} begins with s3://."


def _is_record(line: bytes) -> bool:
    try:
        record: Any = read_json(line)
    except ValueError:
        return False
    if not isinstance(record, Mapping):
        return False
    return str(record.get(SOURCE, "")).startswith("s3://")  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]: JSON
