"""A request to a model and the answer, as the user's functions see them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

JSON, CSV = "application/json", "text/csv"
TEXT_TYPES = frozenset((JSON, CSV))
"""What functions get as `str`; everything else comes as `bytes`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client sent."""

    body: bytes
    content_type: str
    accept: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Names in lower case."""
    model: str = ""
    """The name of the model that is asked, where there are many."""

    @property
    def content(self) -> str | bytes:
        """The body as the functions get it."""
        return self.body.decode() if bare(self.content_type) in TEXT_TYPES else self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a client gets."""

    body: bytes | Iterator[bytes]
    content_type: str
    status: int = 200


class UnsupportedFormatError(Exception):
    """The default functions do not know this content type."""

    def __init__(self, content_type: str) -> None:
        super().__init__(
            f"Content type {content_type} is not supported by this framework.\n\n"
            "Please implement input_fn to to deserialize the request data or an output_fn to\n"
            "serialize the response. For more information, see the SageMaker Python SDK README."
        )


class BadRequestError(Exception):
    """The client has sent what cannot be answered; the message tells it why."""

    status_code = 400


def bare(content_type: str) -> str:
    """Return a content type without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def accepted(accept: str) -> list[str]:
    """Return the content types of an Accept header, in its order."""
    return [bare(one) for one in accept.split(",") if bare(one)]
