"""The signature of an S3 upload by an HTML form, found at the start of its body."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

from outcrop.aws.errors import MaxPostPreDataLengthExceededError
from outcrop.aws.http import Body, HttpRequest
from outcrop.aws.post_forms import MOST_BYTES_BEFORE_FILE, boundary_of, fields_before_file


@dataclass(frozen=True, slots=True, kw_only=True)
class FormUpload:
    """A form whose fields have been read as far as its file."""

    fields: dict[str, str] = field(repr=False)
    """Names in lower case."""
    request: HttpRequest
    """The same request; its body gives all the bytes again."""


async def read_form_upload(request: HttpRequest, *, service: str) -> FormUpload | None:
    """Return the fields of a form that is sent to S3; `None` if the request is no such form.

    Raises:
        MaxPostPreDataLengthExceededError: The file does not come soon enough.
    """
    if service != "s3" or request.method != "POST" or request.headers.get("authorization"):
        return None
    boundary = boundary_of(request.headers.get("content-type", ""))
    if boundary is None:
        return None
    start = b""
    chunks = aiter(request.body)
    async for chunk in chunks:
        start += chunk
        fields = fields_before_file(start, boundary)
        if fields is not None:
            break
        if len(start) > MOST_BYTES_BEFORE_FILE:
            raise MaxPostPreDataLengthExceededError(
                "Your POST request fields preceding the upload file were too large."
            )
    else:
        fields = {}
    body = Body(_again(start, chunks), length=request.body.length)
    return FormUpload(fields=fields, request=replace(request, body=body))


async def _again(start: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield start
    async for chunk in rest:
        yield chunk
