"""Uploads by HTML forms: a file with fields before it.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlencode
from xml.sax.saxutils import escape

from outcrop.aws.http import HttpRequest, HttpResponse
from outcrop.aws.post_forms import MOST_BYTES_BEFORE_FILE, boundary_of, fields_before_file
from outcrop.operations import Call
from outcrop.services.s3.attributes import new_version
from outcrop.services.s3.bucket import open_bucket
from outcrop.services.s3.checksums import BY_HEADER, claimed
from outcrop.services.s3.errors import InvalidArgumentError, MalformedPostRequestError
from outcrop.services.s3.form_policies import SizeLimits, check_policy
from outcrop.services.s3.form_tags import tags_in_form
from outcrop.services.s3.inspection import BodyInspection
from outcrop.services.s3.names import check_key
from outcrop.services.s3.object_store import ObjectStore
from outcrop.services.s3.object_version import ObjectVersion
from outcrop.services.s3.storing import store_object

FILE_NAME = re.compile(rb'filename="((?:[^"\\\r\n]|\\.)*)"', re.IGNORECASE)
END_OF_HEAD = b"\r\n\r\n"
MEMBERS = {
    "acl": "ACL",
    "cache-control": "CacheControl",
    "content-disposition": "ContentDisposition",
    "content-encoding": "ContentEncoding",
    "content-language": "ContentLanguage",
    "content-type": "ContentType",
    "expires": "Expires",
    "x-amz-server-side-encryption": "ServerSideEncryption",
    "x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
    "x-amz-storage-class": "StorageClass",
    "x-amz-website-redirect-location": "WebsiteRedirectLocation",
    **{header: algorithm.member for header, algorithm in BY_HEADER.items()},
}
"""Fields that mean a member of PutObject's input."""
METADATA_PREFIX = "x-amz-meta-"
OK_STATUSES = ("200", "201", "204")


@dataclass(frozen=True, slots=True)
class Form:
    """A form, read as far as its file."""

    fields: Mapping[str, str]
    """Names in lower case."""
    file_name: str
    content: AsyncIterator[bytes]
    """The file, yet to be read."""


class FormInspection(BodyInspection):
    """Holds a file to the form's policy, too."""

    limits = SizeLimits()

    def grew(self, size: int) -> None:
        """See `bodies.Inspector.grew`."""
        super().grew(size)
        self.limits.check_most(size)

    def ended(self, size: int) -> None:
        """See `bodies.Inspector.ended`."""
        super().ended(size)
        self.limits.check(size)


async def answer_form(call: Call, request: HttpRequest) -> HttpResponse:
    """Store the file of a form as an object."""
    form = await read_form(request)
    key = form.fields.get("key", "").replace("${filename}", form.file_name)
    if "key" not in form.fields:
        raise InvalidArgumentError(
            "Bucket POST must contain a field named 'key'.  If it is specified, please check the "
            "order of the fields.",
            name="key",
        )
    check_key(key)
    parameters = {
        **parameters_of(form.fields),
        "Bucket": unquote(request.raw_path.strip("/")),
        "Key": key,
    }
    bucket = await open_bucket(call, parameters)
    inspection = FormInspection(claimed(parameters, {}))
    if "policy" in form.fields:
        inspection.limits = check_policy(
            form.fields["policy"],
            {**form.fields, "key": key},
            bucket=bucket.name,
            now=call.backends.now(),
        )
    version = new_version(call, bucket, parameters)
    if "tagging" in form.fields:
        version = version.changed(tags=tags_in_form(form.fields["tagging"]))
    store = ObjectStore(call, bucket)
    version = await store_object(
        store, key, version, form.content, inspection, event="ObjectCreated:Post"
    )
    return _answer(call, form.fields, bucket.name, key, version)


def parameters_of(fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the members of PutObject's input that fields of a form mean."""
    parameters: dict[str, Any] = {
        MEMBERS[name]: value for name, value in fields.items() if name in MEMBERS
    }
    parameters["Metadata"] = {
        name.removeprefix(METADATA_PREFIX): value
        for name, value in fields.items()
        if name.startswith(METADATA_PREFIX)
    }
    return parameters


async def read_form(request: HttpRequest) -> Form:
    """Read a form up to its file.

    Raises:
        MalformedPostRequestError: It has none.
    """
    boundary = boundary_of(request.headers.get("content-type", "")) or b""
    chunks = aiter(request.body)
    start = b"\r\n"
    async for chunk in chunks:
        start += chunk
        fields = fields_before_file(start[2:], boundary)
        found = _file(start, boundary)
        if fields is not None and found is not None:
            head, content = found
            return Form(fields, _file_name(head), _until(boundary, content, chunks))
        if len(start) > MOST_BYTES_BEFORE_FILE:
            break
    raise MalformedPostRequestError


def _file(start: bytes, boundary: bytes) -> tuple[bytes, bytes] | None:
    """Return the head of the file's field, and what follows it, once the head is complete."""
    for part in _starts(start, boundary):
        head, gap, content = start[part:].partition(END_OF_HEAD)
        if gap and re.search(rb'[;\s]name="?file"?[;\s]?', head + b"\r\n", re.IGNORECASE):
            return head, content
    return None


def _starts(start: bytes, boundary: bytes) -> list[int]:
    return [match.end() for match in re.finditer(re.escape(b"\r\n--" + boundary), start)]


def _file_name(head: bytes) -> str:
    """Return the name of the file without its folders, as old browsers send them."""
    found = FILE_NAME.search(head)
    name = found[1].decode("utf-8", "replace") if found else ""
    return name.replace("\\", "/").rpartition("/")[2]


async def _until(
    boundary: bytes, start: bytes, chunks: AsyncIterator[bytes]
) -> AsyncGenerator[bytes]:
    """Give the bytes up to the next boundary; fields behind the file are ignored, as S3 does."""
    end = b"\r\n--" + boundary
    pending = start
    while (at := pending.find(end)) < 0:
        # The boundary may begin at the end of one chunk and go on in the next.
        safe = max(len(pending) - len(end) + 1, 0)
        if safe:
            yield pending[:safe]
            pending = pending[safe:]
        chunk = await anext(chunks, None)
        if chunk is None:
            raise MalformedPostRequestError
        pending += chunk
    if at:
        yield pending[:at]
    async for _ in chunks:
        pass


def _answer(
    call: Call, fields: Mapping[str, str], bucket: str, key: str, version: ObjectVersion
) -> HttpResponse:
    headers = {"etag": version.quoted_etag, **call.answer_headers}
    location = f"{call.endpoint_url}/{bucket}/{quote(key)}"
    headers["location"] = location
    redirect = fields.get("success_action_redirect") or fields.get("redirect")
    if redirect and redirect.startswith(("http://", "https://")):
        joint = "&" if "?" in redirect else "?"
        query = urlencode({"bucket": bucket, "key": key, "etag": version.quoted_etag})
        headers["location"] = f"{redirect}{joint}{query}"
        return HttpResponse(status=303, headers=headers)
    wanted = fields.get("success_action_status", "204")
    if wanted != "201":
        return HttpResponse(status=int(wanted) if wanted in OK_STATUSES else 204, headers=headers)
    headers["content-type"] = "application/xml"
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<PostResponse><Location>{escape(location)}</Location><Bucket>{escape(bucket)}</Bucket>"
        f"<Key>{escape(key)}</Key><ETag>{escape(version.quoted_etag)}</ETag></PostResponse>"
    )
    return HttpResponse(status=201, headers=headers, body=body.encode())
