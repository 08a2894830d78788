"""Where a bucket is: the URL of an S3 blob store."""

from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import parse_qsl, urlsplit

AddressingStyle: TypeAlias = Literal["path", "virtual", "auto"]
_OPTIONS = {"endpoint_url", "region", "addressing_style"}


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Address:
    """A place in a bucket, and how to reach it."""

    bucket: str
    prefix: str = ""
    """Before every key; ends in `/` unless empty."""
    endpoint_url: str | None = None
    """`None`: AWS."""
    region: str | None = None
    addressing_style: AddressingStyle = "auto"

    @classmethod
    def parse(cls, url: str) -> "S3Address":
        """Read `s3://bucket/prefix?endpoint_url=…&region=…&addressing_style=…`.

        Raises:
            ValueError: The URL names no bucket, or an option that does not exist.
        """
        parts = urlsplit(url)
        if parts.scheme != "s3" or not parts.netloc:
            raise ValueError(f"not the URL of a bucket: {url!r}; write s3://bucket/prefix")
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        if unknown := options.keys() - _OPTIONS:
            raise ValueError(f"unknown in {url!r}: {', '.join(sorted(unknown))}")
        prefix = parts.path.strip("/")
        endpoint_url = options.get("endpoint_url")
        return cls(
            bucket=parts.netloc,
            prefix=f"{prefix}/" if prefix else "",
            endpoint_url=endpoint_url,
            region=options.get("region"),
            # Few stores but AWS have a host name for each bucket.
            addressing_style=_style(options.get("addressing_style"))
            or ("path" if endpoint_url else "auto"),
        )


def _style(text: str | None) -> AddressingStyle | None:
    match text:
        case None | "path" | "virtual" | "auto":
            return text
        case _:
            raise ValueError(f"addressing_style is {text!r}; it may be path, virtual or auto")
